"""What judgements do to the cases in dispute and to others of the same goods, and what upheld appeals put back (DI-7, DI-8, CO-2); what counts against a merchant."""

from datetime import timedelta

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import dispute as v
from amends.core.verbs import judgement as jv
from amends.core.verbs import processing as p
from amends.core.verbs import review as w
from amends.engine import liability
from tests.engine.cancel_desk import ask, on_the_way, unshipped
from tests.engine.dispute_desk import THIRD, dispute, house, judged, judgement, paid, purses, upheld
from tests.shop import LIN, open_shop

PAID = 20_000
RECEIPT = p.RegisterReceipt(received=1, condition="good", packaging="intact", appearance="intact", function="intact", accessories="complete", disposition="sale")
BEFORE = {
    "reviewing": (), "rejected": ((w.Reject("other", "已使用"), None),), "awaiting_buyer": ((w.AskBuyer("请补照片"), None),), "awaiting_return": ((w.ApproveReturn(), None),),
    "in_transit": ((w.ApproveReturn(), None), (b.ShipBack("顺丰", "SF9"), LIN)), "processing": ((w.ApproveReturn(), None), (RECEIPT, None)),
    "withdrawn": ((b.Withdraw(), LIN),), "fulfilling": ((w.ReissueWithoutReturn(), None),), "confirming": ((w.RefundWithoutReturn(amount=1_000, adjust_reason="buyer_agreed"), None),),
}
AFTER = {
    # state of the service order   refund           return            reship        nothing
    "reviewing": ("closed", "awaiting_return", "fulfilling", "reviewing"), "rejected": ("rejected", "awaiting_return", "fulfilling", "rejected"),
    "awaiting_buyer": ("closed", "awaiting_return", "fulfilling", "awaiting_buyer"), "awaiting_return": ("closed", "awaiting_return", "awaiting_return", "awaiting_return"),
    "in_transit": ("in_transit", "in_transit", "in_transit", "in_transit"), "processing": ("processing", "processing", "fulfilling", "processing"),
    "withdrawn": ("withdrawn", "awaiting_return", "fulfilling", "withdrawn"), "fulfilling": ("closed", "fulfilling", "fulfilling", "fulfilling"),
    "confirming": ("confirming", "confirming", "confirming", "confirming"),
}
OUTCOMES = {"refund": {"amount": PAID - 1_000}, "return_and_refund": {"amount": PAID - 1_000}, "reship": {}, "nothing": {}}
CELLS = [(state, outcome, after) for state, row in AFTER.items() for outcome, after in zip(OUTCOMES, row, strict=True)]


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool, stock={"CUP": 100})


def disputed(shop, state, scenario="process_refused"):
    order = shop.order(("CUP", 1, PAID))
    case = shop.apply(order, "return", "no_reason")
    for command, actor in BEFORE[state]:
        answer = shop.say(case, command, actor)
        assert answer.refusal is None, answer.refusal.say("zh")
    assert shop.row(case, "state") == (state,)
    return case, dispute(shop, order, scenario, case, by=shop.arbiter)


def carried(shop, of):
    answer = shop.say(of, v.CarryOutJudgement())
    assert answer.refusal is None, answer.refusal.say("zh")
    house(shop)
    assert shop.row(of, "facts -> 'applying'")[0] in (None, [])


@pytest.mark.parametrize(("state", "outcome", "after"), CELLS, ids=[f"{s}-{o}" for s, o, _ in CELLS])
def test_a_service_order_as_judged(shop, state, outcome, after):
    case, of = disputed(shop, state)
    judged(shop, of, liability="merchant", outcome=outcome, **OUTCOMES[outcome])
    carried(shop, of)
    assert shop.row(case, "state") == (after,)
    given = {"refund": PAID - 1_000}.get(outcome, 0)
    assert shop.row(of, "granted_minor") == (given,)
    if after != state:
        assert shop.row(of, "facts -> 'applied' -> 'acts' -> 0 ->> 'case'") == (case,)
        assert shop.all("select explanation ->> 'by', actor_kind from events where case_id = %s order by version desc limit 1", case) == [("dispute", "system")]


@pytest.mark.parametrize(("state", "outcome", "after", "back"), [
    ("rejected", "return_and_refund", "awaiting_return", "rejected"), ("reviewing", "return_and_refund", "awaiting_return", "reviewing"), ("withdrawn", "reship", "fulfilling", "withdrawn"),
    ("processing", "reship", "fulfilling", "processing"), ("reviewing", "refund", "closed", "reviewing"), ("awaiting_return", "refund", "closed", "awaiting_return"),
], ids=lambda x: x if isinstance(x, str) else None)
def test_an_upheld_appeal_puts_it_back(shop, state, outcome, after, back):
    case, of = disputed(shop, state)
    judged(shop, of, liability="merchant", outcome=outcome, **OUTCOMES[outcome])
    carried(shop, of)
    assert shop.row(case, "state") == (after,)
    upheld(shop, of)
    house(shop)
    assert shop.row(case, "state") == (back,)
    assert shop.row(of, "facts -> 'applied' ->> 'done', granted_minor") == ("undone", 0)


def test_goods_that_are_on_their_way_are_said_plainly(shop):
    case, of = disputed(shop, "rejected")
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=PAID)
    carried(shop, of)
    assert shop.say(case, b.ShipBack("顺丰", "SF10"), LIN).state == "in_transit"
    upheld(shop, of)
    house(shop)
    assert shop.row(case, "state") == ("in_transit",)
    assert shop.row(of, "facts -> 'applied' ->> 'code', facts -> 'applied' -> 'facts' ->> 'number'") == ("undo_goods_under_way", shop.row(case, "number")[0])


def test_nothing_is_judged_anew_while_a_remedy_is_under_way(shop):
    _, of = disputed(shop, "rejected")
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=PAID)
    shop.say(of, v.CarryOutJudgement())
    shop.say(of, v.Appeal(words="不服"))
    assert shop.say(of, judgement(v.UpholdAppeal), THIRD).refusal.code == "remedy_under_way"
    house(shop)
    assert shop.say(of, judgement(v.UpholdAppeal), THIRD).refusal is None
    house(shop)


def test_the_amount_judged_is_refunded_when_the_goods_are_back_and_not_less(shop):
    case, of = disputed(shop, "rejected")
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=15_000, freight_by="merchant")
    carried(shop, of)
    shop.say(case, b.ShipBack("顺丰", "SF11"), LIN)
    assert shop.say(case, RECEIPT).state == "processing"
    assert shop.say(case, p.Refund(amount=14_000, adjust_reason="buyer_agreed")).refusal.code == "less_than_agreed"
    assert shop.say(case, p.Refund()).refusal is None
    assert shop.row(case, "granted_minor") == (15_000,)
    assert shop.row(of, "granted_minor") == (0,)


def test_an_advance_stops_neither_the_return_nor_the_rating_and_nothing_is_paid_twice(pool):
    shop = open_shop(pool, stock={"CUP": 100})
    case, of = disputed(shop, "rejected")
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=PAID, advance=True)
    assert purses(shop) == {"platform_advance": -PAID, "buyer_refund": PAID}
    carried(shop, of)
    assert shop.row(case, "state") == ("awaiting_return",)
    paid(shop, of)
    shop.say(case, b.ShipBack("顺丰", "SF12"), LIN)
    assert shop.say(case, RECEIPT).state == "processing"
    assert shop.say(case, p.Refund(amount=PAID, adjust_reason="x")).refusal.code == "refund_above_cap"
    assert shop.say(case, jv.FinishPaid()).state == "completed"
    assert shop.say(case, b.Rate("very_satisfied", "好")).refusal.code == "not_yours"
    assert shop.say(case, b.Rate("very_satisfied", "好"), LIN).refusal is None
    assert purses(shop) == {"merchant_settlement": -PAID, "provider:manual": PAID}


@pytest.mark.parametrize(("state", "steps", "outcome", "amount", "after", "order_state"), [
    ("reviewing", (), "refund", 19_900, "closed", "cancelled"), ("reviewing", (), "refund", 5_000, "closed", "preparing"), ("reviewing", (), "nothing", 0, "rejected", "preparing"),
    ("rejected", ((c.RejectCancellation("buyer_agreed", "已沟通"), None),), "refund", 19_900, "closed", "cancelled"),
    ("rejected", ((c.RejectCancellation("buyer_agreed", "已沟通"), None),), "refund", 5_000, "rejected", "preparing"),
    ("rejected", ((c.RejectCancellation("buyer_agreed", "已沟通"), None),), "nothing", 0, "rejected", "preparing"),
    ("withdrawn", ((b.Withdraw(), LIN),), "refund", 19_900, "closed", "cancelled"),
], ids=["open-whole", "open-part", "open-nothing", "rejected-whole", "rejected-part", "rejected-nothing", "withdrawn-whole"])
def test_a_cancellation_as_judged(shop, state, steps, outcome, amount, after, order_state):
    order = unshipped(shop)
    case = ask(shop, order).case_id
    for command, actor in steps:
        assert shop.say(case, command, actor).state == state
    of = dispute(shop, order, "cancel_order", case, by=shop.arbiter)
    judged(shop, of, liability="merchant", outcome=outcome, **({"amount": amount} if amount else {}))
    carried(shop, of)
    assert shop.row(case, "state, granted_minor") == (after, 0)
    assert shop.row(of, "granted_minor") == (amount,)
    assert shop.all("select state, refunded_minor from orders where id = %s", order) == [(order_state, amount)]


@pytest.mark.parametrize("sent", [False, True], ids=["unshipped", "shipped"])
def test_an_order_judged_to_be_cancelled_is_not_sent(shop, sent):
    order = on_the_way(shop, waybill=f"X{shop.orders}") if sent else unshipped(shop)
    of = dispute(shop, order, "cancel_order", by=shop.arbiter)
    judged(shop, of, liability="merchant", outcome="refund", amount=19_900)
    carried(shop, of)
    assert shop.all("select state from orders where id = %s", order) == [("cancelled",)]
    assert shop.all("select source, state, granted_minor, facts ->> 'reason_zh' from cases where order_id = %s and kind = 'cancellation'", order) == [("staff", "closed", 0, "按判责取消")]
    upheld(shop, of)
    house(shop)
    assert shop.row(of, "facts -> 'applied' ->> 'done'") == ("undone",)
    assert shop.all("select state from orders where id = %s", order) == [("shipped" if sent else "preparing",)]


def test_what_else_is_open_about_the_same_goods_ends_when_all_is_paid(shop):
    order = shop.order(("CUP", 2, PAID))
    case = shop.apply(order)
    of = dispute(shop, order, "goods_quality", by=shop.arbiter)
    judged(shop, of, liability="merchant", outcome="refund", amount=PAID)
    carried(shop, of)
    assert shop.row(case, "state, granted_minor") == ("closed", 0)


def test_pieces_that_another_case_has_are_not_opened_twice(shop):
    order = shop.order(("CUP", 1, PAID))
    first = shop.apply(order)
    shop.say(first, w.Reject("other", "已使用"))
    of = dispute(shop, order, "process_refused", first)
    again = shop.apply(order)
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=PAID)
    carried(shop, of)
    assert shop.row(first, "state") == ("rejected",)
    assert shop.row(of, "facts -> 'applied' ->> 'code'") == ("judged_goods_taken",)
    assert shop.row(again, "state") == ("reviewing",)


def test_what_counts_against_a_merchant_is_what_stands(pool):
    shop = open_shop(pool)
    assert liability.of(pool, shop.merchant, shop.now) == liability.Liability(0, 0, 0, 0)
    cases = [dispute(shop, shop.order(("CUP", 1, 10_000))) for _ in range(4)]
    for case, fault in zip(cases, ("merchant", "shared", "buyer", "none"), strict=True):
        judged(shop, case, liability=fault)
    shop.now += timedelta(minutes=1)
    ended = [shop.apply(shop.order(("CUP", 1, 10_000))) for _ in range(4)]
    for case in ended:
        assert shop.say(case, b.Withdraw(), LIN).refusal is None
    shop.now += timedelta(minutes=1)
    assert liability.of(pool, shop.merchant, shop.now) == liability.Liability(4, 2, 4, 4)
    upheld(shop, cases[0], liability="buyer")
    shop.now += timedelta(minutes=1)
    found = liability.of(pool, shop.merchant, shop.now)
    assert (found.judged, found.liable, found.rate, found.with_one_more(liable=True).liable) == (4, 1, 0.25, 2)
    assert liability.by_day(pool, shop.merchant, shop.now - timedelta(days=1), shop.now, "Asia/Shanghai") == {"2026-03-02": (4, 1)}
    shop.now += timedelta(days=31)
    assert liability.of(pool, shop.merchant, shop.now).judged == 0


def test_where_nobody_has_applied_the_house_opens_what_the_judgement_needs(pool):
    shop = open_shop(pool, stock={"CUP": 100})
    order = shop.order(("CUP", 2, 20_000), ("MUG", 1, 10_000))
    of = dispute(shop, order)
    judged(shop, of, liability="merchant", outcome="return_and_refund", amount=15_000)
    carried(shop, of)
    opened = shop.all("select id::text, state, quantity, (facts -> 'judged_return' ->> 'amount')::int from cases where order_id = %s and kind = 'service_order' order by quantity desc", order)
    assert [row[1:] for row in opened] == [("awaiting_return", 2, 10_000), ("awaiting_return", 1, 5_000)]
    shop.say(opened[1][0], b.ShipBack("顺丰", "SF20"), LIN)
    upheld(shop, of, outcome="nothing")
    house(shop)
    assert [shop.row(row[0], "state")[0] for row in opened] == ["closed", "in_transit"]
    assert shop.row(of, "facts -> 'applied' ->> 'code'") == ("undo_goods_under_way",)


def test_a_reissue_nobody_applied_for_is_owed(pool):
    shop = open_shop(pool, stock={"CUP": 0})
    order = shop.order(("CUP", 1, 20_000))
    of = dispute(shop, order, "goods_missing")
    judged(shop, of, liability="merchant", outcome="reship")
    carried(shop, of)
    [(case, state, owed)] = shop.all("select id::text, state, facts ->> 'stock_owed' from cases where order_id = %s and kind = 'service_order'", order)
    assert (state, owed) == ("fulfilling", "true")
    assert shop.say(case, p.ShipReplacement("顺丰", "SF30")).refusal.code == "stock_short"


def test_a_service_order_the_buyer_had_applied_for_goes_back_to_where_it_was(shop):
    order = shop.order(("CUP", 1, 20_000))
    own = shop.apply(order)
    case = dispute(shop, order)
    judged(shop, case, liability="merchant", outcome="return_and_refund", amount=20_000)
    shop.say(case, v.CarryOutJudgement())
    house(shop)
    assert shop.row(own, "state") == ("awaiting_return",)
    upheld(shop, case, liability="buyer", outcome="nothing")
    house(shop)
    assert shop.row(own, "state, closed_at") == ("reviewing", None)


def test_judged_for_the_merchant_the_cancellation_a_plan_had_opened_ends_too(shop):
    order = shop.order(("CUP", 1, 20_000), received=False, state="shipped")
    case = dispute(shop, order, "cancel_order")
    assert shop.say(case, v.SettleByInterception(words="等")).refusal is None
    house(shop)
    assert shop.all("select state from cases where kind = 'cancellation' and order_id = %s", order) == [("logistics_follow_up",)]
    assert shop.say(case, v.RefuseSettlement(words="不等"), LIN).refusal is None
    judged(shop, case, liability="buyer", outcome="nothing")
    shop.say(case, v.CarryOutJudgement())
    house(shop)
    assert shop.all("select state from cases where kind = 'cancellation' and order_id = %s", order) == [("rejected",)]
