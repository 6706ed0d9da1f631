"""Proposals raced on a real database: two answers, an answer against taking back and against the clock; what is read by the ledger and by those who wait (SO-28)."""

from datetime import timedelta

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs.negotiation import AcceptProposal, DeclineProposal, Propose, WithdrawProposal
from amends.core.verbs.review import Reject
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from tests.engine.together import at_once, stands
from tests.shop import LIN, open_shop

ROUNDS = range(4)
MONEY = Propose("refund_only", 5000, words="补偿")


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def proposed(shop, proposal=MONEY):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    assert shop.say(case, proposal).refusal is None
    return case


def codes(answers):
    return sorted(a.refusal.code if a.refusal else "done" for a in answers)


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_answers_are_one(shop, seed):
    case = proposed(shop)
    answers = at_once(seed, *[lambda: shop.say(case, AcceptProposal(1), LIN)] * 2)
    assert codes(answers) == ["done", "not_now"]
    assert shop.row(case, "state, granted_minor") == ("confirming", 5000)
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_accepting_and_taking_back_at_once(shop, seed):
    case = proposed(shop)
    answers = at_once(seed, lambda: shop.say(case, AcceptProposal(1), LIN), lambda: shop.say(case, WithdrawProposal()))
    assert codes(answers) == ["done", "not_now"]
    accepted = answers[0].refusal is None
    assert shop.row(case, "state, granted_minor") == (("confirming", 5000) if accepted else ("reviewing", 0))
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_accepting_as_the_clock_runs_out(shop, seed):
    case = proposed(shop)
    shop.now += timedelta(hours=48)
    answer, rung = at_once(seed, lambda: shop.say(case, AcceptProposal(1), LIN), lambda: ring(shop.pool, shop.merchant, shop.now))
    assert (answer.refusal is None) == (rung == 0)
    assert shop.row(case, "state, granted_minor") == (("confirming", 5000) if rung == 0 else ("reviewing", 0))
    stands(shop)


@pytest.mark.parametrize("seed", ROUNDS)
def test_accepting_what_was_replaced_by_another_proposal(shop, seed):
    case = proposed(shop)
    other = [Asked(new_id(), shop.merchant, case, command, shop.hai) for command in (WithdrawProposal(), Propose("refund_only", 1, words="更少"))]
    answer, _ = at_once(seed, lambda: shop.say(case, AcceptProposal(1), LIN), lambda: handle(shop.pool, other, shop.now))
    assert shop.row(case, "granted_minor")[0] == (5000 if answer.refusal is None else 0)
    stands(shop)


def test_the_last_piece_in_stock_is_promised_once(shop):
    first, second = (proposed(shop, Propose("reissue", sku="MUG", quantity=2, words="再发")) for _ in range(2))
    answers = at_once(0, lambda: shop.say(first, AcceptProposal(), LIN), lambda: shop.say(second, AcceptProposal(), LIN))
    assert codes(answers) == ["done", "stock_short"]
    assert shop.all("select sum(quantity)::int from holds where merchant_id = %s and ended_at is null", shop.merchant) == [(2,)]
    stands(shop)


def test_the_clock_of_review_goes_on_with_what_it_had_left(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    due = shop.row(case, "due_at")[0]
    shop.now += timedelta(hours=8)
    assert shop.say(case, MONEY).refusal is None
    assert shop.row(case, "waits_on, due_at") == ("buyer", shop.now + timedelta(hours=48))
    shop.now += timedelta(hours=20)
    assert shop.say(case, DeclineProposal(1, "不"), LIN).refusal is None
    assert shop.row(case, "waits_on, due_at, facts -> 'clock' ->> 'clock'") == ("merchant", due + timedelta(hours=20), "review")
    assert shop.say(case, Reject("other", "已使用")).refusal is None


def test_what_was_agreed_is_what_processing_pays(shop):
    case = proposed(shop, Propose("return", 15000, "merchant", words="退一部分"))
    assert shop.say(case, AcceptProposal(1), LIN).state == "awaiting_return"
    assert shop.say(case, b.ShipBack("顺丰", "SF1"), LIN).refusal is None
    assert shop.say(case, p.RegisterReceipt(1, "good", "intact", "intact", "normal", "complete", "", "sale")).refusal is None
    look = shop.say(case, p.Refund(), dry_run=True)
    assert next(e["amount"] for e in look.plan["effects"] if e["effect"] == "pay_refund") == 15000
    assert shop.say(case, p.Refund(14999, None, "used")).refusal.code == "less_than_agreed"
    assert shop.say(case, p.Refund()).refusal is None
    assert shop.row(case, "granted_minor, facts ->> 'freight_by'") == (15000, "merchant")
    stands(shop)


def test_looking_first_says_what_accepting_does_and_writes_nothing(shop):
    case = proposed(shop)
    answer = shop.say(case, AcceptProposal(1), LIN, dry_run=True)
    assert (answer.plan["state"], shop.row(case, "state")[0]) == ("confirming", "negotiating")
