"""Every settlement plan against every state of the order and of a cancellation of it (DI-2, DI-3, CA-3, CA-6): what became of the dispute, which record there is with which source, how much went back.

A cell is `plan-order-cancellation`. The figures stand in one table; what a cell says of the dispute, the records and the money is asserted for each.
"""

from datetime import timedelta

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import dispute as v
from amends.core.verbs.outside import OrderReceived
from amends.engine.ringing import ring
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import SYSTEM, ask, on_the_way, receive, unshipped
from tests.engine.dispute_desk import dispute, house, paid, purses
from tests.shop import LIN, open_shop

PAID = 19_900
PLANS = {"refund": v.SettleByRefund("直接退"), "agreed": v.SettleWithoutCancelling("客户不退了"), "wait": v.SettleByInterception("等 48 小时")}
SOURCE = {"refund": "dispute_direct_refund", "wait": "dispute_48h_interception"}
FILED, GONE, LATE, HERE = "plan_cancellation_filed", "cancel_order_gone", "dispute_received", "dispute_not_shipped"
CELLS = {
    # order          cancellation            refund            wait
    ("pending_payment", "none"): ("closed", HERE), ("pending_payment", "closed"): (GONE, HERE),
    ("preparing", "none"): ("refunding", HERE), ("preparing", "reviewing"): (FILED, HERE), ("preparing", "rejected"): ("refunding", HERE), ("preparing", "withdrawn"): ("refunding", HERE),
    ("shipped", "none"): ("refunding", "logistics_follow_up"), ("shipped", "reviewing"): (FILED, FILED), ("shipped", "intercepting"): (FILED, FILED),
    ("shipped", "logistics_follow_up"): (FILED, FILED), ("shipped", "rejected"): ("refunding", "logistics_follow_up"), ("shipped", "withdrawn"): ("refunding", "logistics_follow_up"),
    ("delivered", "none"): ("refunding", "logistics_follow_up"), ("delivered", "reviewing"): (FILED, FILED), ("delivered", "intercepting"): (FILED, FILED),
    ("delivered", "logistics_follow_up"): (FILED, FILED), ("delivered", "rejected"): ("refunding", "logistics_follow_up"), ("delivered", "withdrawn"): ("refunding", "logistics_follow_up"),
    ("received", "none"): (LATE, LATE), ("received", "closed"): (LATE, LATE), ("received", "rejected"): (LATE, LATE), ("received", "withdrawn"): (LATE, LATE),
    ("completed", "none"): (LATE, LATE), ("completed", "closed"): (LATE, LATE), ("completed", "rejected"): (LATE, LATE), ("completed", "withdrawn"): (LATE, LATE),
    ("cancelled", "refunding"): (GONE, HERE), ("cancelled", "refunded"): (GONE, HERE),
}
"""What the two plans that the house carries out come to: a state of the record they open, the code of a failure, or of a refusal before anything is done."""
REFUSED, FAILED = (LATE, HERE), (FILED, GONE)
NUMBERED = [(order, cancellation, plan, outcome) for (order, cancellation), both in CELLS.items() for plan, outcome in zip(("refund", "wait"), both, strict=True)]


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


def begun(shop, order, cancellation):
    """An order in dispute, with its buyer's cancellation, in these states; answers order, dispute and cancellation."""
    late = order in ("shipped", "delivered", "received", "completed")
    there = on_the_way(shop, waybill=f"SF{shop.orders}") if late else unshipped(shop)
    of = dispute(shop, there, "cancel_order")
    if order == "pending_payment":
        change(shop, there, "paid_minor = 0, state = 'pending_payment'")
        shop.all("delete from payments where order_id = %s returning 1", there)
    if order == "delivered":
        change(shop, there, "state = 'delivered', delivered_at = placed_at")
    case = None
    if cancellation != "none":
        case = ask(shop, there).case_id
        moved(shop, case, cancellation, order)
    if order in ("received", "completed"):
        receive(shop, there)
        if cancellation == "closed":
            assert shop.say(case, OrderReceived(), SYSTEM).state == "closed"
        change(shop, there, f"state = '{order}'")
    return there, of, case


def change(shop, order, columns):
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(f"update orders set {columns} where merchant_id = %s and id = %s", (shop.merchant, order))


def moved(shop, case, state, order):
    steps = {
        "reviewing": (), "rejected": ((c.RejectCancellation("buyer_agreed", "已沟通"), None),), "withdrawn": ((b.Withdraw(), LIN),), "intercepting": ((c.ApproveAndIntercept(), None),),
        "logistics_follow_up": ((c.FollowUpParcel(), None),), "refunding": ((c.ApproveCancellation(), None),), "refunded": ((c.ApproveCancellation(), None),),
        "closed": ((c.ApproveCancellation(), None),) if order == "pending_payment" else (),
    }[state]
    for command, actor in steps:
        assert shop.say(case, command, actor).refusal is None
    if state == "refunded":
        paid(shop, case)
    if order not in ("received", "completed"):
        assert shop.row(case, "state") == (state,)


def records(shop, order):
    return shop.all("select source, state, granted_minor from cases where order_id = %s and kind = 'cancellation' order by opened_at, id", order)


@pytest.mark.parametrize(("order", "cancellation", "plan", "outcome"), NUMBERED, ids=[f"{p}-{o}-{k}" for o, k, p, _ in NUMBERED])
def test_a_plan_the_house_carries_out(shop, order, cancellation, plan, outcome):
    there, of, case = begun(shop, order, cancellation)
    before = records(shop, there)
    answer = shop.say(of, PLANS[plan])
    if outcome in REFUSED:
        assert answer.refusal.code == outcome
        assert (shop.row(of, "state"), records(shop, there)) == (("awaiting_merchant",), before)
        return
    assert answer.state == "awaiting_buyer_confirmation"
    if not before or outcome not in FAILED:
        assert shop.say(of, v.AcceptSettlement(), LIN).refusal.code == "plan_under_way"
    house(shop)
    if outcome in FAILED:
        number = shop.row(case, "number")[0] if outcome == FILED else ""
        state, failed, filed, numbered, waits = shop.row(of, "state, facts -> 'plan_failure' ->> 'code', facts -> 'plan_failure' ->> 'cancellation', facts -> 'plan_failure' ->> 'number', waits_on")
        assert (state, failed, filed, numbered, waits) == ("awaiting_merchant", outcome, case if outcome == FILED else "", number, "merchant")
        assert records(shop, there) == before
        assert shop.say(of, PLANS["agreed"]).state == "awaiting_buyer_confirmation"
        return
    granted = PAID if outcome == "refunding" else 0
    assert records(shop, there) == [*before, (SOURCE[plan], outcome, granted)]
    made, number = shop.row(of, "facts ->> 'plan_case', facts ->> 'plan_number'")
    assert shop.row(made, "number, facts ->> 'reason_zh', facts ->> 'by_staff'") == (number, {"refund": "直接退款纠纷方案", "wait": "48H物流拦截退款纠纷方案"}[plan], "")
    assert shop.row(of, "state, facts ->> 'plan_state', granted_minor") == ("awaiting_buyer_confirmation", "done", 0)
    if outcome == "refunding":
        paid(shop, made)
        assert shop.row(made, "state, moved_minor") == ("refunded", PAID)
    if outcome == "logistics_follow_up":
        assert shop.row(made, "due_at - opened_at")[0] == timedelta(hours=48)
    assert shop.say(of, v.AcceptSettlement(), LIN).state == "settled"


@pytest.mark.parametrize(("order", "cancellation"), list(CELLS), ids=[f"agreed-{o}-{k}" for o, k in CELLS])
def test_agreed_not_to_cancel_leaves_every_cancellation_as_it_is(shop, order, cancellation):
    there, of, _ = begun(shop, order, cancellation)
    before = records(shop, there)
    assert shop.say(of, PLANS["agreed"]).state == "awaiting_buyer_confirmation"
    house(shop)
    assert shop.say(of, v.AcceptSettlement(), LIN).state == "settled"
    house(shop)
    assert records(shop, there) == before


def test_the_list_filtered_by_source_finds_the_plans_records(shop):
    for source in SOURCE.values():
        theirs = {number for (number,) in shop.all("select number from cases where merchant_id = %s and kind = 'cancellation' and facts ? 'dispute' and reason = %s", shop.merchant, source)}
        assert theirs
        assert {r[0] for r in shop.all("select number from cases where merchant_id = %s and source = %s", shop.merchant, source)} == theirs


@pytest.mark.parametrize(("columns", "receives", "state", "granted"), [({}, False, "refunding", PAID), ({"platform_delivery": True}, False, "intercepting", 0), ({}, True, "closed", 0)],
                         ids=["other carrier", "platform delivery", "completed meanwhile"])
def test_the_48_hours_of_a_plan_end_as_any(pool, columns, receives, state, granted):
    shop = open_shop(pool)
    order = on_the_way(shop, **columns)
    of = dispute(shop, order, "cancel_order")
    shop.say(of, PLANS["wait"])
    house(shop)
    made = shop.row(of, "facts ->> 'plan_case'")[0]
    assert shop.say(of, v.AcceptSettlement(), LIN).state == "settled"
    if receives:
        receive(shop, order)
    shop.now += timedelta(hours=48)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(made, "state, granted_minor") == (state, granted)
    assert shop.row(of, "state") == ("settled",)


def test_what_the_buyer_filed_meanwhile_is_approved_directly_and_nothing_is_paid_twice(pool):
    shop = open_shop(pool)
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    assert shop.say(of, PLANS["refund"]).refusal is None
    filed = ask(shop, order).case_id
    house(shop)
    assert shop.row(of, "facts -> 'plan_failure' ->> 'cancellation'") == (filed,)
    assert shop.say(filed, c.ApproveCancellation()).state == "refunding"
    assert shop.say(of, PLANS["agreed"]).refusal is None
    assert shop.say(of, v.AcceptSettlement(), LIN).state == "settled"
    house(shop)
    paid(shop, filed)
    assert purses(shop) == {"merchant_settlement": -PAID, "provider:manual": PAID}


def test_a_plan_the_buyer_did_not_wait_for_is_not_carried_out(pool):
    shop = open_shop(pool)
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    shop.say(of, PLANS["refund"])
    assert shop.say(of, v.RefuseSettlement("要赔偿"), LIN).state == "awaiting_evidence"
    house(shop)
    assert records(shop, order) == []
    assert shop.row(of, "state, facts -> 'plan_failure' ->> 'code'") == ("awaiting_evidence", "plan_moved_on")


def test_silence_settles_nothing_that_has_not_been_done(pool):
    shop = open_shop(pool)
    of = dispute(shop, unshipped(shop), "cancel_order")
    shop.say(of, PLANS["refund"])
    shop.now += timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(of, "state, due_at > opened_at + interval '143 hours'") == ("awaiting_buyer_confirmation", True)
    house(shop)
    shop.now += timedelta(hours=72)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(of, "state, facts ->> 'settled_by'") == ("settled", "silence")


def test_a_dispute_about_a_refused_cancellation_opens_a_new_one_of_its_pieces(pool):
    shop = open_shop(pool)
    order = unshipped(shop, ("CUP", 3, 9_000), ("MUG", 1, 1_000))
    refused = ask(shop, order, (0, 2)).case_id
    shop.say(refused, c.RejectCancellation("buyer_agreed", "已沟通"))
    of = dispute(shop, order, "cancel_order", refused)
    shop.say(of, PLANS["refund"])
    house(shop)
    made = shop.row(of, "facts ->> 'plan_case'")[0]
    assert shop.row(made, "state, type, granted_minor, source") == ("refunding", "part", 6_000, "dispute_direct_refund")
    assert shop.row(refused, "state") == ("rejected",)
