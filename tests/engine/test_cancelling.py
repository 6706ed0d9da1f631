"""Cancellations on a real database: opened on the right side of receipt, decided, paid back, whatever the order becomes (CA-1 … CA-9, OR-5)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import desk as d
from amends.core.verbs import outside as o
from amends.engine.application import Application, Item
from amends.engine.cancelling import cancel_options
from amends.engine.ids import new_id
from amends.engine.intake import apply_for, open_options
from amends.engine.orders import confirm_receipt, take_in
from amends.engine.ringing import ring
from amends.worker import cancellations
from amends.worker.effects import perform
from amends.worker.outside import perform_outside
from tests.engine.cancel_desk import CARRIER_ACTOR, PROVIDER_ACTOR, SYSTEM, ask, on_the_way, opened, receive, refused, unshipped
from tests.shop import LIN, open_shop

HOUSE_LANE = ("tell_cancellation",)


class Standing:
    """A clock that stands where the shop's does."""

    def __init__(self, shop):
        self.shop = shop

    def now(self):
        return self.shop.now


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def news(shop):
    """Let the house tell cancellations what became of their orders."""
    assert cancellations.COMMANDS
    while perform_outside(SimpleNamespace(pool=shop.pool, clock=Standing(shop)), HOUSE_LANE):
        pass


def yuan(fen):
    return {"amount": fen, "currency": "CNY"}


def requests(shop, case):
    perform(shop.pool, shop.merchant, shop.now)
    return shop.all("select id::text, amount_minor, state from refund_requests where merchant_id = %s and case_id = %s", shop.merchant, case)


def moved(shop, case):
    for request, _, _ in requests(shop, case):
        shop.say(case, d.RecordTransfer(request, "T1"))


def test_an_unshipped_order_is_cancelled_whole_and_paid_back_to_the_cent(shop):
    order = unshipped(shop, ("CUP", 3, 10000), ("MUG", 1, 501), freight=1200)
    case = opened(shop, order)
    assert shop.row(case, "kind, state, waits_on, type, source, quantity, amount_minor") == ("cancellation", "reviewing", "merchant", "whole", "buyer", 4, 10501)
    answer = shop.say(case, c.ApproveCancellation())
    assert (answer.refusal, answer.state) == (None, "refunding")
    assert shop.row(case, "granted_minor, waits_on") == (11701, "provider")
    assert shop.all("select state from orders where id = %s", order) == [("cancelled",)]
    moved(shop, case)
    assert shop.row(case, "state, moved_minor, due_at") == ("refunded", 11701, None)
    assert confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now).code == "order_cancelled"


def test_part_of_it_leaves_the_rest_and_the_freight_goes_with_the_last_piece(shop):
    order = unshipped(shop, ("CUP", 3, 10000), freight=1200)
    first = opened(shop, order, (0, 1))
    shop.say(first, c.ApproveCancellation())
    assert shop.row(first, "granted_minor, type") == (3333, "part")
    assert shop.all("select state from orders where id = %s", order) == [("preparing",)]
    assert shop.all("select cancelled_quantity from order_lines where order_id = %s", order) == [(1,)]
    assert refused(shop, order, (0, 3)) == ["quantity_too_many"]
    second = opened(shop, order, (0, 2))
    shop.say(second, c.ApproveCancellation())
    assert shop.row(second, "granted_minor")[0] == 6667 + 1200
    assert shop.all("select state from orders where id = %s", order) == [("cancelled",)]
    assert refused(shop, order) == ["cancel_order_gone"]


def test_asking_twice_answers_the_first_and_the_same_command_acts_once(shop):
    order = unshipped(shop)
    once = "01900000-0000-7000-8000-000000000001"
    first, again = ask(shop, order, command_id=once), ask(shop, order, command_id=once)
    assert (again.case_id, again.replayed, again.existing) == (first.case_id, True, False)
    other = ask(shop, order)
    assert (other.case_id, other.number, other.existing) == (first.case_id, first.number, True)
    assert [r.code for r in ask(shop, order, command_id=once, words="别的")] == ["command_id_reused"]
    assert len(shop.all("select 1 from cases where merchant_id = %s", shop.merchant)) == 1


def test_the_boundary_of_receipt_in_both_directions(shop):
    received = shop.order(("CUP", 1, 100))
    assert refused(shop, received) == ["cancel_after_receipt"]
    before = on_the_way(shop)
    answer = apply_for(shop.pool, shop.merchant, Application(before, [Item(shop.lines[before][0], 1, "return", "no_reason", "不要了")]), LIN, shop.now, new_id())
    assert isinstance(answer, list)
    assert "取消订单" in answer[0].say("zh")
    assert "ancel" in answer[0].say("en")


@pytest.mark.parametrize(("change", "code"), [
    ({"state": "locked"}, "cancel_order_locked"), ({"state": "cancelled"}, "cancel_order_gone"), ({"state": "completed"}, "cancel_after_receipt"),
], ids=["locked", "cancelled", "completed"])
def test_orders_that_cannot_be_cancelled_say_what_to_do(shop, change, code):
    assert refused(shop, unshipped(shop, **change)) == [code]


def test_refusals_of_the_form_come_together_and_write_nothing(shop):
    order = unshipped(shop)
    assert refused(shop, order, reason="because", words="长" * 501) == ["cancel_reason_unknown", "description_too_long"]
    assert refused(shop, order, (0, 0)) == ["quantity_too_many"]
    assert refused(shop, order, (0, 1), (0, 1)) == ["line_twice"]
    other = unshipped(shop)
    shop.lines["mixed"] = shop.lines[other]
    assert refused(shop, order, actor=type(LIN)(LIN.party, "buyer-else", "别人")) == ["order_unknown"]
    assert shop.all("select 1 from cases where merchant_id = %s", shop.merchant) == []


def test_a_gift_goes_with_the_last_of_its_goods(shop):
    order = unshipped(shop, ("CUP", 2, 5000), ("BOX", 1, 0))
    cup, box = shop.lines[order]
    shop.all("update order_lines set gift = true, gift_of = %s where id = %s returning 1", cup, box)
    one = opened(shop, order, (0, 1))
    assert shop.all("select line_id::text, quantity from cancellation_lines where case_id = %s", one) == [(cup, 1)]
    shop.say(one, c.ApproveCancellation())
    rest = opened(shop, order, (0, 1))
    assert sorted(shop.all("select line_id::text, quantity from cancellation_lines where case_id = %s", rest)) == sorted([(cup, 1), (box, 1)])


def test_shipped_is_answered_another_way_and_only_whole(shop):
    order = on_the_way(shop, ("CUP", 2, 19900), ("MUG", 1, 100))
    assert refused(shop, order, (0, 1)) == ["cancel_part_shipped"]
    case = opened(shop, order)
    assert shop.say(case, c.ApproveCancellation()).refusal.code == "shipped_meanwhile"
    assert shop.row(case, "due_at")[0] == shop.now + timedelta(hours=24)
    assert shop.say(case, c.ForceRefund("客户拒收")).state == "refunding"
    assert shop.row(case, "granted_minor") == (20000,)


def test_interception_succeeds_and_pays(shop):
    order = on_the_way(shop, platform_delivery=True)
    case = opened(shop, order)
    assert shop.say(case, c.ApproveAndIntercept()).state == "intercepting"
    (body,) = [r[0] for r in shop.all("select body from outbox where case_id = %s and effect = 'intercept_parcel'", case)]
    (waybill,) = body["waybills"]
    assert shop.say(case, o.InterceptionSucceeded(waybill), CARRIER_ACTOR).state == "refunding"
    assert shop.row(case, "granted_minor, facts ->> 'intercept'") == (19900, "succeeded")


def test_interception_fails_and_the_merchant_decides_anew_without_asking_twice(shop):
    case = opened(shop, on_the_way(shop))
    shop.say(case, c.ApproveAndIntercept())
    assert shop.say(case, o.InterceptionFailed(words="已派送"), CARRIER_ACTOR).state == "reviewing"
    assert shop.say(case, c.ApproveAndIntercept()).refusal.code == "intercepted_before"
    assert shop.say(case, c.FollowUpParcel()).state == "logistics_follow_up"
    assert len(shop.all("select 1 from outbox where case_id = %s and effect = 'intercept_parcel'", case)) == 1
    # The carrier stops it after all: that ends it.
    assert shop.say(case, o.InterceptionSucceeded(), CARRIER_ACTOR).state == "refunding"


def test_a_carrier_that_never_answers_gives_the_case_back(shop):
    case = opened(shop, on_the_way(shop))
    shop.say(case, c.ApproveAndIntercept())
    shop.now += timedelta(hours=72)
    assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state, facts ->> 'intercept'") == ("reviewing", "silent")
    shop.now += timedelta(hours=24)  # the merchant does not answer either, and the buyer has neither goods nor money
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state, granted_minor") == ("refunding", 19900)


@pytest.mark.parametrize(("columns", "receives", "state", "granted"), [
    ({}, False, "refunding", 19900), ({"platform_delivery": True}, False, "intercepting", 0), ({}, True, "closed", 0),
], ids=["other carrier", "platform delivery", "completed meanwhile"])
def test_the_three_ends_of_the_48_hours(shop, columns, receives, state, granted):
    order = on_the_way(shop, **columns)
    case = opened(shop, order)
    shop.say(case, c.FollowUpParcel())
    assert shop.row(case, "due_at")[0] == shop.now + timedelta(hours=48)
    if receives:
        receive(shop, order)
    shop.now += timedelta(hours=48)
    assert ring(shop.pool, shop.merchant, shop.now) == 1
    assert shop.row(case, "state, granted_minor") == (state, granted)
    assert shop.all("select explanation ->> 'clock' from events where case_id = %s and name = 'ran_out'", case) == [("follow_up",)]
    if receives:
        assert shop.row(case, "facts ->> 'ended'") == ("received",)


def test_nobody_reviews_for_48_hours_and_it_is_agreed_to(shop):
    case = opened(shop, unshipped(shop))
    shop.now += timedelta(hours=48)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state, granted_minor") == ("refunding", 19900)


def test_it_ships_while_it_is_reviewed_and_the_answer_changes(shop):
    order = unshipped(shop)
    case = opened(shop, order)
    number = shop.all("select number from orders where id = %s", order)[0][0]
    line = {"sku": "CUP", "title": "商品 CUP", "category": "home", "quantity": 2, "unit_price": yuan(9950), "paid": yuan(19900)}
    record = {
        "number": number, "state": "shipped", "buyer_id": "buyer-lin", "currency": "CNY", "paid": yuan(19900), "placed_at": "2026-02-26T04:00:00Z", "shipped_at": "2026-03-02T03:00:00Z",
        "lines": [line], "parcels": [{"carrier": "顺丰", "waybill": "SF777"}],
    }
    (done,) = take_in(shop.pool, shop.merchant, [record], shop.now)
    assert (done.status, [r.say("zh") for r in done.refusals]) == ("changed", [])
    news(shop)
    assert shop.row(case, "state, facts ->> 'shipped'") == ("reviewing", "true")
    assert shop.row(case, "due_at")[0] == shop.now + timedelta(hours=24)
    assert shop.say(case, c.ApproveCancellation()).refusal.code == "shipped_meanwhile"
    assert shop.say(case, c.ApproveAndIntercept()).state == "intercepting"


def test_the_buyer_confirms_receipt_and_after_sales_is_open_again(shop):
    order = on_the_way(shop, state="delivered", delivered_at=shop.now)
    case = opened(shop, order)
    assert confirm_receipt(shop.pool, shop.merchant, order, "buyer-lin", shop.now) is None
    assert shop.say(case, c.ForceRefund("退")).refusal.code == "received_meanwhile"
    news(shop)
    assert shop.row(case, "state, facts ->> 'ended', granted_minor") == ("closed", "received", 0)
    assert shop.row(shop.apply(order, quantity=2), "state") == ("reviewing",)


def test_pieces_cancelled_are_not_returned_as_well(shop):
    order = unshipped(shop, ("CUP", 3, 9000))
    case = opened(shop, order, (0, 1))
    shop.say(case, c.ApproveCancellation())
    receive(shop, order)
    (line,) = open_options(shop.pool, shop.merchant, order, shop.now).lines
    assert line.left == 2


def test_fast_refund_asks_nobody(pool):
    shop = open_shop(pool, settings='{"fast_refund": true}')
    case = opened(shop, unshipped(shop))
    news(shop)
    assert shop.row(case, "state, granted_minor") == ("refunding", 19900)
    assert shop.all("select actor_kind from events where case_id = %s and name = 'refunded_at_once'", case) == [("system",)]
    shipped = opened(shop, on_the_way(shop))
    news(shop)
    assert shop.row(shipped, "state") == ("reviewing",)


def test_an_unpaid_order_closes_without_money(shop):
    order = shop.order(("CUP", 1, 0), received=False, state="pending_payment", delivered_at=None, paid_at=None)
    case = opened(shop, order)
    news(shop)
    assert shop.row(case, "state, granted_minor, facts ->> 'ended'") == ("closed", 0, "unpaid")
    assert shop.all("select state from orders where id = %s", order) == [("cancelled",)]


def test_deletion_of_a_cash_on_delivery_order(shop):
    order = shop.order(("CUP", 1, 0), received=False, state="preparing", delivered_at=None, paid_at=None)
    assert refused(shop, order, reason="buyer_asked", deletion=True) == ["deletion_by_staff"]
    assert refused(shop, unshipped(shop), actor=shop.hai, reason="buyer_asked", deletion=True) == ["deletion_needs_cod"]
    case = opened(shop, order, actor=shop.hai, reason="unreachable", deletion=True)
    assert shop.row(case, "type, source") == ("deletion", "staff")
    assert shop.say(case, c.ApproveCancellation()).state == "closed"
    assert shop.all("select state from orders where id = %s", order) == [("cancelled",)]


def test_withdrawn_and_rejected_leave_the_order_as_it_was_and_free_the_goods(shop):
    order = unshipped(shop)
    first = opened(shop, order)
    assert shop.say(first, b.Withdraw(), LIN).state == "withdrawn"
    second = opened(shop, order)
    assert shop.say(second, c.RejectCancellation("buyer_agreed", "电话确认不取消")).state == "rejected"
    assert opened(shop, order) not in (first, second)
    assert shop.all("select state from orders where id = %s", order) == [("preparing",)]


def test_a_refund_that_fails_is_finances_and_never_paid_twice(shop):
    case = opened(shop, unshipped(shop))
    shop.say(case, c.ApproveCancellation())
    ((request, _, _),) = requests(shop, case)
    shop.all("update refund_requests set provider = 'wx' where id = %s returning 1", request)
    assert shop.say(case, d.RecordTransfer(request, "T1")).refusal.code == "request_with_provider"
    assert shop.say(case, o.RefundMoved(request, "R1"), PROVIDER_ACTOR).state == "refunded"
    assert shop.say(case, o.RefundMoved(request, "R1"), PROVIDER_ACTOR).refusal.code == "not_now"


def test_the_money_waits_too_long_and_finance_is_called(shop):
    case = opened(shop, unshipped(shop))
    shop.say(case, c.ApproveCancellation())
    shop.now += timedelta(days=5)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state, facts ->> 'late'") == ("refunding", "true")
    moved(shop, case)
    assert shop.row(case, "state") == ("refunded",)


def test_options_say_what_is_open_and_why_not(shop):
    order = unshipped(shop, ("CUP", 2, 100))
    seen = cancel_options(shop.pool, shop.merchant, order)
    assert (seen.part, list(seen.left.values()), seen.refusal, seen.open_case) == (True, [2], None, None)
    case = opened(shop, order)
    seen = cancel_options(shop.pool, shop.merchant, order)
    assert (seen.open_case, seen.refusal.code) == (case, "cancel_nothing_left")
    assert cancel_options(shop.pool, shop.merchant, order, "somebody-else") is None


def test_only_the_house_says_what_became_of_the_order(shop):
    case = opened(shop, unshipped(shop))
    assert shop.say(case, o.OrderReceived()).refusal.code == "not_yours"
    assert shop.say(case, o.OrderShipped(), SYSTEM).state == "reviewing"
