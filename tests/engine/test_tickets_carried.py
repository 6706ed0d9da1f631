"""What a decision on a ticket leads to, on the real database: carried out, paid in the merchant's place, goods granted, bindings that stay (TI-5 … TI-7)."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from amends.core.actor import PROVIDER_ACTOR
from amends.core.verbs import ticket as v
from amends.core.verbs.buyer import ShipBack
from amends.core.verbs.outside import RefundMoved
from amends.core.verbs.processing import ShipReplacement
from amends.core.verbs.review import RefundWithoutReturn, Reject
from amends.engine.ringing import ring
from amends.sim.invariants import broken
from amends.sim.market import Shop
from amends.store import outbox
from amends.store.connect import scope
from amends.store.screens import compensations
from amends.web import reckoning
from amends.worker import tickets
from amends.worker.effects import perform
from amends.worker.outside import OUTSIDE
from tests.engine.test_tickets import number_of, opened, silent, transferred
from tests.shop import LIN, NOON, open_shop


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


@pytest.fixture(autouse=True)
def noon(shop):
    shop.now = NOON


def of_order(shop, ticket):
    return shop.row(ticket, "order_id::text")[0]


def refunded(shop, order):
    """The merchant refunds the whole order on a service order of its own."""
    case = shop.apply(order)
    answer = shop.say(case, RefundWithoutReturn(19900))
    assert answer.refusal is None, answer.refusal.say("zh")
    return case


def test_who_carries_it_out_in_time_ends_it(shop):
    ticket = transferred(shop, asks="refund")
    assert shop.say(ticket, v.DecideTicket("refund", 19900, words="退款"), shop.arbiter).refusal is None
    refunded(shop, of_order(shop, ticket))
    assert shop.say(ticket, v.CarryOut("已退款")).refusal is None
    assert shop.row(ticket, "state, closed_at") == ("resolved", shop.now)


def test_saying_it_is_carried_out_pays_nobody(shop):
    order = shop.order(("CUP", 1, 19900))
    refunded(shop, order)
    ticket = transferred(shop, number=number_of(shop, order), asks="compensate")
    assert shop.say(ticket, v.DecideTicket("compensate", 500, words="补偿"), shop.arbiter).refusal is None
    # What was refunded before the decision is no answer to it.
    assert shop.say(ticket, v.CarryOut("已补偿 5 元")).refusal.code == "ticket_refund_first"
    assert shop.row(ticket, "state, granted_minor") == ("transferred", 0)


def test_whoever_hears_that_it_was_not_done_has_the_platform_again(shop):
    ticket = transferred(shop, asks="reissue")
    assert shop.say(ticket, v.DecideTicket("reissue", words="补发"), shop.arbiter).refusal is None
    house(shop)
    assert shop.say(ticket, v.CarryOut("已补发")).refusal is None
    assert shop.say(ticket, v.FollowUp("没有收到"), LIN).refusal is None
    assert shop.row(ticket, "state, waits_on, facts -> 'decision' ->> 'decision'") == ("transferred", "platform", "reissue")
    assert shop.say(ticket, v.DecideTicket("nothing", words="算了"), shop.arbiter).refusal.code == "ticket_decided_already"


def house(shop):
    worker = SimpleNamespace(pool=shop.pool)
    for name in ("open_service_order", "end_service_order"):
        for effect in outbox.lease(shop.pool, shop.merchant, [name], shop.now, 50):
            for _ in range(2):  # a worker that died over it is followed by another
                OUTSIDE[name](worker, shop.merchant, effect, shop.now)
            outbox.leased_done(shop.pool, shop.merchant, effect, shop.now)


def in_its_place(shop, ticket, decision, amount=None):
    assert shop.say(ticket, v.DecideTicket(decision, amount, words="按诉求"), shop.arbiter).refusal is None
    house(shop)
    shop.now += timedelta(days=4)
    ring(shop.pool, shop.merchant, shop.now)


def pay(shop, ticket, amount):
    return shop.say(ticket, v.RefundForMerchant(amount, "逾期未执行"), shop.arbiter).refusal


def test_in_the_merchants_place_no_more_is_paid_than_was_decided(shop):
    ticket = transferred(shop, asks="refund")
    in_its_place(shop, ticket, "refund", 5000)
    assert pay(shop, ticket, 5001).code == "ticket_above_decided"
    assert pay(shop, ticket, 5000) is None


def test_what_the_merchant_has_refunded_since_is_not_paid_in_its_place(shop):
    ticket = transferred(shop, number=number_of(shop, shop.order(("CUP", 1, 19900), ("MUG", 1, 9000))), asks="refund")
    in_its_place(shop, ticket, "refund", 5000)
    refunded(shop, of_order(shop, ticket))
    assert pay(shop, ticket, 5000).code == "ticket_above_decided"


@pytest.mark.parametrize(("decision", "state"), [pytest.param("reissue", "fulfilling", id="reissue"), pytest.param("return_refund", "awaiting_return", id="return"), pytest.param("exchange", "awaiting_return", id="exchange")])
def test_a_service_order_the_platform_decided_is_not_for_the_merchant_to_reject(shop, decision, state):
    ticket = transferred(shop, asks=decision)
    assert shop.say(ticket, v.DecideTicket(decision, words="按诉求"), shop.arbiter).refusal is None
    house(shop)
    case = shop.row(ticket, "facts ->> 'bound_case'")[0]
    assert shop.row(case, "state") == (state,)
    assert shop.say(case, Reject("other", "不同意")).refusal is not None
    assert shop.say(ticket, v.BindTicket(""), shop.arbiter).refusal.code == "ticket_binding_stands"


@pytest.mark.parametrize("decision", ["exchange", "return_refund"])
def test_while_the_buyer_has_to_send_the_goods_the_merchant_is_not_late(shop, decision):
    ticket = transferred(shop, asks=decision)
    in_its_place(shop, ticket, decision)
    assert shop.say(ticket, v.CarryOut("已处理")).refusal.code == "ticket_goods_not_back"
    assert pay(shop, ticket, 19900).code == "ticket_goods_with_buyer"
    case = shop.row(ticket, "facts ->> 'bound_case'")[0]
    assert shop.say(case, ShipBack("顺丰", "SF123"), LIN).refusal is None
    assert shop.say(ticket, v.CarryOut("已收货换出")).refusal is None


def test_money_instead_of_goods_ends_their_service_order(shop):
    ticket = transferred(shop, asks="reissue")
    in_its_place(shop, ticket, "reissue")
    case = shop.row(ticket, "facts ->> 'bound_case'")[0]
    assert pay(shop, ticket, 19900) is None
    house(shop)
    assert shop.row(case, "state") == ("closed",)
    assert shop.row(ticket, "state, granted_minor") == ("resolved", 19900)


def test_goods_that_went_out_are_not_paid_as_well(shop):
    ticket = transferred(shop, asks="reissue")
    in_its_place(shop, ticket, "reissue")
    sent = shop.say(shop.row(ticket, "facts ->> 'bound_case'")[0], ShipReplacement("sf", "SF1234567890123"))
    assert sent.refusal is None, sent.refusal.say("zh")
    assert pay(shop, ticket, 19900).code == "ticket_goods_given"


def test_compensation_is_paid_beside_an_order_that_was_refunded(shop):
    order = shop.order(("CUP", 1, 19900))
    refunded(shop, order)
    ticket = transferred(shop, number=number_of(shop, order), asks="compensate")
    assert shop.say(ticket, v.DecideTicket("compensate", 10**9, words="补偿"), shop.arbiter).refusal.code == "judge_compensation_above"
    in_its_place(shop, ticket, "compensate", 3000)
    assert pay(shop, ticket, 3000) is None
    assert shop.all("select kind, amount_minor, buyer_id, state from compensations where case_id = %s", ticket) == [("judgement", 3000, "buyer-lin", "granted")]
    assert shop.row(ticket, "state, granted_minor, facts -> 'compensated'") == ("resolved", 0, 3000)
    ((award,),) = shop.all("select id::text from compensations where case_id = %s", ticket)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        k = compensations.one(conn, shop.merchant, award)
    assert reckoning.of(k, "zh", str).rows[0][1] == f"{shop.row(ticket, 'number')[0]} · 赔付"
    entries = shop.all("select e.account, e.amount_minor from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id where m.case_id = %s order by 2", ticket)
    assert entries == [("merchant_settlement", -3000), ("compensation", 3000)]


@pytest.mark.parametrize("ending", ["nothing", "carried_out", "in_its_place"])
def test_nothing_ends_a_regulators_ticket_without_a_document(shop, ending):
    ticket = opened(shop, shop.arbiter, "regulator", "authenticity", number=number_of(shop, shop.order(("CUP", 1, 19900)))).ticket_id
    silent(shop)
    if ending == "nothing":
        answer = shop.say(ticket, v.DecideTicket("nothing", words="不成立"), shop.arbiter)
    elif ending == "carried_out":
        assert shop.say(ticket, v.DecideTicket("reissue", words="补发"), shop.arbiter).refusal is None
        house(shop)
        answer = shop.say(ticket, v.CarryOut("已补发"))
    else:
        in_its_place(shop, ticket, "refund", 19900)
        answer = shop.say(ticket, v.RefundForMerchant(19900, "逾期"), shop.arbiter)
    assert answer.refusal.code == "ticket_document_missing"
    assert shop.row(ticket, "state") == ("transferred",)


def anothers(shop):
    order = shop.order(("CUP", 1, 100))
    shop.all("update orders set buyer_id = 'buyer-mallory' where id = %s returning id", order)
    return number_of(shop, order)


@pytest.mark.parametrize("by", ["merchant", "platform"])
def test_a_buyers_ticket_is_never_bound_to_anothers_order(shop, by):
    ticket, actor = opened(shop).ticket_id, {"platform": {"actor": shop.arbiter}}.get(by, {})
    before = shop.row(ticket, "buyer_id, order_id")
    assert shop.say(ticket, v.BindTicket(anothers(shop)), *actor.values()).refusal.code == "ticket_number_not_buyers"
    assert shop.row(ticket, "buyer_id, order_id") == before


def test_a_known_buyer_stays_the_buyer(shop):
    ticket = opened(shop, shop.arbiter, "regulator", "authenticity", number=number_of(shop, shop.order(("CUP", 1, 19900)))).ticket_id
    assert shop.say(ticket, v.BindTicket(anothers(shop)), shop.arbiter).refusal is None
    assert shop.row(ticket, "buyer_id, facts ->> 'bound_buyer'") == ("buyer-lin", "buyer-mallory")


def test_what_a_decision_is_carried_out_on_the_merchant_cannot_take_away(shop):
    ticket = transferred(shop, asks="refund", amount=19900)
    assert shop.say(ticket, v.BindTicket("")).refusal.code == "not_now"
    assert shop.say(ticket, v.DecideTicket("refund", 19900, words="按诉求"), shop.arbiter).refusal is None
    assert shop.say(ticket, v.BindTicket("")).refusal.code == "not_now"
    assert shop.row(ticket, "order_id is not null") == (True,)


def test_what_a_ticket_gave_is_gone_from_what_it_may_give(shop):
    ticket = transferred(shop, asks="refund", amount=19900)
    refund_in_its_place(shop, ticket)
    assert shop.say(ticket, v.FollowUp("还没收到"), LIN).refusal is None
    assert shop.say(ticket, v.BindTicket(""), shop.arbiter).refusal.code == "ticket_binding_stands"
    silent(shop)
    assert shop.say(ticket, v.DecideTicket("refund", 19900, words="又一次"), shop.arbiter).refusal.code == "refund_above_cap"


def test_money_on_its_way_arrives_after_the_other_side_wrote_again(shop):
    ticket = transferred(shop, asks="refund", amount=19900)
    refund_in_its_place(shop, ticket)
    perform(shop.pool, shop.merchant, shop.now)
    ((request,),) = shop.all("select id::text from refund_requests where case_id = %s", ticket)
    assert shop.say(ticket, v.FollowUp("还没收到"), LIN).refusal is None
    assert shop.say(ticket, RefundMoved(request, "R-1"), PROVIDER_ACTOR).refusal is None
    assert shop.row(ticket, "state, moved_minor") == ("awaiting_merchant", 19900)


def refund_in_its_place(shop, ticket, decision="refund", amount=19900):
    assert shop.say(ticket, v.DecideTicket(decision, amount, words="按诉求"), shop.arbiter).refusal is None
    shop.now += timedelta(days=4)
    ring(shop.pool, shop.merchant, shop.now)
    answer = shop.say(ticket, v.RefundForMerchant(amount, "逾期未执行"), shop.arbiter)
    assert answer.refusal is None, answer.refusal.say("zh")


def test_whatever_became_of_a_ticket_its_events_fold_to_it(pool):
    shop = open_shop(pool, name="折叠店")
    shop.now = NOON
    test_whoever_hears_that_it_was_not_done_has_the_platform_again(shop)
    for told in (test_money_instead_of_goods_ends_their_service_order, test_compensation_is_paid_beside_an_order_that_was_refunded, test_money_on_its_way_arrives_after_the_other_side_wrote_again):
        shop.now = NOON
        told(shop)
    watched = Shop(shop.merchant, "", (), [], deduct_offline=False, began_with={})
    assert [wrong for wrong in broken(pool, watched) if not wrong.startswith("stock: on_hand")] == []


def test_what_a_ticket_was_told_stands_when_another_worker_does_it_again(shop, monkeypatch):
    ticket = transferred(shop, number=number_of(shop, shop.order(("CUP", 1, 19900), ("MUG", 1, 9000))), asks="return_refund")
    assert shop.say(ticket, v.DecideTicket("return_refund", words="按诉求"), shop.arbiter).refusal is None
    worker = SimpleNamespace(pool=shop.pool)
    [effect] = outbox.lease(shop.pool, shop.merchant, ["open_service_order"], shop.now, 50)
    OUTSIDE["open_service_order"](worker, shop.merchant, effect, shop.now)
    assert shop.row(ticket, "facts ->> 'carried', facts ->> 'failure' is not null") == (None, True)
    # The worker died before it ticked it off. What could be opened by now would stand beside a ticket that was told otherwise.
    monkeypatch.setattr(tickets, "open_for_ticket", lambda *_: pytest.fail("opened beside what the ticket knows of"))
    OUTSIDE["open_service_order"](worker, shop.merchant, effect, shop.now)
    outbox.leased_done(shop.pool, shop.merchant, effect, shop.now)
