"""What happens by itself: reminders, effects once, back-off, the dead and the resent; every effect of the tables can be performed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends.core.cases import MACHINES
from amends.core.verbs import desk as d
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.ringing import ring
from amends.engine.road import DONE_AT_ONCE
from amends.store import clocks, outbox
from amends.worker import effects
from amends.worker.effects import PERFORM, perform
from amends.worker.loop import round_of
from amends.worker.outside import OUTSIDE
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    return open_shop(pool)


def test_every_effect_of_the_tables_is_performed_by_somebody():
    named = {e.__name__ for m in MACHINES for s in m.states.values() for t in s.steps for e in t.then}
    assert named <= set(PERFORM) | set(OUTSIDE) | DONE_AT_ONCE


def test_messages_reach_whom_they_are_for_and_once(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.ApproveReturn())
    assert perform(shop.pool, shop.merchant, shop.now) == 2
    assert perform(shop.pool, shop.merchant, shop.now) == 0
    told = shop.all("select reader, event, buyer_id from notices where case_id = %s order by reader", case)
    assert told == [("buyer", "return_approved", "buyer-lin"), ("merchant", "applied", "buyer-lin")]


def test_a_refund_is_asked_for_the_way_the_money_came_and_finance_moves_it(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.RefundWithoutReturn())
    perform(shop.pool, shop.merchant, shop.now)
    [(request, amount, state)] = shop.all("select id::text, amount_minor, state from refund_requests where case_id = %s", case)
    assert (amount, state) == (19900, "requested")
    assert shop.row(case, "granted_minor, moved_minor, moved_at is null") == (19900, 0, True)
    assert shop.say(case, d.RecordTransfer(request, "BANK-1")).refusal is None
    assert shop.row(case, "granted_minor, moved_minor, moved_at is null") == (19900, 19900, False)
    twice = shop.say(case, d.RecordTransfer(request, "BANK-2"))
    assert twice.refusal is not None
    assert twice.refusal.code == "request_unknown"
    assert shop.all("select reference, state from refund_requests where id = %s", request) == [("BANK-1", "moved")]


def test_a_refund_reversed_before_it_was_asked_for_is_not_asked_for(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.RefundWithoutReturn())
    shop.now += timedelta(days=9)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state")[0] == "completed"
    assert shop.say(case, p.ReverseRefund("退错了")).state == "processing"
    perform(shop.pool, shop.merchant, shop.now)
    assert shop.all("select 1 from refund_requests where case_id = %s", case) == []
    assert shop.all("select refunded_minor from orders where id = (select order_id from cases where id = %s)", case) == [(0,)]


def test_money_that_a_reversal_left_with_the_buyer_is_not_paid_again(shop):
    case = shop.apply(shop.order(("CUP", 2, 20000)), quantity=2)
    shop.say(case, v.RefundWithoutReturn(amount=15000, adjust_reason="agreed"))
    perform(shop.pool, shop.merchant, shop.now)
    [(first,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
    shop.say(case, d.RecordTransfer(first, "BANK-1"))
    shop.now += timedelta(days=9)
    ring(shop.pool, shop.merchant, shop.now)
    shop.say(case, p.ReverseRefund("退错了"))
    assert shop.row(case, "granted_minor, moved_minor, facts -> 'moved_reversed'") == (0, 0, 15000)
    shop.say(case, p.Refund())
    perform(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "granted_minor, moved_minor, facts -> 'moved_reversed'") == (20000, 15000, 0)
    assert shop.all("select amount_minor, state from refund_requests where case_id = %s order by requested_at", case) == [(15000, "moved"), (5000, "requested")]


def test_a_reminder_is_sent_once_and_only_while_its_clock_runs(shop):
    case = shop.apply(shop.order(("CUP", 1, 19900)))
    shop.say(case, v.ApproveReturn())
    perform(shop.pool, shop.merchant, shop.now)
    [(due, remind)] = shop.all("select due_at, remind_at from clocks where case_id = %s", case)
    assert due - remind == timedelta(days=1)
    shop.now = remind
    assert clocks.remind_due(shop.pool, shop.merchant, shop.now, 100) == 1
    assert clocks.remind_due(shop.pool, shop.merchant, shop.now, 100) == 0
    perform(shop.pool, shop.merchant, shop.now)
    assert shop.all("select reader from notices where case_id = %s and event = 'reminder'", case) == [("buyer",)]
    assert ring(shop.pool, shop.merchant, shop.now) == 0
    assert ring(shop.pool, shop.merchant, due) == 1
    assert shop.row(case, "state")[0] == "closed"


def test_a_bad_effect_is_put_off_and_does_not_hold_up_the_others(shop, monkeypatch):
    first, second = (shop.apply(shop.order(("CUP", 1, 100))) for _ in range(2))
    real = effects.tell

    def picky(conn, merchant, group, now):
        if any(w.case_id == first for w in group):
            conn.execute("select 1 / 0")
        real(conn, merchant, group, now)

    monkeypatch.setitem(PERFORM, "tell_merchant", picky)
    for n in range(outbox.TRIES):
        perform(shop.pool, shop.merchant, shop.now + timedelta(days=n))
    assert shop.all("select done_at is not null, dead_at is not null, attempts from outbox where case_id = %s", second) == [(True, False, 1)]
    [(effect, dead, error)] = shop.all("select id::text, dead_at is not null, last_error from outbox where case_id = %s", first)
    assert dead
    assert "division by zero" in error
    monkeypatch.setitem(PERFORM, "tell_merchant", real)
    assert outbox.resend(shop.pool, shop.merchant, effect, shop.now)
    assert perform(shop.pool, shop.merchant, shop.now) == 1
    assert not outbox.resend(shop.pool, shop.merchant, effect, shop.now)


def test_a_round_does_all_that_is_due_for_all_merchants(shop, pool):
    other = open_shop(pool)
    cases = [(s, s.apply(s.order(("CUP", 1, 100)))) for s in (shop, other)]
    later = shop.now + timedelta(hours=49)
    house = SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: later))
    while round_of(house):
        pass
    assert {s.row(case, "state")[0] for s, case in cases} == {"awaiting_return"}
    assert shop.all("select count(*) from outbox where done_at is null and merchant_id::text = any(%s)", [shop.merchant, other.merchant]) == [(0,)]
