"""What a past case would have met under another pack: ways back, flows by mode, negotiation, who steps in, compensation (PO-14)."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core.compensation import Shipping
from amends.core.policy import load_pack
from amends.core.what_if import KINDS, compare, entered
from amends.core.what_if_flows import Course, Gave
from tests.core.test_what_if import CALENDAR, HOUR, NOON, jd, past

LATE = Gave("late_shipment", 5970, "CNY", {"base": 19900, "late_by": 3600, "promised": True})
WEEK = Gave("late_shipment", 50_000, "CNY", {"base": 200_000, "late_by": 700_000, "promised": False})
FREIGHT = Gave("return_freight", 1800, "CNY", {"receipt": 1800, "given": 0})
CASH = Gave("goodwill", 1500, "CNY", {})


def differing(course: Course, new: Any = None, old: Any = None, **changed: Any) -> dict[str, tuple[Any, Any, int | None]]:
    """Differences that are about flows and compensation, by kind."""
    named = {"keep_in", "keep_out", "way", "propose_first", "called_in", "goods_to", "sender", "agree_in", "agree_out", "at_once_in", "at_once_out"}
    found = compare(past(course=course, **changed), old or jd(), new, CALENDAR)
    value = lambda side: side.get("value", side.get("minor"))  # noqa: E731
    return {d.kind: (value(d.was), value(d.would_be), d.amount) for d in found if d.kind in named or d.kind.startswith("pays_")}


def pack(name: str) -> Any:
    return load_pack(name).pack


@pytest.mark.parametrize(("course", "changed", "old", "new", "expected"), [
    (Course(), {"reason": "wrong_goods"}, "jd", "pdd", {"keep_in": (False, True, None)}),
    (Course("keep"), {"reason": "wrong_goods"}, "pdd", "jd", {"keep_out": (True, False, 19900)}),
    (Course(tags=frozenset({"fruit"})), {"reason": "quality_fault"}, "jd", "pdd", {"keep_in": (False, True, None), "way": ("ship_back", "keep", None)}),
    (Course(mode="FBP"), {"type": "exchange", "reason": "wrong_goods"}, "jd", "pdd", {"goods_to": ("platform_store", "merchant", None), "sender": ("platform", "merchant", None)}),
    (Course(mode="SOP"), {}, "pdd", "jd", {"goods_to": ("merchant", "platform_store", None)}),
    (Course(refusals=3), {}, "jd", "pdd", {"called_in": (False, True, None)}),
    (Course(refusals=2), {}, "jd", "pdd", {}),
    (Course(), {}, "jd", "kuaishou", {"agree_in": (False, True, None)}),
    (Course(unshipped=True), {"kind": "cancellation", "type": "return"}, "jd", "kuaishou", {"at_once_in": (False, True, None)}),
    (Course(unshipped=True, fast_chosen=False), {"kind": "cancellation"}, "jd", "kuaishou", {}),
], ids=["may keep", "may not keep", "special goods", "fbp exchange", "sop return", "third refusal", "second refusal", "agrees", "at once", "switched off"])
def test_flows(course, changed, old, new, expected):
    assert differing(course, pack(new), pack(old), **changed) == expected


def test_a_merchant_that_does_everything_itself_meets_no_flow():
    assert differing(Course(mode=""), pack("pdd"), type="exchange", reason="wrong_goods") == {}


@pytest.mark.parametrize(("mode", "sooner"), [("SOP", True), ("", False)], ids=["by its mode", "the merchant's own"])
def test_a_clock_of_a_mode_counts_where_the_new_pack_says_something_of_it(mode, sooner):
    sent_out = entered("service_order", [("apply", "reviewing", NOON), ("reissue_without_return", "fulfilling", NOON + HOUR)])
    case = past(type="reissue", reason="missing_parts", course=Course(mode=mode), clocks=sent_out)
    found = {(d.kind, d.about) for d in compare(case, pack("pdd"), pack("jd"), CALENDAR)}
    assert (("clock_shorter", "fulfil") in found) == sooner


def test_a_proposal_that_the_new_pack_demands_before_a_refusal():
    demands = jd(negotiation={"at_most": 2, "required_before_reject": True, "source": "own"})
    assert differing(Course(refusals=1), demands) == {"propose_first": (False, True, None)}
    assert differing(Course(refusals=1, proposed=True), demands) == {}
    assert differing(Course(), demands) == {}


@pytest.mark.parametrize(("gave", "changed", "expected"), [
    (LATE, {"compensation__late_shipment__regime": "web_2022"}, {}),
    (LATE, {"compensation__late_shipment__regimes__document__tiers__0__basis_points": 1000}, {"pays_late_shipment": (5970, 1990, -3980)}),
    (WEEK, {"compensation__late_shipment__regimes__document__tiers__0__bounds__0__most": 30_000}, {"pays_late_shipment": (50_000, 30_000, -20_000)}),
    (WEEK, {"compensation__late_shipment__regimes__document__ship_within": 900_000}, {"pays_late_shipment": (50_000, None, -50_000)}),
    (FREIGHT, {"compensation__return_freight__limits__0__most": 1000}, {"pays_return_freight": (1800, 1000, -800)}),
    (FREIGHT, {"compensation__return_freight__limits__0__most": 2000}, {}),
    (CASH, {"compensation__goodwill__limits__0__case": 1000}, {"pays_goodwill": (1500, 1000, -500)}),
    (CASH, {"compensation__goodwill__limits__0__case": 1600}, {}),
], ids=["same under both regimes", "another share", "another ceiling", "not late then", "freight over the limit", "freight within", "goodwill over", "goodwill within"])
def test_compensation_that_was_given(gave, changed, expected):
    assert differing(Course(gave=(gave,)), jd(**changed)) == expected


def test_every_kind_has_its_place_and_words():
    from amends.web.catalogue import words

    assert len(set(KINDS)) == len(KINDS)
    assert not [k for k in KINDS if f"packs.d_{k}" not in words()]


PRICE = Gave("price_protection", 2000, "CNY", {"received_at": (NOON - 6 * 24 * HOUR).isoformat(), "asked_at": NOON.isoformat()})


@pytest.mark.parametrize(("days", "gave", "expected"), [
    (3, PRICE, {"pays_price_protection": (2000, None, -2000)}), (6, PRICE, {}),
    (3, Gave("price_protection", 2000, "CNY", {"received_at": None, "asked_at": NOON.isoformat()}), {}),
], ids=["too late", "in time", "asked before receipt"])
def test_price_protection_counts_the_days_of_the_other_pack(days, gave, expected):
    assert differing(Course(gave=(gave,)), jd(compensation__price_protection__days=days)) == expected


@pytest.mark.parametrize(("promised", "switched", "expected"), [(HOUR, None, "platform"), (-HOUR, None, None), (HOUR, True, None)], ids=["in time", "promise over", "refunded at once by both"])
def test_who_reviews_what_has_not_left(promised, switched, expected):
    course = Course(unshipped=True, fast_chosen=switched, promise=Shipping("preparing", "CNY", 0, 0, NOON - HOUR, NOON + promised))
    found = [d for d in compare(past(kind="cancellation", course=course), pack("jd"), pack("pdd"), CALENDAR) if d.kind == "reviewer"]
    assert [(d.was["value"], d.would_be["value"]) for d in found] == ([("merchant", expected)] if expected else [])


@pytest.mark.parametrize(("course", "told"), [
    (Course(), True), (Course(switched=frozenset({"fast_review"})), True), (Course(switched=frozenset()), False),
], ids=["not looked at", "takes part", "does not"])
def test_fast_review_is_told_for_whom_it_decides(course, told):
    less = jd(fast_review__amount_below=10_000)
    assert (("fast_out", "") in [(d.kind, d.about) for d in compare(past(course=course), jd(), less, CALENDAR)]) is told


def test_what_the_old_pack_does_not_offer_could_not_be_switched_on():
    assert "agree_in" in differing(Course(switched=frozenset()), pack("kuaishou"))
    assert "agree_out" not in differing(Course(switched=frozenset()), pack("jd"), pack("kuaishou"))


def test_lightning_looks_at_the_whole_order():
    small = jd(lightning_refund__amount_at_most=25_000)
    found = {d.kind for d in compare(past(stars=3, course=Course(order_paid=30_000)), jd(), small, CALENDAR)}
    assert "lightning_out" in found
