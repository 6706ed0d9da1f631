"""Disputes raced on a real database by sessions of their own, and workers that die in between (DI-2, DI-3, DI-8, OP-5, OP-8): one plan, one record, one payment, whoever is first."""

from datetime import timedelta

import pytest

from amends.core.actor import SYSTEM
from amends.core.verbs import cancel as c
from amends.core.verbs import dispute as v
from amends.core.verbs.desk import RecordTransfer
from amends.engine import plans, remedies
from amends.engine.dispute import Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.store import outbox
from amends.worker.effects import perform
from tests.engine.cancel_desk import ask, unshipped
from tests.engine.dispute_desk import HOUSE, THIRD, dispute, house, judged, judgement, paid, purses
from tests.engine.together import at_once, stands
from tests.shop import LIN, open_shop

ROUNDS = range(4)
PAID = 19_900


@pytest.fixture
def shop(pool):
    opened = open_shop(pool)
    yield opened
    stands(opened)


def says(shop, case, command, actor=None, **more):
    return lambda: shop.say(case, command, actor, **more)


def records(shop, order):
    return shop.all("select source, state, granted_minor from cases where order_id = %s and kind = 'cancellation' order by opened_at, id", order)


def effects(shop):
    return outbox.lease(shop.pool, shop.merchant, list(HOUSE), shop.now, 50)


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_buyer_files_a_cancellation_while_the_plan_is_carried_out(shop, seed):
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    shop.say(of, v.SettleByRefund())
    at_once(seed, lambda: house(shop), lambda: ask(shop, order))
    house(shop)
    state, failed = shop.row(of, "state, facts -> 'plan_failure' ->> 'code'")
    seen = records(shop, order)
    if state == "awaiting_merchant":
        assert (failed, seen) == ("plan_cancellation_filed", [("buyer", "reviewing", 0)])
    else:
        assert (state, seen) == ("awaiting_buyer_confirmation", [("dispute_direct_refund", "refunding", PAID)])


@pytest.mark.parametrize("seed", ROUNDS)
def test_two_agents_choose_two_plans_at_once(shop, seed):
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    answers = at_once(seed, says(shop, of, v.SettleByRefund()), says(shop, of, v.SettleWithoutCancelling("不退了"), shop.xia))
    assert sorted(a.refusal.code if a.refusal else "" for a in answers) == ["", "not_now"]
    house(shop)
    chosen = shop.row(of, "facts ->> 'plan'")[0]
    assert len(records(shop, order)) == (chosen == "direct_refund")


@pytest.mark.parametrize("seed", ROUNDS)
def test_the_clock_runs_out_while_the_merchant_types(shop, seed):
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    shop.now += timedelta(hours=24)
    chosen, _ = at_once(seed, says(shop, of, v.SettleByRefund()), lambda: ring(shop.pool, shop.merchant, shop.now))
    house(shop)
    if chosen.refusal is None:
        assert shop.row(of, "state") == ("awaiting_buyer_confirmation",)
    else:
        assert (chosen.refusal.code, shop.row(of, "state"), records(shop, order)) == ("not_now", ("awaiting_adjudication",), [])


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_double_click_chooses_once(shop, seed):
    order = unshipped(shop)
    of, once = dispute(shop, order, "cancel_order"), new_id()
    both = at_once(seed, *[says(shop, of, v.SettleByRefund(), command_id=once)] * 2)
    assert [a.refusal for a in both] == [None, None]
    at_once(seed, lambda: house(shop), lambda: house(shop))
    assert records(shop, order) == [("dispute_direct_refund", "refunding", PAID)]


@pytest.mark.parametrize("seed", ROUNDS)
def test_one_dispute_about_one_thing_whoever_opens_it(shop, seed):
    order = unshipped(shop)
    asked = Opening(order, "cancel_order", "refund", "不要了")
    both = at_once(seed, *[lambda: open_dispute(shop.pool, shop.merchant, asked, LIN, shop.now, new_id())] * 2)
    assert len({o.case_id for o in both}) == 1
    assert sorted(o.existing for o in both) == [False, True]


@pytest.mark.parametrize("died", ["before", "after opening", "before ticking off"])
def test_a_worker_dies_over_a_plan_and_the_next_one_opens_no_second(shop, died, monkeypatch):
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    shop.say(of, v.SettleByRefund())
    [effect] = effects(shop)
    if died == "after opening":
        monkeypatch.setattr(plans, "handle", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            plans.carry_out(shop.pool, shop.merchant, of, effect.id, effect.body, shop.now)
        monkeypatch.undo()
        assert records(shop, order) == [("dispute_direct_refund", "reviewing", 0)]
    if died == "before ticking off":
        plans.carry_out(shop.pool, shop.merchant, of, effect.id, effect.body, shop.now)
    shop.now += timedelta(minutes=3)
    house(shop)
    assert records(shop, order) == [("dispute_direct_refund", "refunding", PAID)]
    assert shop.row(of, "state, facts ->> 'plan_state'") == ("awaiting_buyer_confirmation", "done")


def test_an_old_effect_never_carries_out_a_plan_that_was_given_up(shop):
    """It failed, was told, and the worker died before ticking it off; meanwhile the merchant has chosen again."""
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    filed = ask(shop, order).case_id
    shop.say(of, v.SettleByRefund())
    [effect] = effects(shop)
    plans.carry_out(shop.pool, shop.merchant, of, effect.id, effect.body, shop.now)
    assert shop.row(of, "state") == ("awaiting_merchant",)
    shop.say(filed, c.RejectCancellation("buyer_agreed", "已沟通"))
    shop.say(of, v.SettleWithoutCancelling("不退了"))
    shop.now += timedelta(minutes=3)
    house(shop)
    assert records(shop, order) == [("buyer", "rejected", 0)]
    assert shop.row(of, "state, facts ->> 'plan_state'") == ("awaiting_buyer_confirmation", "done")


def test_a_worker_dies_over_a_remedy_and_it_is_applied_and_told_once(shop, monkeypatch):
    order = unshipped(shop)
    of = dispute(shop, order, "cancel_order")
    judged(shop, of, liability="merchant", outcome="refund", amount=PAID)
    shop.say(of, v.CarryOutJudgement())
    [effect] = effects(shop)
    monkeypatch.setattr(remedies, "tell", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError):
        remedies.apply(shop.pool, shop.merchant, of, effect.id, effect.body, shop.now)
    monkeypatch.undo()
    shop.now += timedelta(minutes=3)
    house(shop)
    assert records(shop, order) == [("staff", "closed", 0)]
    assert shop.row(of, "facts -> 'applied' -> 'acts' -> 0 ->> 'verb', facts -> 'applying'") == ("end_by_judgement", [])
    assert shop.all("select count(*)::int from events where case_id = %s and name = 'remedy_applied'", of) == [(1,)]


@pytest.mark.parametrize("seed", ROUNDS)
def test_carried_out_by_the_merchant_and_the_clock_at_once_pays_once(shop, seed):
    of = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, of, liability="merchant", outcome="refund", amount=7_000, compensation=900, advance=seed % 2 == 0)
    shop.now += timedelta(hours=24)
    at_once(seed, says(shop, of, v.CarryOutJudgement()), lambda: ring(shop.pool, shop.merchant, shop.now))
    house(shop)
    paid(shop, of)
    assert purses(shop) == {"merchant_settlement": -7_900, "provider:manual": 7_900}


@pytest.mark.parametrize("seed", ROUNDS)
def test_an_appeal_is_upheld_while_the_money_moves(shop, seed):
    of = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, of, liability="merchant", outcome="refund", amount=7_000)
    shop.say(of, v.CarryOutJudgement())
    house(shop)
    perform(shop.pool, shop.merchant, shop.now)
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", of)
    shop.say(of, v.Appeal(words="不服"))
    upheld, moved = at_once(seed, says(shop, of, judgement(v.UpholdAppeal), THIRD), says(shop, of, RecordTransfer(request, "T1")))
    assert upheld.refusal is None
    assert shop.row(of, "granted_minor, moved_minor") == (0, 0)
    left = 7_000 if moved.refusal is None else 0
    assert purses(shop) == ({"buyer_refund": -left, "provider:manual": left} if left else {})


@pytest.mark.parametrize("seed", ROUNDS)
def test_money_with_a_provider_is_waited_for(shop, seed):
    of = dispute(shop, shop.order(("CUP", 1, 20_000)))
    judged(shop, of, liability="merchant", outcome="compensation", compensation=700)
    shop.say(of, v.CarryOutJudgement())
    house(shop)
    shop.all("update refund_requests set provider = 'bank' where merchant_id = %s returning 1", shop.merchant)
    shop.say(of, v.Appeal(words="不服"))
    assert shop.say(of, judgement(v.UpholdAppeal), THIRD).refusal.code == "money_under_way"
    shop.all("update refund_requests set state = 'failed' where merchant_id = %s returning 1", shop.merchant)
    assert shop.say(of, judgement(v.UpholdAppeal), THIRD).refusal is None
    assert purses(shop) == {}


def test_the_house_is_refused_by_nobody_when_the_dispute_has_ended(shop):
    of = dispute(shop, unshipped(shop), "cancel_order")
    shop.say(of, v.SettleByRefund())
    shop.say(of, v.WithdrawDispute(), LIN)
    house(shop)
    assert shop.row(of, "state, facts -> 'plan_failure' ->> 'code'") == ("withdrawn", "plan_moved_on")
    assert shop.all("select 1 from outbox where merchant_id = %s and (dead_at is not null or last_error is not null)", shop.merchant) == []
    assert shop.say(of, v.PlanCarriedOut("x", "C-1"), SYSTEM).refusal is None
