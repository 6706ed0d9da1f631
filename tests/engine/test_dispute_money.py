"""The money of judgements on a real database: by fault out of which purse, on which lines, advances recovered once, and all of it taken back on appeal (DI-6 … DI-8, CO-2, MO-1)."""

from datetime import timedelta
from uuid import UUID

import pytest

from amends.core.movements import deposit_paid_in
from amends.core.verbs import dispute as v
from amends.core.verbs.review import RefundWithoutReturn
from amends.engine import posting
from amends.engine.ringing import ring
from amends.store.connect import scope
from tests.engine.dispute_desk import SECOND, dispute, house, judged, paid, purses, upheld
from tests.shop import LIN, open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def carried_out(shop, case):
    answer = shop.say(case, v.CarryOutJudgement())
    assert answer.refusal is None, answer.refusal.say("zh")
    house(shop)


def deposit(shop, amount):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        posting.post(conn, shop.merchant, [posting.row(deposit_paid_in(amount, "CNY"), "deposit")], shop.now)


@pytest.mark.parametrize(("fault", "borne"), [
    ("merchant", {"merchant_settlement": -10_001}), ("platform", {"platform_cost": -10_001}), ("carrier", {"freight": -10_001}), ("none", {"platform_cost": -10_001}), ("buyer", {"platform_cost": -10_001}),
    ("shared", {"merchant_settlement": -5_001, "platform_cost": -5_000}),
])
def test_the_fault_says_out_of_which_purse(shop, fault, borne):
    case = dispute(shop, shop.order(("CUP", 2, 20_000), ("MUG", 1, 10_000), freight=2_000))
    judged(shop, case, liability=fault, outcome="refund", amount=10_001)
    assert purses(shop) == {}
    carried_out(shop, case)
    assert purses(shop) == {**borne, "buyer_refund": 10_001}
    assert shop.row(case, "granted_minor, moved_minor") == (10_001, 0)
    spread = shop.all("select coalesce(l.sku, 'freight'), g.amount_minor from granted_refunds g left join order_lines l on l.merchant_id = g.merchant_id and l.id = g.line_id where g.case_id = %s order by 1", case)
    assert spread == [("CUP", 6_251), ("MUG", 3_125), ("freight", 625)]
    paid(shop, case)
    assert shop.row(case, "moved_minor") == (10_001,)
    assert purses(shop)["provider:manual"] == 10_001


def test_awards_are_compensations_of_their_own(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="merchant", outcome="refund", amount=5_000, compensation=3_000, freight=1_200, freight_by="carrier")
    carried_out(shop, case)
    rows = shop.all("select kind, state, reason, amount_minor, left(number, 7), decided_kind from compensations where case_id = %s order by reason", case)
    assert rows == [("judgement", "granted", "compensation", 3_000, "K-2026-", "merchant"), ("judgement", "granted", "freight", 1_200, "K-2026-", "merchant")]
    assert purses(shop) == {"merchant_settlement": -8_000, "freight": -1_200, "buyer_refund": 5_000, "compensation": 4_200}
    paid(shop, case)
    assert {s for (s,) in shop.all("select state from compensations where case_id = %s", case)} == {"paid"}
    assert purses(shop) == {"merchant_settlement": -8_000, "freight": -1_200, "provider:manual": 9_200}


def test_never_more_than_is_left_even_when_a_refund_came_between(shop):
    order = shop.order(("CUP", 1, 20_000))
    case = dispute(shop, order)
    judged(shop, case, liability="merchant", outcome="refund", amount=20_000)
    other = shop.apply(order, reason="no_reason")
    assert shop.say(other, RefundWithoutReturn(15_000, "buyer_agreed", "先退一部分")).refusal is None
    carried_out(shop, case)
    assert shop.row(case, "granted_minor") == (5_000,)


@pytest.mark.parametrize("by", ["merchant", "clock"])
@pytest.mark.parametrize(("held", "taken"), [(0, {"merchant_settlement": -8_000}), (3_000, {"merchant_settlement": -5_000}), (50_000, {"merchant_deposit": 42_000})], ids=["no deposit", "some", "enough"])
def test_an_advance_is_paid_at_once_and_recovered_once(shop, by, held, taken):
    if held:
        deposit(shop, held)
    came = {"provider:manual": -held} if held else {}
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="merchant", outcome="refund", amount=7_000, compensation=1_000, advance=True)
    assert purses(shop) == {"platform_advance": -8_000, "buyer_refund": 7_000, "compensation": 1_000, **came, **({"merchant_deposit": held} if held else {})}
    if by == "merchant":
        carried_out(shop, case)
    else:
        shop.now += timedelta(hours=24)
        assert ring(shop.pool, shop.merchant, shop.now) == 1
        house(shop)
    assert purses(shop) == {"buyer_refund": 7_000, "compensation": 1_000, **came, **taken}
    assert shop.say(case, v.CarryOutJudgement()).refusal.code == "carried_out_before"
    shop.now += timedelta(days=8)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state, granted_minor") == ("closed", 7_000)
    assert purses(shop) == {"buyer_refund": 7_000, "compensation": 1_000, **came, **taken}


def test_an_advance_of_a_shared_fault_recovers_the_merchants_half(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="shared", outcome="refund", amount=7_001, advance=True)
    assert purses(shop) == {"platform_advance": -3_501, "platform_cost": -3_500, "buyer_refund": 7_001}
    carried_out(shop, case)
    assert purses(shop) == {"merchant_settlement": -3_501, "platform_cost": -3_500, "buyer_refund": 7_001}


def test_an_upheld_appeal_takes_everything_back_and_what_the_buyer_has_counts(shop):
    deposit(shop, 3_000)
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="merchant", outcome="refund", amount=7_000, compensation=1_000, advance=True)
    carried_out(shop, case)
    paid(shop, case)
    upheld(shop, case)
    house(shop)
    assert purses(shop) == {"merchant_deposit": 3_000, "provider:manual": 5_000, "buyer_refund": -7_000, "compensation": -1_000}
    assert shop.row(case, "state, granted_minor, moved_minor") == ("adjudicated", 0, 0)
    assert shop.all("select state, paid_at is not null from compensations where case_id = %s", case) == [("reversed", True)]
    upheld(shop, case, by=LIN, judge=SECOND, liability="carrier", outcome="refund", amount=9_000, compensation=400)
    carried_out(shop, case)
    paid(shop, case)
    assert shop.row(case, "granted_minor, moved_minor") == (9_000, 9_000)
    assert purses(shop) == {"merchant_deposit": 3_000, "freight": -9_400, "provider:manual": 7_000, "compensation": -600}
    assert shop.all("select n, liability, on_appeal, replaced_at is null from judgements where case_id = %s order by n", case) == [
        (1, "merchant", False, False), (2, "none", True, False), (3, "carrier", True, True)]


def test_what_was_not_paid_yet_is_cancelled(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="merchant", outcome="compensation", compensation=1_000)
    carried_out(shop, case)
    upheld(shop, case)
    assert purses(shop) == {}
    assert shop.all("select state from compensations where case_id = %s", case) == [("dropped",)]
    assert shop.all("select state from refund_requests where merchant_id = %s", shop.merchant) == [("cancelled",)]


def test_an_appeal_before_it_is_carried_out_moves_nothing(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, case, liability="merchant", outcome="refund", amount=7_000)
    upheld(shop, case, liability="buyer", outcome="nothing")
    carried_out(shop, case)
    assert purses(shop) == {}
    assert shop.all("select 1 from ledger_movements where merchant_id = %s", shop.merchant) == []


def test_an_offer_is_the_merchants_and_silence_pays_it(shop):
    case = dispute(shop, shop.order(("CUP", 1, 20_000)))
    assert shop.say(case, v.OfferSettlement("refund", 4_000, "退一部分")).state == "awaiting_buyer_confirmation"
    shop.now += timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    house(shop)
    assert shop.row(case, "state, granted_minor") == ("settled", 4_000)
    assert purses(shop) == {"merchant_settlement": -4_000, "buyer_refund": 4_000}
