"""Refunds at a provider that answers at once, later, twice, never, refuses or contradicts itself, over real HTTP (MO-3, MO-5)."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest

from amends.core.told import Told
from amends.core.verbs import desk as d
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.core.verbs.cancel import ApproveCancellation
from amends.engine import differences
from amends.engine.answers import hear
from amends.engine.audit import By
from amends.engine.ringing import ring
from amends.store import outbox
from amends.store.connect import PLATFORM, scope
from amends.worker import payments
from amends.worker.effects import perform
from amends.worker.outside import LANES, perform_outside
from tests.engine.cancel_desk import opened, unshipped
from tests.paying import look, running, work
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
        conn.execute("update refund_requests set next_look_at = null")
    return open_shop(pool)


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


@pytest.fixture
def provider(shop):
    with running(shop.pool, shop.now) as found:
        yield found


def refund(shop, provider, paid=19900, **more):
    """A case whose refund was granted and is to be paid; its id."""
    case = shop.apply(provider.order(shop, ("CUP", 1, paid), **more))
    assert shop.say(case, v.RefundWithoutReturn()).refusal is None
    return case


def requests(shop, case):
    return shop.all("select state, amount_minor, attempt, failure_code, reference is not null from refund_requests where case_id = %s order by amount_minor desc, requested_at, id", case)


def found_differences(shop):
    return shop.all("select kind, about, theirs ->> 'state' from reconciliation_differences where merchant_id = %s order by found_at, kind, mark", shop.merchant)


def test_answered_at_once(shop, house, provider):
    case = refund(shop, provider)
    work(house, shop.merchant)
    assert requests(shop, case) == [("moved", 19900, 1, None, True)]
    assert shop.row(case, "granted_minor, moved_minor") == (19900, 19900)
    assert provider.sent() == [(shop.all("select key from refund_requests where case_id = %s", case)[0][0], "moved", 19900)]
    assert shop.all("select refunded_minor from payments where provider = %s", provider.name) == [(19900,)]
    [entries] = shop.all("select json_object_agg(account, amount_minor) from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id"
                         " where m.case_id = %s and m.kind = 'refund_moved'", case)
    assert entries[0] == {"buyer_refund": -19900, f"provider:{provider.name}": 19900}


def test_accepted_and_found_by_looking(shop, house, provider):
    provider.behaves(delay=3600)
    case = refund(shop, provider)
    work(house, shop.merchant)
    assert requests(shop, case) == [("requested", 19900, 1, None, False)]
    assert look(house) == 0
    shop.now += timedelta(minutes=1)
    assert look(house) == 1
    assert requests(shop, case)[0][0] == "requested"
    provider.bank._db.execute("update transfers set due = 0")
    shop.now += timedelta(minutes=1)
    assert look(house) == 0
    shop.now += timedelta(minutes=1)
    assert look(house) == 1
    assert requests(shop, case) == [("moved", 19900, 1, None, True)]
    shop.now += timedelta(days=1)
    assert look(house) == 0


def test_an_answer_that_is_lost_is_the_same_refund_the_next_time(shop, house, provider):
    provider.behaves(lose=0.7, seed=5)
    cases = [refund(shop, provider) for _ in range(8)]
    for _ in range(12):
        work(house, shop.merchant)
        shop.now += timedelta(hours=1)
        look(house)
    assert [requests(shop, c)[0][0] for c in cases] == ["moved"] * 8
    assert len(provider.sent()) == 8
    assert provider.back() == 8 * 19900
    assert shop.all("select count(*) from outbox where merchant_id = %s and effect = 'send_refund' and attempts > 1", shop.merchant)[0][0] > 0


def test_refused_then_asked_again_under_another_key_by_finance(shop, house, provider):
    provider.behaves(refuse=1)
    case = refund(shop, provider)
    work(house, shop.merchant)
    [(state, amount, attempt, code, _)] = requests(shop, case)
    assert (state, amount, attempt) == ("failed", 19900, 1)
    assert code in ("account_closed", "limit_reached", "risk")
    assert shop.all("select event from notices where case_id = %s and reader = 'merchant' and event = 'refund_failed'", case) == [("refund_failed",)]
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
    assert shop.say(case, o.RetryRefund(request), shop.new).refusal.code == "permission_missing"
    provider.behaves()
    assert shop.say(case, o.RetryRefund(request)).refusal is None
    assert shop.say(case, o.RetryRefund(request)).refusal.code == "request_not_failed"
    work(house, shop.merchant)
    assert requests(shop, case) == [("moved", 19900, 2, None, True)]
    assert [key[-2:] for key, _, _ in provider.sent()] == [".1", ".2"]
    assert shop.row(case, "granted_minor, moved_minor") == (19900, 19900)


def test_what_a_provider_refused_finance_may_transfer_by_hand_and_not_before(shop, house, provider):
    provider.behaves(delay=3600)
    waiting = refund(shop, provider)
    work(house, shop.merchant)
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", waiting)
    assert shop.say(waiting, d.RecordTransfer(request, "BANK-1")).refusal.code == "request_with_provider"
    provider.behaves(refuse=1)
    case = refund(shop, provider)
    work(house, shop.merchant)
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
    assert shop.say(case, d.RecordTransfer(request, "BANK-2")).refusal is None
    assert shop.all("select state, provider, reference from refund_requests where id = %s", request) == [("moved", "manual", "BANK-2")]


def test_a_provider_that_called_failed_what_had_moved_is_not_asked_twice(shop, house, provider):
    provider.behaves(refuse=1)
    case = refund(shop, provider)
    work(house, shop.merchant)
    provider.behaves()
    provider.bank._db.execute("update transfers set state = 'moved', code = '', reference = 'R7'")
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
    assert shop.say(case, o.RetryRefund(request)).refusal is None
    work(house, shop.merchant)
    assert len(provider.sent()) == 1
    assert requests(shop, case) == [("moved", 19900, 2, None, True)]
    assert found_differences(shop) == [("contradiction", "refund", "moved")]


def test_a_provider_that_contradicts_itself_moves_nothing_and_finance_is_told(shop, house, provider):
    case = refund(shop, provider)
    work(house, shop.merchant)
    [(key, reference)] = shop.all("select key, reference from refund_requests where case_id = %s", case)
    truth = Told("refund", key, shop.merchant.replace("-", ""), 19900, "CNY", "moved", reference)
    for lie in ({"state": "failed", "code": "unclear"}, {"amount": 19901}, {"currency": "USD"}, {"reference": "R999"}):
        told = Told(**{**{f: getattr(truth, f) for f in ("kind", "key", "account", "amount", "currency", "state", "reference")}, **lie})
        assert [hear(shop.pool, provider.name, told, shop.now) for _ in range(2)] == ["differs", "differs"]
    assert hear(shop.pool, provider.name, truth, shop.now) == "known"
    assert requests(shop, case) == [("moved", 19900, 1, None, True)]
    assert sorted(kind for kind, _, _ in found_differences(shop)) == ["amount", "contradiction", "currency", "twice"]
    assert shop.all("select count(*) from notices where case_id = %s and event = 'payment_difference'", case) == [(4,)]
    [(one,)] = shop.all("select id::text from reconciliation_differences where merchant_id = %s limit 1", shop.merchant)
    assert differences.close(shop.pool, By(shop.hai), one, " ", shop.now).code == "required"
    assert differences.close(shop.pool, By(shop.new), one, "查过", shop.now).code == "permission_missing"
    assert differences.close(shop.pool, By(shop.hai), one, "查过", shop.now) is None
    assert differences.close(shop.pool, By(shop.hai), one, "查过", shop.now).code == "difference_closed"


def test_an_amount_that_is_not_ours_is_not_believed_and_the_right_one_still_is(shop, house, provider):
    provider.behaves(delay=3600)
    case = refund(shop, provider)
    work(house, shop.merchant)
    [(key,)] = shop.all("select key from refund_requests where case_id = %s", case)
    account = shop.merchant.replace("-", "")
    assert hear(shop.pool, provider.name, Told("refund", key, account, 19901, "CNY", "moved", "R1"), shop.now) == "differs"
    assert requests(shop, case)[0][0] == "requested"
    assert hear(shop.pool, "another", Told("refund", key, account, 19900, "CNY", "moved", "R1"), shop.now) == "differs"
    assert requests(shop, case)[0][0] == "requested"
    assert hear(shop.pool, provider.name, Told("refund", key, account, 19900, "CNY", "moved", "R1"), shop.now) == "moved"
    assert requests(shop, case)[0][0] == "moved"


def test_messages_about_nobody_here_are_the_platforms_to_look_at(shop, house, provider):
    strange = "f" * 32 + "." + "e" * 32 + ".1"
    for key in ("no key of ours", strange):
        assert hear(shop.pool, provider.name, Told("refund", key, "f" * 32, 5, "CNY", "moved", "R1"), shop.now) == "differs"
    assert shop.all("select kind from reconciliation_differences where provider = %s and merchant_id = %s", provider.name, differences.NOBODY) == [("missing_here",)] * 2


def test_two_workers_at_once_refund_each_request_once(shop, house, provider):
    provider.behaves(delay=0.01, lose=0.2, seed=3)
    cases = [refund(shop, provider, 100 + n) for n in range(24)]
    perform(shop.pool, shop.merchant, shop.now)
    for _ in range(6):
        both = [threading.Thread(target=perform_outside, args=(house, LANES["payments"])) for _ in range(2)]
        both += [threading.Thread(target=payments.look_due, args=(house,)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        shop.now += timedelta(hours=2)
    assert {requests(shop, c)[0][0] for c in cases} == {"moved"}
    assert len(provider.sent()) == 24
    assert provider.back() == sum(100 + n for n in range(24))
    assert shop.all("select count(*), count(distinct case_id) from events where merchant_id = %s and name = 'refund_moved'", shop.merchant) == [(24, 24)]


def test_a_worker_that_dies_between_asking_and_reporting_asks_for_the_same_again(shop, house, provider, monkeypatch):
    case = refund(shop, provider)
    perform(shop.pool, shop.merchant, shop.now)

    def dies(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(payments, "hear", dies)
        [leased] = outbox.lease(shop.pool, shop.merchant, ["send_refund"], shop.now, 10)
        with pytest.raises(SystemExit):
            payments.send_request(house, shop.merchant, leased, shop.now)
    assert provider.sent()[0][1] == "moved"
    assert requests(shop, case)[0][0] == "requested"
    shop.now += outbox.LEASE
    work(house, shop.merchant)
    assert requests(shop, case) == [("moved", 19900, 1, None, True)]
    assert len(provider.sent()) == 1


def test_a_provider_that_is_down_is_waited_for_and_then_given_up_and_resent(shop, house, provider):
    case = refund(shop, provider)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update connections set base_url = 'http://127.0.0.1:9' where id = %s", (provider.connection,))
    for _ in range(outbox.TRIES):
        work(house, shop.merchant)
        shop.now += timedelta(hours=6)
    [(effect, error)] = shop.all("select id::text, last_error from outbox where case_id = %s and dead_at is not null", case)
    assert error.startswith("Unreachable: ConnectError")
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update connections set base_url = %s where id = %s", (provider.url, provider.connection))
    assert outbox.resend(shop.pool, shop.merchant, effect, shop.now)
    work(house, shop.merchant)
    assert requests(shop, case)[0][0] == "moved"


def test_a_connection_switched_off_leaves_to_finance_only_what_was_never_asked(shop, house, provider):
    never = refund(shop, provider)
    perform(shop.pool, shop.merchant, shop.now)
    provider.behaves(delay=3600)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update connections set active = false where id = %s", (provider.connection,))
    work(house, shop.merchant)
    assert shop.all("select provider, state from refund_requests where case_id = %s", never) == [("manual", "requested")]
    assert provider.sent() == []


def test_two_payments_of_an_order_are_two_requests_and_one_may_fail(shop, house, provider):
    order = provider.order(shop, ("CUP", 1, 10000), captured=6000)
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update payments set amount_minor = 6000 where order_id = %s", (order,))
        conn.execute(
            "insert into payments (merchant_id, id, order_id, provider, provider_ref, amount_minor, currency, paid_at) values (%s, gen_random_uuid(), %s, %s, 'second', 4000, 'CNY', %s)",
            (shop.merchant, order, provider.name, shop.now + timedelta(minutes=1)),
        )
    case = shop.apply(order)
    shop.say(case, v.RefundWithoutReturn())
    work(house, shop.merchant)
    assert requests(shop, case) == [("moved", 6000, 1, None, True), ("failed", 4000, 1, "payment_unknown", False)]
    assert shop.row(case, "granted_minor, moved_minor") == (10000, 6000)
    provider.capture(shop.merchant, "second", 4000)
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s and state = 'failed'", case)
    assert shop.say(case, o.RetryRefund(request)).refusal is None
    work(house, shop.merchant)
    assert shop.row(case, "granted_minor, moved_minor") == (10000, 10000)


def test_a_reversal_waits_for_the_providers_answer(shop, house, provider):
    provider.behaves(delay=3600)
    case = refund(shop, provider)
    work(house, shop.merchant)
    shop.now += timedelta(days=9)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.row(case, "state")[0] == "completed"
    assert shop.say(case, p.ReverseRefund("退错了")).refusal.code == "refund_under_way"
    provider.bank._db.execute("update transfers set due = 0")
    look(house)
    assert shop.row(case, "granted_minor, moved_minor") == (19900, 19900)
    assert shop.say(case, p.ReverseRefund("退错了")).refusal is None


def test_a_refund_that_failed_is_cancelled_by_a_reversal(shop, house, provider):
    provider.behaves(refuse=1)
    case = refund(shop, provider)
    work(house, shop.merchant)
    shop.now += timedelta(days=9)
    ring(shop.pool, shop.merchant, shop.now)
    assert shop.say(case, p.ReverseRefund("退错了")).refusal is None
    assert requests(shop, case)[0][0] == "cancelled"
    provider.behaves()
    assert shop.say(case, p.Refund()).refusal is None
    work(house, shop.merchant)
    assert shop.row(case, "granted_minor, moved_minor") == (19900, 19900)
    assert sorted(r[0] for r in requests(shop, case)) == ["cancelled", "moved"]


def test_a_cancellation_paid_twice_ends_with_the_second_refund(shop, house, provider):
    order = unshipped(shop, ("CUP", 1, 10000))
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update payments set amount_minor = 6000, provider = %s where order_id = %s", (provider.name, order))
        conn.execute(
            "insert into payments (merchant_id, id, order_id, provider, provider_ref, amount_minor, currency, paid_at) values (%s, gen_random_uuid(), %s, %s, %s, 4000, 'CNY', %s)",
            (shop.merchant, order, provider.name, f"{order} 2", shop.now + timedelta(minutes=1)),
        )
    provider.capture(shop.merchant, order, 6000)
    case = opened(shop, order)
    assert shop.say(case, ApproveCancellation()).state == "refunding"
    work(house, shop.merchant)
    assert shop.row(case, "state, granted_minor, moved_minor") == ("refunding", 10000, 6000)
    provider.capture(shop.merchant, f"{order} 2", 4000)
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s and state = 'failed'", case)
    assert shop.say(case, o.RetryRefund(request)).refusal is None
    work(house, shop.merchant)
    assert shop.row(case, "state, granted_minor, moved_minor") == ("refunded", 10000, 10000)
