"""What is owed beside refunds, to the cent: late shipment, goodwill, price protection, return freight (CO-1, CO-3 … CO-5)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.core import compensation as c
from amends.core.pack_compensation import FreightLimit
from amends.core.policy import load_pack, parse_pack, whole
from amends.core.refund import Earlier
from amends.core.refusal import Refusal

LATE = load_pack("jd").pack.compensation.late_shipment
PAID_AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def order(**changed):
    return replace(c.Shipping("preparing", "CNY", 19900, 0, PAID_AT), **changed)


def late(now=PAID_AT + 30 * HOUR, since=SINCE, rules=LATE, **changed):
    return c.late_shipment(order(**changed), rules, since, now)


@pytest.mark.parametrize(
    ("paid", "owed"),
    [
        pytest.param(19900, 5970, id="thirty-per-cent"), pytest.param(1666, 500, id="a-cent-below-the-least"), pytest.param(1667, 500, id="the-least"), pytest.param(1669, 501, id="above-the-least"),
        pytest.param(1, 500, id="the-least-even-above-what-was-paid"), pytest.param(166666, 50000, id="the-most"), pytest.param(166665, 50000, id="rounds-into-the-most"),
        pytest.param(166660, 49998, id="below-the-most"), pytest.param(9999999, 50000, id="never-above-the-most"), pytest.param(3335, 1001, id="half-a-cent-goes-up"),
    ],
)
def test_late_shipment_is_thirty_per_cent_of_what_was_paid_from_5_to_500_yuan(paid, owed):
    assert late(paid=paid).amount == owed


@pytest.mark.parametrize(
    ("paid", "owed"), [pytest.param(1005, 302, id="half-a-yen-goes-up"), pytest.param(1004, 301, id="rounded"), pytest.param(100, 100, id="least"), pytest.param(90000, 10000, id="most")],
)
def test_a_currency_without_minor_units_is_rounded_to_whole_ones(paid, owed):
    assert late(currency="JPY", paid=paid).amount == owed


def test_a_currency_the_pack_has_no_bounds_for_is_left_to_a_person():
    assert late(currency="BRL").code == "late_currency"


def test_the_reckoning_is_told():
    why = late(paid=20000, refunded=5000).why
    assert (why["rule"], why["regime"], why["source"], why["base"], why["share"], why["least"], why["most"]) == ("CO-1", "document", "S1", 15000, 4500, 500, 50000)
    assert why["late_by"] == 6 * 3600
    assert why["promised"] is False


def test_a_promise_goes_before_the_time_after_payment():
    assert late(promised_ship_by=PAID_AT + 72 * HOUR) is None
    assert late(promised_ship_by=PAID_AT + 2 * HOUR, now=PAID_AT + 3 * HOUR).amount == 5970


def test_nothing_is_owed_until_reports_had_time_to_come():
    due = PAID_AT + 24 * HOUR
    assert late(now=due + timedelta(seconds=899)) is None
    assert late(now=due + timedelta(seconds=900)).amount == 5970


@pytest.mark.parametrize("sent", [pytest.param(-HOUR, id="before"), pytest.param(timedelta(), id="in-the-same-moment")])
def test_shipped_in_time_is_not_late_however_late_one_looks(sent):
    assert late(state="shipped", shipped_at=PAID_AT + 24 * HOUR + sent, now=PAID_AT + 900 * HOUR) is None


def test_shipped_late_and_found_after_an_outage_is_owed_the_same():
    found = late(state="completed", shipped_at=PAID_AT + 25 * HOUR, now=PAID_AT + 900 * HOUR)
    assert found.amount == 5970
    assert found.why["late_by"] == 3600


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"state": "cancelled"}, "late_cancelled", id="cancelled"), pytest.param({"state": "locked"}, "late_locked", id="locked"), pytest.param({"presale": True}, "late_presale", id="presale"),
        pytest.param({"state": "on_hold"}, "late_unpaid", id="no-payment-is-taken"), pytest.param({"paid": 0}, "late_unpaid", id="nothing-paid"),
        pytest.param({"paid_at": None, "promised_ship_by": PAID_AT}, "late_unpaid", id="unpaid"), pytest.param({"cancelling": True}, "late_cancelling", id="cancellation-open"),
        pytest.param({"refunded": 19900}, "late_refunded", id="all-refunded"), pytest.param({"state": "awaiting_pickup"}, "late_pickup", id="picked-up"),
        pytest.param({"state": "received"}, "late_unknown", id="no-time-of-shipment"), pytest.param({"since": PAID_AT + HOUR}, "late_before_switch", id="paid-before-the-switch"),
        pytest.param({"since": None}, "late_switched_off", id="switched-off"),
    ],
)
def test_what_is_left_out_says_why(changed, code):
    found = late(**changed)
    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.say("zh") != found.say("en")


def test_an_order_that_was_never_paid_and_promises_nothing_is_never_late():
    assert late(paid_at=None) is None


def test_the_other_regime_is_data_and_who_waits_longer_never_gets_less():
    other = replace(LATE, regime="web_2022")
    assert late(rules=other, paid=1000).amount == 300  # no least at first
    assert late(rules=other, paid=1000, now=PAID_AT + 9 * 24 * HOUR).amount == 500  # seriously late: at least 5 yuan
    assert late(rules=other, paid=100000, now=PAID_AT + 9 * 24 * HOUR).amount == 30000  # the first tier gives more


ROOMY = c.Limits(case=2000, agent_day=5000, shop_day=10000)


@pytest.mark.parametrize(
    ("amount", "given", "code"),
    [
        pytest.param(2000, c.Given(), None, id="up-to-the-limit"), pytest.param(2001, c.Given(), "goodwill_case", id="above-the-case"), pytest.param(1, c.Given(case=2000), "goodwill_case", id="case-used-up"),
        pytest.param(1001, c.Given(agent_day=4000), "goodwill_agent_day", id="agents-day"), pytest.param(1000, c.Given(agent_day=4000), None, id="agents-day-exactly"),
        pytest.param(501, c.Given(shop_day=9500), "goodwill_shop_day", id="shops-day"), pytest.param(0, c.Given(), "goodwill_nothing", id="nothing"), pytest.param(-5, c.Given(), "goodwill_nothing", id="less"),
    ],
)
def test_goodwill_stays_within_every_limit(amount, given, code):
    found = c.goodwill(amount, "CNY", ROOMY, given, ["小满"], ["小满"])
    assert (found.code if found else None) == code


def test_who_decides_is_bound_by_the_shops_day_alone():
    decider = replace(ROOMY, decides=True)
    assert c.goodwill(9000, "CNY", decider, c.Given()) is None
    assert c.goodwill(1001, "CNY", decider, c.Given(shop_day=9000), keepers=["小满"]).code == "goodwill_shop_day"
    assert c.room(decider, c.Given(shop_day=9000)) == 1000
    assert c.room(replace(decider, shop_day=None), c.Given()) is None


def test_the_refusal_says_what_is_left_and_who_can():
    said = c.goodwill(1500, "CNY", ROOMY, c.Given(case=1000), ["阿海", "小满"]).say("zh")
    assert "¥20.00" in said
    assert "¥10.00" in said
    assert "阿海、小满" in said


def priced(**changed):
    return replace(c.Priced("l1", 2, 20000, 9000), **changed)


@pytest.mark.parametrize(
    ("line", "cap", "owed"),
    [
        pytest.param(priced(), 20000, 2000, id="each-piece-fell-by-ten-yuan"), pytest.param(priced(earlier=(Earlier("l1", 0, 500),)), 20000, 1500, id="less-what-was-given"),
        pytest.param(priced(earlier=(Earlier("l1", 1, 10000),)), 20000, 1000, id="only-the-piece-that-is-left"),
        pytest.param(priced(earlier=(Earlier("l1", 0, 2000), Earlier("l1", 1, 8000)), today=8000), 20000, 2000, id="given-ahead-was-set-off-by-the-piece-that-went-back"),
        pytest.param(priced(earlier=(Earlier("l1", 1, 4000),)), 20000, 1000, id="a-lowered-refund-is-not-made-up-for"),
        pytest.param(priced(), 700, 700, id="never-above-what-the-order-can-give-back"), pytest.param(c.Priced("l1", 3, 10000, 3333), 10000, 1, id="the-odd-cent"),
        pytest.param(c.Priced("l1", 1, 1000, 640), 1000, 360, id="one-piece"),
    ],
)
def test_price_protection_gives_the_difference_of_the_pieces_left(line, cap, owed):
    found = c.price_difference(line, cap, "CNY")
    assert found.amount == owed


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(priced(today=10000), "price_not_fallen", id="same"), pytest.param(priced(today=12000), "price_not_fallen", id="dearer"), pytest.param(priced(today=None), "price_unknown", id="unknown"),
        pytest.param(priced(earlier=(Earlier("l1", 0, 2000),)), "price_given_already", id="given"), pytest.param(priced(earlier=(Earlier("l1", 2, 20000),)), "price_nothing_left", id="returned"),
        pytest.param(priced(gift=True), "price_nothing_left", id="gift"), pytest.param(priced(paid=16000), "price_not_fallen", id="a-coupon-gave-more-than-the-price-fell"),
    ],
)
def test_price_protection_says_why_there_is_no_difference(line, code):
    assert c.price_difference(line, 20000, "CNY").code == code


@pytest.mark.parametrize(
    ("receipt", "given", "owed"), [pytest.param(1200, 0, 1200, id="receipt"), pytest.param(4000, 0, 2500, id="limit"), pytest.param(2000, 1000, 1500, id="the-rest-of-the-limit")],
)
def test_return_freight_goes_by_the_receipt_up_to_the_packs_amount(receipt, given, owed):
    assert c.return_freight(receipt, FreightLimit("CNY", 2500, "own"), given, "CNY").amount == owed


def test_return_freight_says_why_not():
    limit = FreightLimit("CNY", 2500, "own")
    assert c.return_freight(0, limit, 0, "CNY").code == "freight_nothing"
    assert c.return_freight(100, limit, 2500, "CNY").code == "freight_given"
    assert c.return_freight(100, None, 0, "BRL").code == "freight_currency"


def section(change):
    raw = whole("jd")
    change(raw["compensation"])
    return [p.path for p in parse_pack(raw).problems]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(lambda s: s["late_shipment"].update(regime="none"), "compensation.late_shipment.regime", id="no-such-regime"),
        pytest.param(lambda s: s["late_shipment"]["regimes"]["document"].update(ship_within=3600), "compensation.late_shipment.regimes.document", id="an-hour-to-ship"),
        pytest.param(lambda s: s["late_shipment"]["regimes"]["document"].update(wait_source="hearsay"), "compensation.late_shipment.regimes.document.wait_source", id="no-source"),
        pytest.param(lambda s: s["late_shipment"]["regimes"]["document"]["tiers"][0].update(basis_points=0), "compensation.late_shipment.regimes.document.tiers[0]", id="no-share"),
        pytest.param(lambda s: s["late_shipment"]["regimes"]["document"]["tiers"][0]["bounds"][0].update(least=60000), "compensation.late_shipment.regimes.document.tiers[0].bounds[0]", id="least-above-most"),
        pytest.param(lambda s: s["goodwill"]["limits"][0].update(agent_day=1), "compensation.goodwill.limits[0]", id="day-below-case"),
        pytest.param(lambda s: s["goodwill"].update(reasons=[]), "compensation.goodwill.reasons", id="no-reasons"),
        pytest.param(lambda s: s["price_protection"].update(days=0), "compensation.price_protection.days", id="no-days"),
        pytest.param(lambda s: s["return_freight"]["limits"].append(s["return_freight"]["limits"][0]), "compensation.return_freight.limits", id="currency-twice"),
        pytest.param(lambda s: s.pop("goodwill"), "compensation.goodwill", id="missing"),
    ],
)
def test_a_faulty_section_is_refused_with_its_path(change, path):
    assert path in section(change)


def test_the_section_stands_as_it_is_written():
    assert section(lambda s: None) == []
    first = LATE.in_force.tiers[0]
    assert (LATE.regime, LATE.in_force.ship_within, first.basis_points, first.bounds[0].least, first.bounds[0].most, first.source) == ("document", 86400, 3000, 500, 50000, "S1")
