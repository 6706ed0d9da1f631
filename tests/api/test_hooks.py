"""POST /api/hooks/<connection>: who is let in, what is kept, and refunds that end by messages that are doubled, lost, late and out of order (MO-5, OP-6)."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from amends.core.verbs import review as v
from amends.core.verbs.outside import RetryRefund
from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.simulators.signatures import message_headers
from amends.store import connections, inbox
from amends.store.connect import PLATFORM, Database, Pool, scope
from amends.web import settings
from amends.web.app import make_app
from amends.worker.inbox import read_due
from amends.worker.reconcile import reconcile_all
from tests.paying import fresh_secret, look, running, work
from tests.shop import open_shop


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture(scope="module")
def house(pool: Pool, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    made = House(pool, DemoClock(pool), tmp_path_factory.mktemp("home"), True, b"a secret of the tests, long enough", Database(database_url))
    settings.configure(made)
    return made


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_app(house), server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def connection(pool):
    row = {"id": new_id(), "name": f"c{new_id()[-8:]}", "kind": "payment", "base_url": "https://pay.example", "secret": fresh_secret(), "settings": {}}
    with scope(pool, PLATFORM) as conn:
        connections.add(conn, row, datetime.now(UTC))
    return SimpleNamespace(**row)


def post(site: str, connection: str, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, Any]:
    wire = http.client.HTTPConnection(urlsplit(site).netloc, timeout=10)
    wire.request(method, f"/api/hooks/{connection}", body, headers)
    answer = wire.getresponse()
    text = answer.read()
    wire.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else text


def kept(pool, connection):
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select message_id, body, done_at is not null, dead_at is not null, attempts from inbox where connection_id = %s order by message_id", (connection.id,)).fetchall()


BODY = b'{"type":"hello"}'


def test_a_signed_message_is_kept_once_and_read_once(site, house, pool, connection):
    for _ in range(3):
        assert post(site, connection.id, BODY, message_headers(connection.secret, "m1", BODY, time.time()))[0] == 202
    assert kept(pool, connection) == [("m1", BODY.decode(), False, False, 0)]
    assert read_due(house) == 1
    assert kept(pool, connection) == [("m1", BODY.decode(), True, False, 1)]
    assert post(site, connection.id, BODY, message_headers(connection.secret, "m1", BODY, time.time())) == (202, {"received": "known"})
    assert read_due(house) == 0


def test_who_is_not_let_in(site, pool, connection):
    right = message_headers(connection.secret, "m1", BODY, time.time())
    assert post(site, connection.id, BODY, message_headers(fresh_secret(), "m1", BODY, time.time()))[0] == 401
    assert post(site, connection.id, BODY, message_headers(connection.secret, "m1", BODY, time.time() - 301))[0] == 401
    assert post(site, connection.id, BODY, message_headers(connection.secret, "m1", BODY, time.time() + 320))[0] == 401
    assert post(site, connection.id, BODY + b" ", right)[0] == 401
    assert post(site, connection.id, BODY, right | {"webhook-id": "m2"})[0] == 401
    for odd in ("", "v1", "v1,", "v1,@@@", "v2,abc", "nonsense v1,AAAA"):
        assert post(site, connection.id, BODY, right | {"webhook-signature": odd})[0] == 401, odd
    for odd in ("", "soon", "1e400", "nan"):
        assert post(site, connection.id, BODY, right | {"webhook-timestamp": odd})[0] == 401, odd
    assert post(site, connection.id, BODY, {})[0] == 401
    assert post(site, new_id(), BODY, right)[0] == 404
    assert post(site, "nothing", BODY, right)[0] == 404
    assert post(site, connection.id, b"", {}, "GET")[0] == 405
    with scope(pool, PLATFORM) as conn:
        connections.change(conn, connection.id, connection.base_url, False, datetime.now(UTC))
    assert post(site, connection.id, BODY, right)[0] == 404
    assert kept(pool, connection) == []


def test_what_is_too_large_or_no_text_is_refused(site, pool, connection):
    large = b"x" * (256 * 1024 + 1)
    assert post(site, connection.id, large, message_headers(connection.secret, "m1", large, time.time()))[0] == 413
    for odd in (b"\xff\xfe", b'{"a":"\0"}'):
        assert post(site, connection.id, odd, message_headers(connection.secret, "m1", odd, time.time()))[0] in (400, 401)
    assert post(site, connection.id, BODY, message_headers(connection.secret, "m" * 201, BODY, time.time()))[0] == 400
    assert kept(pool, connection) == []


def test_the_old_secret_counts_while_the_other_side_changes_over(site, pool, connection):
    fresh = fresh_secret()
    with scope(pool, PLATFORM) as conn:
        connections.rotate(conn, connection.id, fresh, datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC))
    for n, secret in enumerate((fresh, connection.secret)):
        assert post(site, connection.id, BODY, message_headers(secret, f"m{n}", BODY, time.time()))[0] == 202
    with scope(pool, PLATFORM) as conn:
        connections.rotate(conn, connection.id, fresh_secret(), None, datetime.now(UTC))
    for secret in (fresh, connection.secret):
        assert post(site, connection.id, BODY, message_headers(secret, "m9", BODY, time.time()))[0] == 401


def test_nonsense_is_put_off_given_up_and_read_again(site, house, pool, connection):
    ahead = timedelta()
    later = SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: house.clock.now() + ahead))
    for n, body in enumerate((b"no json", b"[1]", b'{"type":"transfer"}', b'{"type":"transfer","transfer":{"kind":"refund"}}')):
        assert post(site, connection.id, body, message_headers(connection.secret, f"m{n}", body, time.time()))[0] == 202
    for _ in range(inbox.TRIES + 1):
        read_due(later)
        ahead += timedelta(hours=6)
    assert [row[3:] for row in kept(pool, connection)] == [(True, inbox.TRIES)] * 4
    assert {row["message_id"] for row in inbox.dead(pool) if row["connection_id"] == connection.id} == {"m0", "m1", "m2", "m3"}
    with scope(pool, PLATFORM) as conn:
        conn.execute("update inbox set body = %s where connection_id = %s and message_id = 'm0'", (BODY.decode(), connection.id))
        assert inbox.resend(conn, connection.id, "m0", later.clock.now())
        assert not inbox.resend(conn, connection.id, "m0", later.clock.now())
    read_due(later)
    assert kept(pool, connection)[0][2:] == (True, False, 1)
    ahead += inbox.KEPT + timedelta(days=1)
    assert inbox.forget_old(pool, later.clock.now()) >= 1
    assert [row[0] for row in kept(pool, connection)] == ["m1", "m2", "m3"]


@pytest.mark.parametrize("faults", [
    pytest.param({"repeat": 1.0}, id="every message twice"),
    pytest.param({"reorder": 0.5, "repeat": 0.5, "lose": 0.2, "late": 0.1, "refuse": 0.2}, id="doubled, lost, late, out of order, refused: everything at once"),
])
def test_in_the_end_both_sides_agree_to_the_cent(site, house, pool, faults):
    shop = open_shop(pool)
    shop.now = house.clock.now()
    ahead = timedelta()
    later = SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: house.clock.now() + ahead))
    with running(pool, shop.now, site=site, delay=0.02, speed=10, seed=4, **faults) as provider:
        cases = [shop.apply(provider.order(shop, ("CUP", 1, 1000 + n))) for n in range(16)]
        for case in cases:
            assert shop.say(case, v.RefundWithoutReturn()).refusal is None
        until = time.monotonic() + 60
        while time.monotonic() < until:
            work(later, shop.merchant)
            look(later)
            waiting = shop.all("select count(*) from refund_requests where merchant_id = %s and state = 'requested'", shop.merchant)[0][0]
            if not waiting and not provider.bank.messages_due(time.time() + 100):
                break
            ahead += timedelta(minutes=5)
            time.sleep(0.05)
        assert waiting == 0
        ours = dict(shop.all("select key, state from refund_requests where merchant_id = %s", shop.merchant))
        assert ours == {key: state for key, state, _ in provider.sent()}
        assert shop.all("select coalesce(sum(moved_minor), 0)::bigint from cases where merchant_id = %s", shop.merchant) == [(provider.back(),)]
        assert shop.all("select coalesce(sum(amount_minor), 0)::bigint from ledger_entries where merchant_id = %s and account = %s", shop.merchant, f"provider:{provider.name}") == [(provider.back(),)]
        assert shop.all("select kind from reconciliation_differences where merchant_id = %s", shop.merchant) == []
        twice = shop.all("select case_id, count(*) from events where merchant_id = %s and name in ('refund_moved', 'refund_failed') group by 1 having count(*) > 1", shop.merchant)
        assert twice == []


def test_every_lie_is_told_to_finance_and_none_moves_money(site, house, pool):
    shop = open_shop(pool)
    shop.now = house.clock.now()
    with running(pool, shop.now, site=site, delay=0.02, seed=6, lie=1.0) as provider:
        cases = [shop.apply(provider.order(shop, ("CUP", 1, 1000 + n))) for n in range(12)]
        for case in cases:
            assert shop.say(case, v.RefundWithoutReturn()).refusal is None
        until = time.monotonic() + 60
        while time.monotonic() < until and (work(house, shop.merchant) or provider.bank.messages_due(time.time() + 100) or not all(s == "moved" for _, s, _ in provider.sent())):
            time.sleep(0.05)  # nobody looks meanwhile: what is believed comes by messages alone
        work(house, shop.merchant)
        lies = {case: provider.bank.faults.lies_about(shop.all("select key from refund_requests where case_id = %s", case)[0][0]) for case in cases}
        assert set(lies.values()) == {"other_amount", "moved_then_failed", "failed_but_moved"}
        failed = [case for case, lie in lies.items() if lie == "failed_but_moved"]
        assert {case for case in cases if shop.row(case, "moved_minor")[0]} == set(cases) - set(failed)
        told = dict(shop.all("select case_id::text, array_agg(kind order by kind) from reconciliation_differences where merchant_id = %s group by 1", shop.merchant))
        assert told == {case: ["amount" if lie == "other_amount" else "contradiction"] for case, lie in lies.items() if lie != "failed_but_moved"}
        made = reconcile_all(house, datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(days=30), provider.name)
        assert [m.figures["differences"] for m in made if m.merchant == shop.merchant] == [len(failed)]
        for case in failed:
            [(request,)] = shop.all("select id::text from refund_requests where case_id = %s", case)
            assert shop.say(case, RetryRefund(request)).refusal is None
        work(house, shop.merchant)
        assert len(provider.sent()) == len(cases)
        assert shop.all("select sum(moved_minor)::bigint from cases where merchant_id = %s", shop.merchant) == [(provider.back(),)]
