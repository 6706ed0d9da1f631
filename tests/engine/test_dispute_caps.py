"""What all disputes of one order give together, on a real database and with two arbiters at the same moment: one cap of compensation, one payment of a way back, never more than was paid (DI-6, CO-5, MO-1)."""

from __future__ import annotations

import pytest

from amends.core.verbs import cancel as c
from amends.core.verbs import dispute as v
from amends.core.verbs import review as r
from amends.engine import compensation, freight_claims
from amends.engine.audit import By
from amends.engine.compensation import Decision
from amends.engine.compensation_desk import Done
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import ask, unshipped
from tests.engine.compensation_shop import supervisor
from tests.engine.dispute_desk import FOURTH, SECOND, THIRD, dispute, house, judged, judgement, paid, to_judge, upheld
from tests.engine.test_compensation import codes, receipt, sent_back
from tests.engine.together import at_once, stands
from tests.shop import LIN, open_shop

CAP = 50_000
"""The pack's least cap: three times what was paid where that is more."""
ROUNDS = range(3)


@pytest.fixture(scope="module")
def shop(pool):
    opened = open_shop(pool, stock={"CUP": 100})
    yield opened
    stands(opened)


def three(shop, money: int = 4_000) -> list[str]:
    """Disputes about one order: the order as such, and two of its service orders."""
    order = shop.order(("CUP", 1, money), ("MUG", 1, money))
    cases = [shop.apply(order, line=n) for n in (0, 1)]
    for case in cases:
        assert shop.say(case, r.Reject("other", "已使用")).refusal is None
    return [dispute(shop, order), *(dispute(shop, order, "process_refused", case) for case in cases)]


def awarded(shop, of: list[str]) -> int:
    return sum(amount for (amount,) in shop.all("select amount_minor from compensations where kind = 'judgement' and state <> 'dropped' and state <> 'reversed' and case_id = any(%s::uuid[])", of))


def carried(shop, case):
    answer = shop.say(case, v.CarryOutJudgement())
    assert answer.refusal is None, answer.refusal.say("zh")
    house(shop)


def test_the_cap_holds_over_all_disputes_of_an_order(shop):
    one, two, third = three(shop)
    judged(shop, one, liability="merchant", outcome="compensation", compensation=30_000)
    to_judge(shop, two)
    refusal = shop.say(two, judgement(liability="merchant", outcome="compensation", compensation=20_001), SECOND).refusal
    assert (refusal.code, refusal.field, dict(refusal.facts)) == ("judge_compensation_order", "compensation", {
        "most": 20_000, "asked": 20_001, "cap": CAP, "given": 30_000, "numbers": [shop.row(one, "number")[0]]})
    judged(shop, two, liability="merchant", outcome="compensation", compensation=20_000)
    to_judge(shop, third)
    assert shop.say(third, judgement(liability="merchant", outcome="compensation", compensation=1), SECOND).refusal.code == "judge_compensation_none_left"
    carried(shop, one)
    carried(shop, two)
    assert awarded(shop, [one, two, third]) == CAP
    upheld(shop, one, outcome="nothing", liability="buyer")
    judged(shop, third, liability="merchant", outcome="compensation", compensation=30_000)
    carried(shop, third)
    assert awarded(shop, [one, two, third]) == CAP


def test_an_offer_the_buyer_has_not_answered_is_a_promise(shop):
    one, two, _ = three(shop)
    assert shop.say(one, v.OfferSettlement("compensation", 30_000, "赔你")).refusal is None
    refusal = shop.say(two, v.OfferSettlement("compensation", 30_000, "也赔你")).refusal
    assert (refusal.code, refusal.field) == ("judge_compensation_order", "amount")
    assert shop.say(one, v.RefuseSettlement("不够"), LIN).refusal is None
    assert shop.say(two, v.OfferSettlement("compensation", 30_000, "也赔你")).refusal is None


def test_what_a_judgement_taken_back_has_left_with_the_buyer_counts(shop):
    one, two, _ = three(shop)
    judged(shop, one, liability="merchant", outcome="compensation", compensation=40_000)
    carried(shop, one)
    paid(shop, one)
    upheld(shop, one, outcome="nothing", liability="buyer")
    to_judge(shop, two)
    assert shop.say(two, judgement(liability="merchant", outcome="compensation", compensation=10_001), SECOND).refusal.code == "judge_compensation_order"
    judged(shop, two, liability="merchant", outcome="compensation", compensation=10_000)


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_arbiters_judge_two_disputes_of_one_order_at_the_same_moment(shop, seed):
    one, two, _ = three(shop)
    for case in (one, two):
        to_judge(shop, case)
    wanted = judgement(liability="merchant", outcome="compensation", compensation=30_000)
    answers = at_once(seed, lambda: shop.say(one, wanted, SECOND), lambda: shop.say(two, wanted, THIRD))
    assert sorted(a.refusal.code if a.refusal else "" for a in answers) == ["", "judge_compensation_order"]
    for case in (one, two):
        if shop.row(case, "state") == ("adjudicated",):
            carried(shop, case)
    assert awarded(shop, [one, two]) == 30_000


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_second_persons_confirm_at_the_same_moment(shop, seed):
    """What waits for its second person is no promise; whoever confirms second is told."""
    one, two, _ = three(shop, 20_000)
    for case, amount in ((one, 80_000), (two, 60_000)):
        to_judge(shop, case)
        assert shop.say(case, judgement(liability="merchant", outcome="compensation", compensation=amount), THIRD).state == "awaiting_adjudication"
    answers = at_once(seed, lambda: shop.say(one, v.ConfirmJudgement(), SECOND), lambda: shop.say(two, v.ConfirmJudgement(), FOURTH))
    assert sorted(a.refusal.code if a.refusal else "" for a in answers) == ["", "judge_compensation_order"]


@pytest.mark.parametrize("seed", ROUNDS)
def test_refunds_of_disputes_service_orders_and_cancellations_never_exceed_what_was_paid(shop, seed):
    """Two disputes carried out, a service order refunded, all at once: the order gives back what was paid and no more (MO-1)."""
    order = shop.order(("CUP", 2, 20_000), freight=1_000)
    case = shop.apply(order)
    one = dispute(shop, order)
    two = dispute(shop, order, "process_refused", case, by=shop.arbiter)
    for of, amount in ((one, 21_000), (two, 10_000)):
        judged(shop, of, liability="merchant", outcome="refund", amount=amount)
    at_once(seed, lambda: shop.say(one, v.CarryOutJudgement()), lambda: shop.say(two, v.CarryOutJudgement()), lambda: shop.say(case, r.RefundWithoutReturn(9_000, "buyer_agreed", "先退一部分")))
    house(shop)
    assert shop.all("select sum(granted_minor)::int from cases where order_id = %s", order) == [(21_000,)]
    assert shop.all("select refunded_minor <= paid_minor from orders where id = %s", order) == [(True,)]
    assert all(given <= had for given, had in shop.all("select refunded_minor, paid_minor from order_lines where order_id = %s", order))


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_cancellation_approved_while_a_judgement_is_carried_out_gives_back_what_was_paid_once(shop, seed):
    order = unshipped(shop)
    case = ask(shop, order).case_id
    of = dispute(shop, order, "promise", by=shop.arbiter)
    judged(shop, of, liability="merchant", outcome="refund", amount=19_900)
    at_once(seed, lambda: shop.say(of, v.CarryOutJudgement()), lambda: shop.say(case, c.ApproveCancellation()))
    house(shop)
    assert shop.all("select sum(granted_minor)::int from cases where order_id = %s", order) == [(19_900,)]
    assert shop.all("select refunded_minor, paid_minor from orders where id = %s", order) == [(19_900, 19_900)]


def freight_judged(shop, of, **more):
    to_judge(shop, of)
    return shop.say(of, judgement(liability="merchant", outcome="compensation", compensation=100, **{"freight": 1_200, "freight_by": "merchant", **more}), SECOND)


@pytest.mark.parametrize("about", ["the service order", "the order"])
def test_a_way_back_that_a_judgement_gave_is_not_claimed_again(shop, about):
    order, case = sent_back(shop)
    of = dispute(shop, order, "process_freight_unpaid", case if about == "the service order" else "", by=shop.arbiter)
    assert freight_judged(shop, of).refusal is None
    assert codes(freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin")) == ["freight_judged"]
    assert freight_claims.standing(shop.pool, shop.merchant, case, shop.now).closed.code == "freight_judged"
    carried(shop, of)
    assert codes(freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin")) == ["freight_judged"]
    paid(shop, of)
    upheld(shop, of, outcome="nothing", liability="none")
    assert codes(freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin")) == ["freight_judged"]


def test_a_way_back_judged_to_be_the_buyers_is_not_claimed(shop):
    order, case = sent_back(shop)
    of = dispute(shop, order, "process_freight_unpaid", case, by=shop.arbiter)
    assert freight_judged(shop, of, freight=None, freight_by="buyer").refusal is None
    assert codes(freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin")) == ["freight_judged_buyer"]


def claimed(shop, case):
    return freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, receipt(shop), "", new_id(), shop.now, "buyer-lin").compensations[0]


@pytest.mark.parametrize("about", ["the service order", "the order"])
def test_a_way_back_that_was_claimed_is_not_judged_again(shop, about):
    order, case = sent_back(shop)
    of = dispute(shop, order, "process_freight_unpaid", case if about == "the service order" else "", by=shop.arbiter)
    k = claimed(shop, case)
    refusal = freight_judged(shop, of).refusal
    assert (refusal.code, refusal.field, refusal.facts["number"], refusal.facts["given"]) == ("judge_freight_asked", "freight", k.number, 1_500)
    assert isinstance(compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), shop.now), Done)
    assert freight_judged(shop, of).refusal.code == "judge_freight_claimed"
    assert freight_judged(shop, of, freight=None, freight_by="").refusal is None


def test_a_claim_that_waits_is_not_granted_once_another_dispute_has_judged(shop):
    """Two ways to the same money that were both begun before the house knew of it: the later one is stopped."""
    order, case = sent_back(shop)
    of = dispute(shop, order, "process_freight_unpaid", case, by=shop.arbiter)
    k = claimed(shop, case)
    with scope(shop.pool, PLATFORM) as conn:  # as if the claim had come after the judgement was looked at
        conn.execute("update compensations set state = 'refused', decided_at = now(), decided_kind = 'merchant' where id = %s", (k.id,))
    assert freight_judged(shop, of).refusal is None
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update compensations set state = 'asked', decided_at = null, decided_kind = null where id = %s", (k.id,))
    assert codes(compensation.decide(shop.pool, supervisor(shop), shop.merchant, k.id, Decision(True), new_id(), shop.now)) == ["freight_judged_meanwhile"]


def test_two_disputes_do_not_award_the_same_way_back(shop):
    order, case = sent_back(shop)
    first = dispute(shop, order, "process_freight_unpaid", case, by=shop.arbiter)
    second = dispute(shop, order, "process_freight_unpaid", by=shop.arbiter)
    assert freight_judged(shop, first).refusal is None
    assert freight_judged(shop, second).refusal.code == "judge_freight_judged"


@pytest.mark.parametrize("seed", ROUNDS)
def test_claim_and_judgement_at_the_same_moment_pay_one_way_back(shop, seed):
    order, case = sent_back(shop)
    of = dispute(shop, order, "process_freight_unpaid", case, by=shop.arbiter)
    to_judge(shop, of)
    files, wanted = receipt(shop), judgement(liability="merchant", outcome="compensation", compensation=100, freight=1_200, freight_by="merchant")
    told, answer = at_once(
        seed, lambda: freight_claims.claim(shop.pool, By(LIN), shop.merchant, case, 1_500, files, "", new_id(), shop.now, "buyer-lin"), lambda: shop.say(of, wanted, SECOND))
    assert (codes(told) if isinstance(told, list) else "", answer.refusal.code if answer.refusal else "") in ((["freight_judged"], ""), ("", "judge_freight_asked"))

