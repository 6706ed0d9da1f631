"""Packs as versions: written down, copied, edited, released to some and taken back, replayed; on a real database (PO-14, PO-18)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.pack_release import bucket
from amends.core.refusal import Refusal
from amends.engine import merchant_settings, pack_releases, pack_start, packs, what_if
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.pack_releases import Meant
from amends.store import packs as store
from amends.store import what_if as runs
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.trouble import OperatorError
from tests.shop import Shop, open_shop

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PING = By(Actor(Party.PLATFORM, new_id(), "平平", None, ALL))
SHI = By(Actor(Party.PLATFORM, new_id(), "阿石", None, ALL))


@pytest.fixture(scope="module")
def house(pool: Pool) -> Pool:
    """A house whose packs are written down."""
    pack_start.sync(pool, NOON)
    return pool


def holds(pool: Pool, merchant: str) -> tuple[str, int]:
    with scope(pool, PLATFORM) as conn:
        return store.holders(conn, [], [merchant], lock=False)[0].ref


def history(pool: Pool, merchant: str) -> list[tuple[str, int, str]]:
    with scope(pool, PLATFORM) as conn:
        return [(r["pack"], r["version"], r["why"]) for r in store.assignments(conn, merchant=merchant)]


def copied(pool: Pool, name: str = "Spring rules") -> packs.Ref:
    made = packs.copy(pool, PING, "jd", 1, "春季规则", name, new_id(), NOON)
    assert not isinstance(made, Refusal), made
    return made


def shorter(pool: Pool, ref: packs.Ref, hours: int = 24) -> None:
    """The review time of a draft."""
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, *ref)
    assert row is not None
    span = row["document"]["clocks"]["review"]["span"]
    saved = packs.save_part(pool, PING, ref, "clocks.review.span", {"kind": "elapsed", "amount": hours * 3600}, packs.print_of(span), NOON)
    assert not isinstance(saved, Refusal), saved


def shop(pool: Pool) -> Shop:
    """A merchant that holds jd@1."""
    made = open_shop(pool)
    pack_start.sync(pool, NOON)
    assert holds(pool, made.merchant) == ("jd", 1)
    return made


def hours_to_review(made: Shop) -> float:
    case = made.apply(made.order(("CUP", 1, 19900)))
    return (made.row(case, "due_at")[0] - made.now) / timedelta(hours=1)


def test_built_in_packs_are_written_down_once(house: Pool):
    assert pack_start.sync(house, NOON) == []
    with scope(house, PLATFORM) as conn:
        listed = {r["pack"]: r for r in store.listed(conn)}
    assert {"jd", "pdd", "kuaishou", "tmall"} <= set(listed)
    assert listed["jd"]["state"] == "released"
    assert listed["jd"]["release"]["percent"] == 100


def test_a_changed_document_under_the_same_version_is_refused_and_in_a_demo_replaced(house: Pool):
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, "tmall", 1)
        assert row is not None
        other = deepcopy(row["document"])
        other["name"]["en"] = "Something else"
        store.rewrite(conn, "tmall", 1, other)
    with pytest.raises(OperatorError, match="version"):
        pack_start.sync(house, NOON)
    pack_start.sync(house, NOON, demo=True)
    assert pack_start.sync(house, NOON) == []


def test_the_same_wish_makes_one_copy(house: Pool):
    wish = new_id()
    made = [packs.copy(house, PING, "jd", 1, "春季规则", "Spring rules", wish, NOON) for _ in range(2)]
    assert made[0] == made[1]
    assert isinstance(made[0], tuple)
    assert made[0][0].startswith("spring_rules_")


@pytest.mark.parametrize(("zh", "en", "field"), [("", "Spring", "zh"), ("春", " ", "en"), ("春" * 41, "Spring", "zh")], ids=["no Chinese", "no English", "too long"])
def test_a_copy_has_both_names(house: Pool, zh: str, en: str, field: str):
    said = packs.copy(house, PING, "jd", 1, zh, en, new_id(), NOON)
    assert isinstance(said, Refusal)
    assert said.field == field


def test_only_the_platform_with_the_permission(house: Pool):
    merchant = By(Actor(Party.MERCHANT, new_id(), "阿海", new_id(), ALL))
    clerk = By(Actor(Party.PLATFORM, new_id(), "小石", None, frozenset({"read"})))
    assert [packs.copy(house, by, "jd", 1, "春", "Spring", new_id(), NOON).code for by in (merchant, clerk)] == ["not_yours", "permission_missing"]  # type: ignore[union-attr]


def test_two_editors_meet_only_at_the_same_place(house: Pool):
    ref = copied(house)
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, *ref)
    assert row is not None
    seen = {path: packs.print_of(packs.at(row["document"], path)) for path in ("clocks.review", "freight")}
    mine = row["document"]["clocks"]["review"] | {"remind_before": 3600}
    theirs = row["document"]["clocks"]["review"] | {"remind_before": 1800}
    assert packs.save_part(house, PING, ref, "clocks.review", mine, seen["clocks.review"], NOON) == 2
    assert packs.save_part(house, PING, ref, "clocks.review", mine, seen["clocks.review"], NOON) == 2  # sent twice
    assert packs.save_part(house, SHI, ref, "freight", row["document"]["freight"] | {"insurance_first": False}, seen["freight"], NOON) == 3
    said = packs.save_part(house, SHI, ref, "clocks.review", theirs, seen["clocks.review"], NOON)
    assert isinstance(said, Refusal)
    assert said.code == "pack_edited"


def test_problems_are_told_by_place_and_stop_a_release(house: Pool):
    ref = copied(house)
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, *ref)
    assert row is not None
    packs.save_part(house, PING, ref, "photos", row["document"]["photos"] | {"at_most": "three"}, packs.print_of(row["document"]["photos"]), NOON)
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, *ref)
    assert row is not None
    assert [p.path for p in packs.problems_of(row["document"])] == ["photos.at_most"]
    said = pack_releases.release(house, PING, ref, Meant(100), "", "", NOON)
    assert said is not None
    assert (said.code, said.facts["n"]) == ("pack_has_problems", 1)


def test_released_to_one_new_cases_have_it_and_old_ones_keep_theirs(house: Pool):
    one, other = shop(house), shop(house)
    assert hours_to_review(one) == 48
    old = one.apply(one.order(("CUP", 1, 19900)))
    ref = copied(house)
    shorter(house, ref)
    assert pack_releases.release(house, PING, ref, Meant(merchants=[one.merchant]), "", "先给一家", NOON) is None
    assert (holds(house, one.merchant), holds(house, other.merchant)) == (ref, ("jd", 1))
    assert (hours_to_review(one), hours_to_review(other)) == (24, 48)
    assert one.row(old, "facts ->> 'pack', facts ->> 'pack_version', due_at") == ("jd", "1", one.now + timedelta(hours=48))
    assert history(house, one.merchant) == [(*ref, "released"), ("jd", 1, "began")]
    assert pack_releases.release(house, PING, ref, Meant(merchants=[one.merchant]), "", "", NOON) is None  # sent twice
    assert len(history(house, one.merchant)) == 2
    said = packs.save_part(house, PING, ref, "freight", {}, "", NOON)
    assert isinstance(said, Refusal)
    assert said.code == "pack_not_draft"
    assert pack_releases.withdraw(house, PING, ref, NOON) is None
    assert holds(house, one.merchant) == ("jd", 1)
    assert hours_to_review(one) == 48
    assert history(house, one.merchant)[0] == ("jd", 1, "withdrawn")


def test_a_share_is_widened_and_narrowed(house: Pool):
    shops = [shop(house) for _ in range(12)]
    ref = copied(house)
    shorter(house, ref)

    def having() -> set[str]:
        return {s.merchant for s in shops if holds(house, s.merchant) == ref}

    def share(percent: int) -> set[str]:
        assert pack_releases.release(house, PING, ref, Meant(percent), "", "", NOON) is None
        expected = {s.merchant for s in shops if bucket(s.merchant) < percent}
        assert having() == expected
        return expected

    assert share(30) <= share(60) <= share(100)
    assert len(share(25)) < 12
    assert pack_releases.withdraw(house, PING, ref, NOON) is None
    assert not having()


def test_its_day_comes_and_two_workers_carry_it_out_once(house: Pool):
    made = shop(house)
    ref = copied(house)
    assert pack_releases.release(house, PING, ref, Meant(merchants=[made.merchant]), "2026-03-05", "", NOON) is None
    begins = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    assert pack_releases.carry_out_due(house, begins - timedelta(seconds=1)) == 0
    assert holds(house, made.merchant) == ("jd", 1)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: pack_releases.carry_out_due(house, begins), range(2)))
    assert holds(house, made.merchant) == ref
    assert history(house, made.merchant) == [(*ref, "released"), ("jd", 1, "began")]
    assert pack_releases.carry_out_due(house, begins) == 0


def test_the_next_version_goes_to_a_share_first_and_the_first_stays_with_the_rest(house: Pool):
    shops = [shop(house) for _ in range(6)]
    ids = [s.merchant for s in shops]
    first = copied(house)
    assert pack_releases.release(house, PING, first, Meant(merchants=ids), "", "", NOON) is None
    second = packs.new_version(house, PING, first[0], NOON)
    assert second == (first[0], 2) == packs.new_version(house, PING, first[0], NOON)
    assert pack_releases.release(house, PING, second, Meant(merchants=ids[:2]), "", "", NOON) is None
    assert [holds(house, i)[1] for i in ids] == [2, 2, 1, 1, 1, 1]
    assert pack_releases.release(house, PING, first, Meant(100, ids), "", "", NOON) is None  # the first again does not take the second away
    assert [holds(house, i)[1] for i in ids] == [2, 2, 1, 1, 1, 1]
    assert pack_releases.withdraw(house, PING, second, NOON) is None
    assert {holds(house, i) for i in ids} == {first}


def test_a_merchant_moved_by_hand_is_named_and_stays(house: Pool):
    made = shop(house)
    ref = copied(house)
    assert merchant_settings.change_terms(house, PING, made.merchant, ref[0], "SOP", NOON).code == "pack_unknown"  # type: ignore[union-attr]
    assert pack_releases.release(house, PING, ref, Meant(), "", "", NOON) is None
    assert merchant_settings.change_terms(house, PING, made.merchant, ref[0], "SOP", NOON) is None
    assert holds(house, made.merchant) == ref
    assert pack_releases.release(house, PING, ref, Meant(1, [made.merchant]), "", "", NOON) is None
    assert holds(house, made.merchant) == ref
    assert merchant_settings.change_terms(house, PING, made.merchant, "jd", "SOP", NOON) is None
    assert holds(house, made.merchant) == ("jd", 1)


def test_a_replay_is_left_and_gone_on_with_and_comes_to_the_same(house: Pool):
    made = shop(house)
    cases = [made.apply(made.order(("CUP", 1, 19900))) for _ in range(5)]
    ref = copied(house)
    shorter(house, ref)

    def run(pieces: int) -> tuple[dict[str, Any], list[Any]]:
        asked = what_if.ask(house, PING, ref, 30, [made.merchant], new_id(), made.now + timedelta(hours=1))
        assert isinstance(asked, str), asked
        while what_if.work(house, made.now, pieces):
            pass
        with scope(house, PLATFORM) as conn:
            found = runs.one(conn, asked)
            assert found is not None
            return found, [(d["case_id"], d["kind"], d["about"], d["was"], d["would_be"]) for d in runs.every(conn, asked)]

    (small, in_pieces), (large, at_once) = run(2), run(100)
    assert in_pieces == at_once
    assert {d[0] for d in in_pieces} == set(cases)
    assert (small["looked"], small["total"], small["differing"], small["counts"]) == (5, 5, 5, {"clock_shorter:review": 5})
    assert small["finished_at"] is not None
    assert large["counts"] == small["counts"]


def test_a_replay_of_nothing_says_so(house: Pool):
    made = shop(house)
    said = what_if.ask(house, PING, copied(house), 30, [made.merchant], new_id(), NOON)
    assert isinstance(said, Refusal)
    assert said.code == "what_if_nothing"


def test_a_document_comes_in_and_goes_out(house: Pool):
    text = '{"id": "jd", "version": 1, "name": {"zh": "外来", "en": "From elsewhere"}}'
    ref = packs.bring_in(house, PING, text, new_id(), NOON)
    assert isinstance(ref, tuple)
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, *ref)
        whole = store.one(conn, "jd", 1)
    assert row is not None
    assert whole is not None
    assert row["copied_from"] == "jd@1"
    assert packs.problems_of(row["document"])
    import json

    assert packs.replace_document(house, PING, ref, json.dumps(whole["document"]), 1, NOON) == 2
    stale = packs.replace_document(house, SHI, ref, json.dumps(whole["document"] | {"timezone": "Asia/Tokyo"}), 1, NOON)
    assert isinstance(stale, Refusal)
    assert stale.code == "pack_edited"
    assert packs.bring_in(house, PING, "[1", new_id(), NOON).code == "pack_file_not_json"  # type: ignore[union-attr]
    assert packs.discard(house, PING, ref, NOON) is None
    assert packs.discard(house, PING, ref, NOON).code == "pack_not_draft"  # type: ignore[union-attr]


def test_whom_it_is_for_changes_at_once_where_it_is_in_force_and_a_later_day_is_refused(house: Pool):
    one, two = shop(house), shop(house)
    ref = copied(house)
    assert pack_releases.release(house, PING, ref, Meant(merchants=[one.merchant]), "", "", NOON) is None
    said = pack_releases.release(house, PING, ref, Meant(merchants=[one.merchant, two.merchant]), "2026-12-01", "", NOON)
    assert isinstance(said, Refusal)
    assert (said.code, said.field) == ("pack_runs_already", "valid_from")
    assert (holds(house, one.merchant), holds(house, two.merchant)) == (ref, ("jd", 1))


def test_one_released_to_nobody_may_still_begin_on_a_later_day(house: Pool):
    made = shop(house)
    ref = copied(house)
    assert pack_releases.release(house, PING, ref, Meant(), "", "", NOON) is None
    assert pack_releases.release(house, PING, ref, Meant(merchants=[made.merchant]), "2026-03-05", "", NOON) is None
    assert holds(house, made.merchant) == ("jd", 1)
    assert pack_releases.carry_out_due(house, datetime(2026, 3, 4, 16, 0, tzinfo=UTC)) == 1
    assert holds(house, made.merchant) == ref


def test_a_figure_beyond_its_bounds_is_not_released(house: Pool):
    ref = copied(house)
    with scope(house, PLATFORM) as conn:
        row = store.one(conn, *ref)
    assert row is not None
    windows = deepcopy(row["document"]["windows"])
    windows[1]["days"] = 99_999_999
    saved = packs.save_part(house, PING, ref, "windows", windows, packs.print_of(row["document"]["windows"]), NOON)
    assert not isinstance(saved, Refusal), saved
    said = pack_releases.release(house, PING, ref, Meant(100), "", "", NOON)
    assert isinstance(said, Refusal)
    assert said.code == "pack_has_problems"
