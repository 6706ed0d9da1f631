"""What is alike in many rows is said once, and each row still gets all of it."""

import msgspec

from amends.store.alike import alike, beside, texts


def rows(*states: str) -> list[dict[str, object]]:
    return [{"id": f"id-{n}", "was": n, "version": n + 1, "state": state, "facts": {"clock": state}} for n, state in enumerate(states)]


def test_rows_that_differ_in_their_own_alone_share_one_kind():
    said = alike("cases", rows("reviewing", "closed", "reviewing", "reviewing"))
    assert said["cases_id"] == "{id-0,id-1,id-2,id-3}"
    assert (said["cases_was"], said["cases_version"]) == ("{0,1,2,3}", "{1,2,3,4}")
    assert said["cases_kind"] == "{0,1,0,0}"
    assert msgspec.json.decode(said["cases"]) == [{"kind": 0, "state": "reviewing", "facts": {"clock": "reviewing"}}, {"kind": 1, "state": "closed", "facts": {"clock": "closed"}}]


def test_no_rows_are_no_kinds():
    assert alike("cases", []) == {"cases_id": "{}", "cases_was": "{}", "cases_version": "{}", "cases_kind": "{}", "cases": "[]"}


def test_texts_come_through_whatever_is_in_them(admin):
    said = ["", "plain", 'a "quoted" one', "back\\slash", "{curly, comma}", "NULL", "中文"]
    assert admin.execute("select %s::text[]", (texts(said),)).fetchone() == (said,)


def test_what_has_nothing_alike_stays_as_it_is():
    assert beside("add_notes", [{"id": "1"}]) == {"rows": '[{"id":"1"}]'}
