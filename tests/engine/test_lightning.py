"""Lightning refunds on a real database: news of a parcel, money, claims and the ledger, to the last cent (SO-32, OP-8)."""

from datetime import timedelta

import pytest

from amends.core.actor import PROVIDER_ACTOR
from amends.core.parcels import Event
from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs.lightning import ClaimBack, ReturnCollected, SettleAdvance, WaiveClaim
from amends.core.verbs.outside import DifferencePaid, RecordPayment, RefundMoved
from amends.core.verbs.review import ApproveReturn
from amends.engine.ringing import ring
from amends.engine.traces import post_trace
from amends.worker.effects import perform
from tests.engine.together import at_once, stands
from tests.shop import CARRIER, LIN, open_shop

GOOD = p.RegisterReceipt(2, "good", "intact", "intact", "normal", "complete", "", "sale")
ROUNDS = range(3)


@pytest.fixture
def shop(pool):
    return open_shop(pool, settings='{"lightning_refund": true}')


def sent(shop, pieces=2, level=3):
    case = shop.apply(shop.order(("CUP", 2, 19900), buyer_level=level), quantity=pieces)
    assert shop.say(case, ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", f"SF{case[-8:]}"), LIN).refusal is None
    return case


def arrives(shop, case):
    """The money asked for reaches the buyer."""
    while perform(shop.pool, shop.merchant, shop.now):
        pass
    for (request,) in shop.all("select id::text from refund_requests where case_id = %s and state = 'requested'", case):
        assert shop.say(case, RefundMoved(request, "R"), PROVIDER_ACTOR).refusal is None


def advanced(shop, moved=True, pieces=2):
    case = sent(shop, pieces)
    assert shop.say(case, ReturnCollected(), CARRIER).refusal is None
    if moved:
        arrives(shop, case)
    return case


def balances(shop):
    return {a: n for a, n in shop.all("select account, sum(amount_minor)::int from ledger_entries where merchant_id = %s group by 1", shop.merchant) if n}


def charge(shop, case):
    return shop.all("select id::text from charges where case_id = %s and state = 'asked'", case)[0][0]


def money(shop, case):
    return shop.row(case, "state, granted_minor, moved_minor")


def test_a_trace_of_the_parcel_brings_the_money_forward_once_and_says_why(shop):
    case = sent(shop)
    [(parcel,)] = shop.all("select id::text from parcels where case_id = %s and direction = 'back'", case)
    news = Event("e1", "accepted", shop.now, "已揽收", "廊坊")
    for _ in range(2):
        assert post_trace(shop.pool, shop.merchant, parcel, [news], None, shop.now) is None
    assert post_trace(shop.pool, shop.merchant, parcel, [Event("e2", "in_transit", shop.now)], None, shop.now) is None
    assert money(shop, case) == ("in_transit", 19900, 0)
    [(why, name)] = shop.all("select explanation, actor_kind from events where case_id = %s and name = 'refund_advanced'", case)
    assert (why["by"], why["pack"], why["facts"]["buyer_level"], name) == ("lightning", "jd", 3, "system")
    assert balances(shop) == {"lightning_advance": -19900, "buyer_refund": 19900}
    stands(shop)


def test_a_waybill_nobody_has_seen_brings_nothing_forward(shop):
    assert money(shop, sent(shop)) == ("in_transit", 0, 0)


def test_in_order_it_is_settled_at_the_merchants_cost(shop):
    case = advanced(shop)
    assert shop.say(case, GOOD).state == "completed"
    assert balances(shop) == {"merchant_settlement": -19900, "provider:manual": 19900}
    assert shop.row(case, "facts -> 'advance' ->> 'state'") == ("settled",)
    stands(shop)


def test_reversed_after_it_was_settled_and_granted_anew_nothing_is_paid_twice(shop):
    case = advanced(shop)
    shop.say(case, GOOD)
    assert shop.say(case, p.ReverseRefund("看错")).state == "processing"
    assert shop.say(case, p.Refund()).refusal is None
    arrives(shop, case)
    assert money(shop, case) == ("confirming", 19900, 19900)
    assert shop.all("select count(*), sum(amount_minor)::int from refund_requests where case_id = %s", case) == [(1, 19900)]
    stands(shop)


def test_never_arrived_all_of_it_is_claimed_and_paid_back(shop):
    case = advanced(shop)
    shop.now += timedelta(days=17)
    assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state, waits_on") == ("claiming_back", "buyer")
    stands(shop)
    assert shop.say(case, DifferencePaid(charge(shop, case), "P-1"), PROVIDER_ACTOR).state == "closed"
    assert money(shop, case) == ("closed", 0, 0)
    assert balances(shop) == {}
    stands(shop)


def test_the_pieces_can_be_asked_for_again_at_the_price_they_had(shop):
    first = advanced(shop, pieces=1)
    shop.now += timedelta(days=17)
    ring(shop.pool, shop.merchant, shop.now)
    shop.say(first, RecordPayment(charge(shop, first), "TX-1"))
    order = shop.row(first, "order_id::text")[0]
    shop.all("update orders set receipt_confirmed_at = %s, delivered_at = %s where id = %s returning 1", shop.now, shop.now, order)
    again = shop.apply(order, quantity=2)
    assert shop.say(again, ApproveReturn()).refusal is None
    assert shop.say(again, b.ShipBack("顺丰", "SF777"), LIN).refusal is None
    assert shop.say(again, GOOD).state == "processing"
    assert shop.say(again, p.Refund()).refusal is None
    arrives(shop, again)
    assert money(shop, again) == ("confirming", 19900, 19900)
    stands(shop)


def test_a_part_is_claimed_paid_by_hand_and_the_goods_stay(shop):
    case = advanced(shop)
    assert shop.say(case, p.RegisterReceipt(1, "short", "intact", "intact", "normal", "complete", "", "sale")).state == "processing"
    assert shop.say(case, p.Refund()).refusal.code == "advance_open"
    assert shop.say(case, ClaimBack(None, "short", "少一件")).state == "claiming_back"
    assert balances(shop) == {"lightning_advance": -9950, "merchant_settlement": -9950, "provider:manual": 19900}
    assert shop.say(case, RecordPayment(charge(shop, case), "TX-1")).state == "completed"
    assert money(shop, case) == ("completed", 9950, 9950)
    assert balances(shop) == {"merchant_settlement": -9950, "provider:manual": 9950}
    assert shop.all("select quantity, amount_minor::int from granted_refunds where case_id = %s and reversed_at is null", case) == [(1, 9950)]
    stands(shop)


def test_all_paid_back_with_the_goods_here_they_are_refunded_after_all(shop):
    case = advanced(shop)
    shop.say(case, p.RegisterReceipt(2, "damaged", "intact", "damaged", "normal", "complete", "", "quarantine"))
    shop.say(case, ClaimBack(None, "damaged", "碎了"))
    assert shop.say(case, DifferencePaid(charge(shop, case), "P-1"), PROVIDER_ACTOR).state == "processing"
    assert shop.say(case, p.Refund(5000, None, "used")).refusal is None
    arrives(shop, case)
    assert money(shop, case) == ("confirming", 5000, 5000)
    assert balances(shop) == {"merchant_settlement": -5000, "provider:manual": 5000}
    stands(shop)


@pytest.mark.parametrize(("end", "bearer"), [("waived", "merchant_settlement"), ("written off", "platform_cost"), ("settled", "merchant_settlement")], ids=["waived", "written off", "let stand"])
def test_whoever_bears_it_in_the_end(shop, end, bearer):
    case = advanced(shop)
    shop.say(case, p.RegisterReceipt(2, "damaged", "intact", "damaged", "normal", "complete", "", "quarantine"))
    if end == "settled":
        assert shop.say(case, SettleAdvance()).state == "completed"
    else:
        shop.say(case, ClaimBack(None, "damaged", "碎了"))
        if end == "waived":
            assert shop.say(case, WaiveClaim("算了")).state == "completed"
        else:
            shop.now += timedelta(days=8)
            assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert money(shop, case) == ("completed", 19900, 19900)
    assert balances(shop) == {bearer: -19900, "provider:manual": 19900}
    assert shop.all("select count(*) from charges where case_id = %s and state = 'asked'", case) == [(0,)]
    stands(shop)


def test_what_never_moved_is_taken_back_and_nobody_is_asked_for_it(shop):
    case = advanced(shop, moved=False)
    shop.now += timedelta(days=17)
    ring(shop.pool, shop.merchant, shop.now)
    assert money(shop, case) == ("processing", 19900, 0)
    assert shop.say(case, ClaimBack(None, "not_arrived", "没到")).refusal.code == "advance_not_moved"
    assert shop.say(case, p.ReverseRefund("没有到货")).refusal is None
    assert (money(shop, case), balances(shop)) == (("processing", 0, 0), {})
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_buyer_pays_as_the_time_runs_out(shop, seed):
    case = advanced(shop)
    shop.now += timedelta(days=17)
    ring(shop.pool, shop.merchant, shop.now)
    asked = charge(shop, case)
    shop.now += timedelta(days=8)
    answer, rung = at_once(seed, lambda: shop.say(case, DifferencePaid(asked, "P"), PROVIDER_ACTOR), lambda: ring(shop.pool, shop.merchant, shop.now))
    assert (answer.refusal is None) == (rung == 0)
    assert money(shop, case) == (("closed", 0, 0) if rung == 0 else ("completed", 19900, 19900))
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_parcel_is_registered_as_the_money_comes_back(shop, seed):
    case = advanced(shop)
    shop.now += timedelta(days=17)
    ring(shop.pool, shop.merchant, shop.now)
    asked = charge(shop, case)
    paid, received = at_once(seed, lambda: shop.say(case, DifferencePaid(asked, "P"), PROVIDER_ACTOR), lambda: shop.say(case, GOOD))
    assert (paid.refusal is None) != (received.refusal is None)
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_traces_at_once_are_one_advance(shop, seed):
    case = sent(shop)
    at_once(seed, *[lambda: shop.say(case, ReturnCollected(), CARRIER)] * 2)
    assert money(shop, case) == ("in_transit", 19900, 0)
    assert balances(shop) == {"lightning_advance": -19900, "buyer_refund": 19900}
    stands(shop)
