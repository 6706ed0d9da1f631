"""Reconciliation finds every difference between a provider and the ledger, once, and finance closes them (MO-5)."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from amends.core.verbs import outside as o
from amends.core.verbs import review as v
from amends.engine import differences, reconcile
from amends.engine.audit import By
from amends.store.connect import PLATFORM, scope
from amends.store.screens import reconciliation as screen
from amends.worker.reconcile import reconcile_all
from tests.paying import running, work
from tests.shop import open_shop


@pytest.fixture
def shop(pool):
    with scope(pool, PLATFORM) as conn:
        conn.execute("update outbox set done_at = now() where done_at is null and dead_at is null")
    shop = open_shop(pool)
    shop.now = datetime.now(UTC)  # the simulator's statement is by the real clock
    return shop


@pytest.fixture
def house(shop):
    return SimpleNamespace(pool=shop.pool, clock=SimpleNamespace(now=lambda: shop.now))


@pytest.fixture
def provider(shop):
    with running(shop.pool, shop.now) as found:
        yield found


def refunded(shop, house, provider, paid):
    case = shop.apply(provider.order(shop, ("CUP", 1, paid)))
    assert shop.say(case, v.RefundWithoutReturn()).refusal is None
    work(house, shop.merchant)
    return case


def run(shop, house, provider, days=1):
    since = shop.now - timedelta(days=days)
    return {m.merchant: m.figures for m in reconcile_all(house, since, shop.now + timedelta(days=1), provider.name)}


def found(shop):
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return sorted((d["kind"], d["about"]) for d in screen.differences(conn, shop.merchant))


def test_where_both_agree_nothing_is_found(shop, house, provider):
    for paid in (100, 200, 300):
        refunded(shop, house, provider, paid)
    figures = run(shop, house, provider)[shop.merchant]
    assert (figures["lines"], figures["matched"], figures["differences"]) == (6, 6, 0)
    assert figures["sums"] == [{"currency": "CNY", "theirs_out": 600, "theirs_in": 0, "ours_out": 600, "ours_in": 0}]
    assert found(shop) == []


def test_every_difference_is_found_once_and_closed_with_a_note(shop, house, provider):
    cases = [refunded(shop, house, provider, 100 * n) for n in range(1, 7)]
    keys = [shop.all("select key from refund_requests where case_id = %s", case)[0][0] for case in cases]
    books = provider.bank._db
    books.execute("update transfers set amount = amount + 1 where key = ?", (keys[0],))
    books.execute("update transfers set currency = 'USD' where key = ?", (keys[1],))
    books.execute("delete from transfers where key = ?", (keys[2],))
    books.execute("update transfers set reference = 'R-other' where key = ?", (keys[3],))
    books.execute("update transfers set state = 'failed', code = 'unclear' where key = ?", (keys[4],))
    account, hour = UUID(shop.merchant).hex, shop.now.timestamp()
    stranger = f"{account}.{'1' * 32}.1"
    books.execute("insert into transfers (key, kind, account, payment, amount, currency, state, reference, at, code) values (?, 'payout', ?, '', 5, 'CNY', 'moved', 'X1', ?, '')", (stranger, account, hour))
    books.execute("insert into transfers (key, kind, account, payment, amount, currency, state, reference, at, code) values ('nobody', 'payout', ?, '', 7, 'CNY', 'moved', 'X2', ?, '')", ("a" * 32, hour))
    provider.behaves(refuse=1)
    failed = refunded(shop, house, provider, 700)
    books.execute("update transfers set state = 'moved', code = '', reference = 'R-after-all' where key like ?", (shop.all("select key from refund_requests where case_id = %s", failed)[0][0],))
    expected = [("amount", "refund"), ("currency", "refund"), ("missing_here", "payout"), ("missing_there", "refund"), ("state", "refund"), ("state", "refund"), ("twice", "refund")]
    figures = run(shop, house, provider)
    assert figures[shop.merchant]["differences"] == len(expected)
    assert figures[differences.NOBODY]["differences"] == 1
    assert found(shop) == expected
    run(shop, house, provider)
    assert found(shop) == expected
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        for row in screen.differences(conn, shop.merchant):
            assert differences.close(shop.pool, By(shop.hai), row["id"], "已与渠道核对", shop.now) is None
    run(shop, house, provider)
    assert found(shop) == []
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        assert len(screen.differences(conn, shop.merchant, closed=True)) == len(expected)
        runs = screen.runs(conn, shop.merchant)
        assert [(r["state"], r["differences"], r["open"]) for r in runs] == [("done", len(expected), 0)] * 3
    assert shop.row(failed, "moved_minor") == (0,)


def test_what_is_waited_for_is_heard_from_the_statement(shop, house, provider):
    provider.behaves(delay=3600)
    case = refunded(shop, house, provider, 900)
    provider.bank._db.execute("update transfers set due = 0")
    assert shop.row(case, "moved_minor") == (0,)
    figures = run(shop, house, provider)[shop.merchant]
    assert figures["differences"] == 0
    assert shop.row(case, "moved_minor") == (900,)


def test_a_transfer_that_moved_on_another_day_by_the_providers_clock_is_no_difference(shop, house, provider):
    case = refunded(shop, house, provider, 900)
    provider.bank._db.execute("update transfers set at = at - 864000")
    figures = run(shop, house, provider)[shop.merchant]
    assert (figures["lines"], figures["differences"]) == (1, 0)
    assert shop.row(case, "moved_minor") == (900,)


def test_a_movement_the_ledger_lacks_is_found(shop, house, provider, admin):
    case = refunded(shop, house, provider, 900)
    admin.execute("set session_replication_role = replica")
    admin.execute("delete from ledger_movements where case_id = %s and kind = 'refund_moved'", (case,))
    run(shop, house, provider)
    assert found(shop) == [("amount", "refund")]


def test_finance_asks_for_a_run_and_the_worker_makes_it(shop, house, provider):
    refunded(shop, house, provider, 900)
    today = shop.now.astimezone(UTC).date() + timedelta(days=1)
    by = By(shop.hai)
    assert reconcile.ask(shop.pool, By(shop.new), provider.name, today, today, shop.now).code == "permission_missing"
    assert reconcile.ask(shop.pool, by, "nobody", today, today, shop.now).code == "provider_unknown"
    for first, last in ((None, today), (date(2026, 1, 1), date(2026, 3, 1)), (today + timedelta(days=2), today + timedelta(days=2)), (date(2026, 3, 2), date(2026, 3, 1))):
        assert reconcile.ask(shop.pool, by, provider.name, first, last, shop.now).code == "reconcile_range_wrong"
    last = (shop.now + timedelta(hours=8)).date()
    made = reconcile.ask(shop.pool, by, provider.name, last - timedelta(days=1), last, shop.now)
    work(house, shop.merchant)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        row = screen.run(conn, shop.merchant, made.id)
    assert (row["state"], row["lines"], row["matched"], row["differences"]) == ("done", 2, 2, 0)


def test_a_run_without_a_statement_says_so_at_last(shop, house, provider):
    last = (shop.now + timedelta(hours=8)).date()
    made = reconcile.ask(shop.pool, By(shop.hai), provider.name, last, last, shop.now)
    provider.server.secret = "whsec_AAAA"
    for _ in range(12):
        work(house, shop.merchant)
        shop.now += timedelta(hours=6)
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        row = screen.run(conn, shop.merchant, made.id)
    assert (row["state"], row["error"]) == ("failed", "401 signature")
    assert [m.error for m in reconcile_all(house, shop.now, shop.now + timedelta(days=1), provider.name)] == ["401 signature"]


def test_a_retry_after_the_statement_showed_that_it_moved_sends_nothing(shop, house, provider):
    provider.behaves(refuse=1)
    case = refunded(shop, house, provider, 800)
    provider.behaves()
    provider.bank._db.execute("update transfers set state = 'moved', code = '', reference = 'R9'")
    run(shop, house, provider)
    assert found(shop) == [("state", "refund")]
    [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
    shop.say(case, o.RetryRefund(request))
    work(house, shop.merchant)
    assert len(provider.sent()) == 1
    assert shop.row(case, "moved_minor") == (800,)
