"""Four eyes on tickets: above the pack's amount a decision, and a payment in the merchant's place, wait for somebody else (DI-6, TI-5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs import ticket as v
from amends.core.verbs.review import RefundWithoutReturn
from amends.engine.dossier.copies import Copy
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.sim.invariants import broken
from amends.sim.market import Shop
from amends.worker.effects import perform
from tests.engine.test_tickets import number_of, opened, silent
from tests.shop import LIN, NOON, open_shop

DEAR = 90_000
"""More than the pack's ¥500."""
SECOND, THIRD = Actor(Party.PLATFORM, new_id(), "复核", None, ALL), Actor(Party.PLATFORM, new_id(), "三审", None, ALL)


@pytest.fixture(scope="module")
def shop(pool):
    return open_shop(pool)


@pytest.fixture(autouse=True)
def noon(shop):
    shop.now = NOON


def dear(shop, **more):
    ticket = opened(shop, number=number_of(shop, shop.order(("CUP", 1, DEAR))), **more).ticket_id
    silent(shop)
    return ticket


def said(shop, ticket, command, by, code=None, **more):
    refusal = shop.say(ticket, command, by, **more).refusal
    assert (refusal.code if refusal else None) == code, refusal
    assert refusal is None or (refusal.say("zh") and refusal.say("en"))


def stands(shop, ticket):
    return shop.row(ticket, "state, waits_on, facts #>> '{decision,decision}', facts #>> '{pending,by_name}'")


def words(shop, ticket):
    return [m[0] for m in shop.all("select body from messages where case_id = %s order by id", ticket)]


def clock(shop, ticket):
    return shop.all("select name, due_at from clocks where case_id = %s", ticket)


REFUND = v.DecideTicket("refund", DEAR, words="商家未回复")


def test_a_dear_decision_waits_and_stands_when_somebody_else_approves(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    assert stands(shop, ticket) == ("transferred", "platform", None, shop.arbiter.name)
    assert words(shop, ticket) == ["杯子有裂纹"], "nobody outside reads what does not stand"
    assert shop.say(ticket, v.CarryOut("已退")).refusal.code == "ticket_nothing_decided"
    for command in (REFUND, v.HandBack("退回"), v.BindTicket("")):
        said(shop, ticket, command, shop.arbiter, "ticket_waits_second")
    said(shop, ticket, v.ApproveDecision(), shop.arbiter, "ticket_second_is_first")
    shop.now += timedelta(hours=30)
    said(shop, ticket, v.ApproveDecision("同意"), SECOND)
    assert stands(shop, ticket) == ("transferred", "merchant", "refund", None)
    [(name, due)] = clock(shop, ticket)
    assert (name, due > shop.now + timedelta(days=2)) == ("ticket_carry_out", True), "the merchant's days run from the approval"
    assert words(shop, ticket)[-1] == "商家未回复"
    assert shop.row(ticket, "facts #>> '{decision,by}', facts #>> '{decision,second_name}', facts #>> '{decision,finding}'") == (shop.arbiter.name, "复核", "silence")


def test_what_is_sent_back_has_never_been(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    said(shop, ticket, v.ReturnDecision("先核对签收"), shop.arbiter, "ticket_second_is_first")
    said(shop, ticket, v.ReturnDecision("先核对签收"), SECOND)
    assert stands(shop, ticket) == ("transferred", "platform", None, None)
    assert [c[0] for c in clock(shop, ticket)] == ["ticket_decide"]
    said(shop, ticket, v.ApproveDecision(), THIRD, "ticket_nothing_to_approve")
    said(shop, ticket, v.DecideTicket("refund", 40_000, words="部分退款"), shop.arbiter)
    assert stands(shop, ticket) == ("transferred", "merchant", "refund", None), "below the amount one person is enough"


def test_two_who_approve_at_once_and_a_double_click_are_one_approval(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda who: shop.say(ticket, v.ApproveDecision(), who), (SECOND, THIRD)))
    assert sorted(a.refusal.code if a.refusal else "" for a in answers) == ["", "ticket_nothing_to_approve"]
    shop.now += timedelta(days=4)
    ring(shop.pool, shop.merchant, shop.now)
    said(shop, ticket, v.RefundForMerchant(DEAR, "逾期"), THIRD)
    once = new_id()
    with ThreadPoolExecutor(2) as both:
        clicks = list(both.map(lambda _: shop.say(ticket, v.ApproveDecision(), SECOND, command_id=once), range(2)))
    assert sorted(a.replayed for a in clicks) == [False, True]
    assert shop.row(ticket, "state, granted_minor") == ("resolved", DEAR)
    assert shop.all("select count(*) from granted_refunds where case_id = %s", ticket) == [(1,)]


def test_the_payment_is_approved_by_neither_payer_nor_who_decided(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    said(shop, ticket, v.ApproveDecision(), SECOND)
    shop.now += timedelta(days=4)
    ring(shop.pool, shop.merchant, shop.now)
    said(shop, ticket, v.RefundForMerchant(DEAR, "逾期未执行"), SECOND)
    assert shop.row(ticket, "state, granted_minor") == ("transferred", 0)
    said(shop, ticket, v.ApproveDecision(), SECOND, "ticket_second_is_first")
    said(shop, ticket, v.ApproveDecision(), shop.arbiter, "ticket_second_decided")
    said(shop, ticket, v.ApproveDecision(), THIRD)
    assert shop.row(ticket, "state, granted_minor, facts #>> '{second_look,second_name}'") == ("resolved", DEAR, "三审")
    while perform(shop.pool, shop.merchant, shop.now):
        pass
    assert [w for w in broken(shop.pool, Shop(shop.merchant, "店", (), [], False, {})) if not w.startswith("stock")] == []


def test_the_second_person_looks_at_the_money_again(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    order = shop.row(ticket, "order_id::text")[0]
    case = shop.apply(order)
    assert shop.say(case, RefundWithoutReturn(DEAR)).refusal is None
    said(shop, ticket, v.ApproveDecision(), SECOND, "refund_above_cap")
    said(shop, ticket, v.ReturnDecision("已经退过"), SECOND)


def test_a_doubt_that_waits_is_with_the_platform_and_stays_a_doubt(shop):
    ticket = opened(shop, subject="authenticity", asks="return_refund", number=number_of(shop, shop.order(("CUP", 1, DEAR)))).ticket_id
    assert shop.say(ticket, v.Reply("reject", "正品")).refusal is None
    said(shop, ticket, v.DecideTicket("return_refund", words="未出示证明"), shop.arbiter)
    assert stands(shop, ticket) == ("transferred", "platform", None, shop.arbiter.name)
    assert shop.row(ticket, "facts -> 'against_merchant'") == (None,), "the merchant did answer"
    said(shop, ticket, v.FollowUp("等结果"), LIN)
    said(shop, ticket, v.ApproveDecision(), SECOND)
    assert shop.row(ticket, "facts #>> '{decision,finding}', facts ->> 'carried'") == ("no_document", "asked")


def test_nobody_outside_hears_of_it_before_it_stands(shop):
    ticket = dear(shop, asks="refund")
    said(shop, ticket, REFUND, shop.arbiter)
    while perform(shop.pool, shop.merchant, shop.now):
        pass
    assert [n[0] for n in shop.all("select reader from notices where case_id = %s and event like '%%decid%%'", ticket)] == []
    assert shop.all("select reader from notices where case_id = %s and event = 'ticket_waits_second'", ticket) == [("platform",)]
    [row] = shop.all("select name, body, actor_kind from events where case_id = %s order by version desc limit 1", ticket)
    event = dict(zip(("name", "body", "actor_kind"), row, strict=True))
    assert [Copy(side).hides(event) for side in ("merchant", "buyer", "platform")] == ["internal", "internal", ""]
