"""Ids sort as they were made, so that rows of one transaction can be told in their order."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from amends.engine.ids import id_about, is_id, new_id, new_ids


def test_what_one_process_makes_one_after_the_other_sorts_so():
    made = [new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_what_an_import_makes_at_once_sorts_as_it_was_made():
    made = new_ids(40_000)
    assert made == sorted(made)
    assert len({m[19:] for m in made}) == len(made)


def test_an_id_is_a_uuid_of_version_seven_of_its_moment():
    at = datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC)
    for made in (new_id(at), *new_ids(3, at)):
        assert UUID(made).version == 7
        assert UUID(made).variant == "specified in RFC 4122"
        assert UUID(made).int >> 80 == int(at.timestamp() * 1000)
    assert new_id(at) != new_id(at)


def test_only_an_id_is_an_id():
    assert is_id(new_id())
    assert not any(is_id(text) for text in ("", "nonsense", new_id()[:-1], new_id().replace("-", "")))


def test_an_id_about_something_is_the_standards_own():
    of = new_id()
    for what in ("2.review", "14.receipt", "处理"):
        assert id_about(of, what) == str(uuid5(UUID(of), what))
