"""Workers and the provider killed with SIGKILL in the middle of refunds, as real processes: each refund moves once, both books agree (OP-6, MO-3)."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from uuid import UUID

from amends.adapters.link import Link
from amends.core.verbs import review as v
from amends.engine.ids import new_id
from amends.engine.ports import free_port
from amends.store import connections
from amends.store.connect import PLATFORM, scope
from tests.paying import fresh_secret
from tests.shop import open_shop

MANY, PAID = 40, 1000


def start(*arguments, **env):
    return subprocess.Popen(
        [sys.executable, "-m", "amends.cli", *arguments], env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def moved(shop):
    return shop.all("select count(*) from refund_requests where merchant_id = %s and state = 'moved'", shop.merchant)[0][0]


def wait(condition, seconds):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def test_killed_in_the_middle_nothing_is_refunded_twice_or_lost(pool, database_url, tmp_path):
    port, secret, books = free_port("127.0.0.1", 8105), fresh_secret(), tmp_path / "books.db"
    shop = open_shop(pool)
    shop.now = datetime.now(UTC)
    with scope(pool, PLATFORM) as conn:
        connections.add(conn, {"id": new_id(), "name": "pay", "kind": "payment", "base_url": f"http://127.0.0.1:{port}", "secret": secret, "settings": {}}, shop.now)
    provider = ("simulate-payment", "--port", str(port), "--secret", secret, "--state", str(books), "--lose", "0.3", "--delay", "0.2", "--seed", "9")
    bank = start(*provider)
    link = Link(f"http://127.0.0.1:{port}", secret)
    orders = [shop.order(("CUP", 1, PAID)) for _ in range(MANY)]
    with scope(pool, PLATFORM) as conn:
        conn.execute("update payments set provider = 'pay' where merchant_id = %s", (shop.merchant,))
    wait(lambda: books.exists() and _up(link), 30)
    for order in orders:
        link.post("/v1/payments", {"account": UUID(shop.merchant).hex, "reference": order, "amount": PAID, "currency": "CNY"})
    cases = [shop.apply(order) for order in orders]
    *early, late = cases
    for case in early:
        assert shop.say(case, v.RefundWithoutReturn()).refusal is None
    worker = ("worker", "--home", str(tmp_path))
    env = {"DATABASE_URL": database_url, "AMENDS_SECRET": "kill", "AMENDS_DEMO": "1"}
    killed_while_working = 0
    for kill_at in (MANY // 5, MANY // 2):
        running = [start(*worker, **env) for _ in range(2)]
        wait(lambda kill_at=kill_at: moved(shop) >= kill_at, 60)
        for process in (*running, bank):
            kill(process)
        killed_while_working += moved(shop) < MANY
        bank = start(*provider)
        forward(pool)
    last = start(*worker, **env)
    assert shop.say(late, v.RefundWithoutReturn()).refusal is None  # so that there is work left for it, however quick the others were
    until = time.monotonic() + 120
    while moved(shop) < MANY and time.monotonic() < until:
        forward(pool)
        time.sleep(1)
    last.terminate()
    assert last.wait(30) == 0
    lines = link.get("/v1/statement", {"from": "2000-01-01T00:00:00+00:00", "to": "2100-01-01T00:00:00+00:00"})["lines"]
    kill(bank)
    assert killed_while_working
    sent = [line for line in lines if line["kind"] == "refund"]
    assert (len(sent), sum(line["amount"] for line in sent)) == (MANY, MANY * PAID)
    assert dict(shop.all("select key, reference from refund_requests where merchant_id = %s", shop.merchant)) == {line["key"]: line["reference"] for line in sent}
    assert shop.all("select count(*), sum(moved_minor)::bigint from cases where merchant_id = %s and moved_minor = granted_minor", shop.merchant) == [(MANY, MANY * PAID)]
    assert shop.all("select count(*), count(distinct case_id) from events where merchant_id = %s and name = 'refund_moved'", shop.merchant) == [(MANY, MANY)]
    assert shop.all("select sum(amount_minor)::bigint from ledger_entries where merchant_id = %s and account = 'provider:pay'", shop.merchant) == [(MANY * PAID,)]
    assert shop.all("select kind from reconciliation_differences where merchant_id = %s", shop.merchant) == []


def forward(pool):
    """Ten minutes later by the demo's clock: leases run out, what is silent is looked for."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("update demo_clock set ahead = ahead + interval '10 minutes'")


def _up(link):
    try:
        return bool(link.get("/v1/statement", {"from": "2000-01-01T00:00:00+00:00", "to": "2000-01-02T00:00:00+00:00"}))
    except OSError:
        return False
