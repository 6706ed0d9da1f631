"""What past cases would have become under another pack, and whom a release reaches: pure (PO-14, PO-18)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.core.calendar import cn_calendar
from amends.core.eligibility import Goods
from amends.core.pack import Pack
from amends.core.pack_diff import differences
from amends.core.pack_flows import SpecialGoods
from amends.core.pack_release import Audience, Holder, Release, bucket, given, taken
from amends.core.pack_shape import document_of, pack_shape, schema, shape_at
from amends.core.policy import load_pack, parse_pack
from amends.core.what_if import KINDS, LACKING, Past, compare, entered
from amends.core.what_if_demands import Said, Shown

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALENDAR = cn_calendar()


def jd(**at: Any) -> Pack:
    """The pack with other values at places: `clocks__review__span={...}`."""
    pack = load_pack("jd").pack
    assert pack is not None
    document = deepcopy(document_of(pack))
    for path, value in at.items():
        *above, last = path.split("__")
        here = document
        for name in above:
            here = here[int(name)] if isinstance(here, list) else here[name]
        here[int(last) if isinstance(here, list) else last] = value
    made = parse_pack(document)
    assert made.pack is not None, made.problems
    return made.pack


def past(**changed: Any) -> Past:
    """A return without reason of one cup for ¥199.00, received the day before, reviewed after 30 hours."""
    goods = Goods(received=1, receipt_confirmed_at=NOON - timedelta(days=1))
    clocks = entered("service_order", [("apply", "reviewing", NOON), ("approve_return", "awaiting_return", NOON + 30 * HOUR)])
    case = Past("m1", "c1", "S-1", "service_order", "return", "no_reason", NOON, goods, 1, 19900, clocks=clocks)
    return replace(case, **changed)


def kinds(case: Past, old: Pack, new: Pack) -> list[tuple[str, str]]:
    return [(d.kind, d.about) for d in compare(case, old, new, CALENDAR)]


@pytest.mark.parametrize(("changed", "expected"), [
    pytest.param({"clocks__review__span__amount": 86_400}, [("clock_rings", "review")], id="shorter than it took: it would have rung"),
    pytest.param({"clocks__review__span__amount": 40 * 3600}, [("clock_shorter", "review")], id="shorter, but still in time"),
    pytest.param({"clocks__review__span__amount": 72 * 3600}, [("clock_longer", "review")], id="longer"),
    pytest.param({"clocks__review__then": "close"}, [("clock_then", "review")], id="something else at zero"),
    pytest.param({"windows__0__days": 1}, [("until", "")], id="open for a shorter time, still open"),
    pytest.param({"freight__back": {"buyer": "merchant", "merchant": "merchant", "carrier": "merchant"}}, [("freight", "")], id="who pays the way back"),
    pytest.param({"reasons__return__0__leaves__0__photos_required": True}, [("photos", "")], id="photos are asked for"),
    pytest.param({"fast_review__amount_below": 10_000}, [("fast_out", "")], id="no fast review for this amount"),
    pytest.param({"compensation__goodwill__coupon_days": 30}, [], id="what this case has nothing to do with"),
])
def test_what_would_differ(changed, expected):
    assert kinds(past(), jd(), jd(**changed)) == expected


PHOTOS = {"reasons__return__0__leaves__0__photos_required": True}
NO_PHOTOS = {"reasons__return__0__leaves__0__photos_required": False}


@pytest.mark.parametrize(("shown", "was", "would", "expected"), [
    pytest.param(Shown(0, True), {}, PHOTOS, ["photos_lacking"], id="asked for now, and none were sent"),
    pytest.param(Shown(2, True), {}, PHOTOS, ["photos"], id="asked for now, and some were sent"),
    pytest.param(Shown(0, True, excused=True), {}, PHOTOS, ["photos"], id="staff applied against the rules and said why"),
    pytest.param(Shown(2, True), PHOTOS, {}, ["photos"], id="asked for no more"),
    pytest.param(Shown(2, True), {}, {"photos__at_most": 1}, ["photos_too_many"], id="more than may be sent"),
    pytest.param(Shown(1, True), {}, {"photos__at_most": 1}, [], id="as many as may be sent"),
    pytest.param(Shown(0, False), {}, {"reasons__return__0__leaves__0__text_required": True}, ["words_lacking"], id="words are asked for, and there were none"),
    pytest.param(Shown(0, True), {}, {"reasons__return__0__leaves__0__text_required": True}, ["words"], id="words are asked for, and there were some"),
    pytest.param(Shown(), {}, PHOTOS, ["photos"], id="erased: nobody knows what was sent"),
    pytest.param(Shown(0, True, said=(Said("reject", "past_window"),)), {}, {"review_reasons__reject__0__leaves__0__photos_required": True}, ["ground_photos_lacking"], id="the ground of a refusal needs photos"),
    pytest.param(Shown(0, True, said=(Said("reject", "past_window", 1),)), {}, {"review_reasons__reject__0__leaves__0__photos_required": True}, ["ground_photos"], id="and there was one"),
    pytest.param(Shown(0, True, said=(Said("reject", "past_window"),)), {}, {"review_reasons__reject__0__leaves__0__code": "too_late"}, ["ground_gone"], id="the ground is gone"),
    pytest.param(Shown(0, True, said=(Said("reject", "tea"),)), {}, {}, [], id="a ground from before there were any"),
])
def test_what_was_shown_and_what_would_be_asked_for(shown, was, would, expected):
    found = compare(past(shown=shown), jd(**was), jd(**would), CALENDAR)
    assert [d.kind for d in found] == expected
    assert all((d.amount == 19900) == (d.kind in LACKING) for d in found)


def test_special_goods_without_proof_would_have_been_asked_for_it():
    fresh = past(goods=Goods(received=1, receipt_confirmed_at=NOON - timedelta(days=1), category="fresh"), shown=Shown(0, True))
    old, new = (replace(pack, flows=replace(pack.flows, special=(SpecialGoods("生鲜", "Fresh goods", (), ("fresh",), proof, "own"),))) for pack, proof in ((jd(), False), (jd(), True)))
    (found,) = compare(fresh, old, new, CALENDAR)
    assert (found.kind, found.would_be) == ("photos_lacking", {"sent": 0, "asked": True, "by": "proof", "zh": "生鲜", "en": "Fresh goods"})


def test_a_window_that_was_over_refuses_what_was_open():
    late = past(goods=Goods(received=1, receipt_confirmed_at=NOON - timedelta(days=5)))
    found = compare(late, jd(), jd(windows__0__days=3), CALENDAR)
    assert [(d.kind, d.amount) for d in found] == [("refused", 19900)]
    assert found[0].was["standing"] == "open"
    assert "3" in found[0].would_be["zh"]


def test_a_reason_that_is_gone_is_told_once():
    new = load_pack("jd").pack
    assert new is not None
    document = document_of(new)
    document["reasons"]["return"][0]["leaves"] = document["reasons"]["return"][0]["leaves"][1:]
    found = compare(past(), jd(), parse_pack(document).pack or new, CALENDAR)
    assert [d.kind for d in found if not d.kind.startswith(("fast", "lightning"))] == ["reason_gone"]


def test_the_same_pack_never_differs_and_kinds_come_in_order():
    assert compare(past(), jd(), jd(), CALENDAR) == []
    many = jd(clocks__review__span__amount=3600, fast_review__amount_below=1, windows__0__days=1)
    found = [d.kind for d in compare(past(), jd(), many, CALENDAR)]
    assert found == sorted(found, key=KINDS.index)


def test_clocks_are_read_off_events():
    events = [("cancel", "reviewing", NOON), ("order_shipped", "reviewing", NOON + HOUR), ("approve_cancellation", "refunding", NOON + 2 * HOUR)]
    assert [(e.clock, e.at, e.over) for e in entered("cancellation", events)] == [
        ("cancel_review", NOON, NOON + HOUR), ("cancel_answer", NOON + HOUR, NOON + 2 * HOUR), ("refund", NOON + 2 * HOUR, None),
    ]


@pytest.mark.parametrize("name", ["jd", "pdd", "kuaishou", "tmall"])
def test_a_pack_is_its_document_and_its_document_is_the_pack(name):
    pack = load_pack(name).pack
    assert pack is not None
    assert parse_pack(document_of(pack)).pack == pack


def test_every_place_has_a_shape_and_the_schema_names_every_section():
    assert set(schema()["properties"]) == set(pack_shape().inside)
    found = shape_at("reasons.return[0].leaves[2].responsibility")
    assert found is not None
    assert found.choices == ("buyer", "merchant", "carrier")
    assert shape_at("reasons.return[0].nowhere") is None


def test_differences_are_by_name_not_by_place():
    old = document_of(jd())
    new = deepcopy(old)
    new["excluded"].insert(0, new["excluded"].pop())
    new["clocks"]["review"]["span"]["amount"] = 86_400
    new["reasons"]["return"][0]["leaves"].append({**new["reasons"]["return"][0]["leaves"][0], "code": "gift_unwanted"})
    found = [(d.path, d.kind) for d in differences(old, new)]
    assert found == [
        (("reasons", "return", "no_reason", "leaves", "gift_unwanted"), "added"), (("excluded",), "moved"), (("clocks", "review", "span"), "changed"),
    ]


def test_a_share_grows_by_adding_and_names_win_over_shares():
    holders = [Holder(f"00000000-0000-7000-8000-{n:012d}", "jd", 1) for n in range(400)]
    small, large = (Release(("jd", 2), Audience(frozenset({"jd"}), p)) for p in (10, 35))
    reached = [{h.id for h in given(r, holders, [])} for r in (small, large)]
    assert reached[0] < reached[1]
    assert 20 < len(reached[0]) < 65
    assert all(bucket(i) < 10 for i in reached[0])
    named = Release(("jd_copy", 1), Audience(frozenset(), 0, frozenset({holders[0].id})))
    has = [replace(holders[0], pack="jd_copy")]
    everybody = Release(("jd", 2), Audience(frozenset({"jd", "jd_copy"}), 100))
    assert given(everybody, has, [named]) == []
    assert taken(named, has) == []
    assert taken(Release(("jd_copy", 1), Audience()), has) == has
