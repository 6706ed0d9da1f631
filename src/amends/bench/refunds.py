"""Refunds through the outbox: from the effect of a decision to the provider's answer heard by the case, with a provider that is a program of its own."""

import base64
import json
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from amends.adapters.link import Link
from amends.adapters.payment.http import HttpProvider
from amends.adapters.payment.protocol import RefundAsked
from amends.bench.figures import Figure
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.ports import free_port
from amends.sim import crowd
from amends.store import connections
from amends.store.connect import PLATFORM, scope

AT_ONCE = 8
NAME = "bench-pay"
_REFUNDS = """
with o as (
  select id as order_id, gen_random_uuid() as case_id, row_number() over () as i from orders where merchant_id = %(m)s
), p as (
  update payments set provider = %(name)s where merchant_id = %(m)s
), l as (
  select o.*, k.id as line_id from o join order_lines k on k.merchant_id = %(m)s and k.order_id = o.order_id
), c as (
  insert into cases (merchant_id, id, kind, number, state, version, order_id, buyer_id, type, expectation, reason, sku, quantity, waits_on, currency, source, granted_minor, granted_at, opened_at, updated_at, facts)
  select %(m)s, case_id, 'cancellation', 'C-2026-' || lpad(i::text, 8, '0'), 'refunding', 2, order_id, 'buyer', 'whole', 'refund', 'changed_mind', 'CUP', 1, 'provider', 'CNY', 'buyer', 19900, %(now)s, %(now)s, %(now)s,
    jsonb_build_object('title', '双层玻璃杯', 'line_paid', 19900, 'line_quantity', 1, 'lines', jsonb_build_array(jsonb_build_object('line_id', line_id, 'quantity', 1))) from l
), g as (
  insert into granted_refunds (merchant_id, id, case_id, order_id, line_id, quantity, amount_minor, currency, at) select %(m)s, gen_random_uuid(), case_id, order_id, line_id, 1, 19900, 'CNY', %(now)s from l
)
insert into outbox (merchant_id, id, case_id, effect, body, due_at)
select %(m)s, gen_random_uuid(), case_id, 'pay_refund', jsonb_build_object('amount', 19900, 'currency', 'CNY', 'order', order_id, 'command', case_id, 'version', 2), %(now)s from l
"""


def refunds(house: House, many: int) -> Iterator[Figure]:
    """`many` refunds of one merchant by one worker, and beside it the same asked of the provider by nobody but eight threads."""
    merchant, now = crowd.merchant(house.pool, "退款商家"), datetime.now(UTC)
    secret, port, connection = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(), free_port("127.0.0.1", 8750), new_id()
    crowd.orders(house.pool, merchant, many, now, "buyer")
    with scope(house.pool, PLATFORM) as conn:
        paid = conn.execute("select provider_ref from payments where merchant_id = %s", (merchant,)).fetchall()
        connections.add(conn, {"id": connection, "name": NAME, "kind": "payment", "base_url": f"http://127.0.0.1:{port}", "secret": secret, "settings": {}}, now)
    bare = [f"bare-{n}" for n in range(many)]
    captures = house.home / "captures.jsonl"
    _captured(captures, UUID(merchant).hex, [row[0] for row in paid] + bare, now.timestamp())
    provider = _start("simulate-payment", "--port", str(port), "--secret", secret, "--captures", str(captures))
    try:
        _answers(port)
        floor = _alone(HttpProvider(NAME, Link(f"http://127.0.0.1:{port}", secret)), UUID(merchant).hex, bare)
        yield Figure("floor: a refund asked of the provider, 8 at a time", floor, "/s", "(floor)")
        with scope(house.pool, PLATFORM) as conn:
            conn.execute("set local statement_timeout = 0")
            conn.execute(_REFUNDS, {"m": merchant, "now": now, "name": NAME})
        rate, wrong = _through(house, merchant, many)
        yield Figure("a refund through the outbox, to the case that hears of it", rate, "/s", "(informs) each once", floor, None, wrong or "1 worker, 8 calls at a time")
    finally:
        provider.terminate()
        provider.wait(30)


def _captured(file: Path, account: str, references: list[str], at: float) -> None:
    file.write_text("".join(json.dumps({"account": account, "reference": r, "amount": 19900, "currency": "CNY", "at": at}) + "\n" for r in references), "utf-8")


def _start(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "amends.cli", *arguments], stdout=subprocess.DEVNULL)


def _answers(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise OSError("the simulated provider did not start")


def _alone(provider: HttpProvider, account: str, references: list[str]) -> float:
    def ask(reference: str) -> str:
        return provider.refund(RefundAsked(f"{account}.{new_id().replace('-', '')}.1", account, reference, 19900, "CNY", "bench")).state

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        states = set(threads.map(ask, references))
    rate = len(references) / (time.perf_counter() - start)
    if states != {"moved"}:
        raise ValueError(f"the provider answers {states}")
    return rate


def _through(house: House, merchant: str, many: int) -> tuple[float, str]:
    start = time.perf_counter()
    worker = _start("worker", "--home", str(house.home))
    try:
        while time.perf_counter() - start < 600:
            with scope(house.pool, UUID(merchant)) as conn:
                if not conn.execute("select 1 from cases where merchant_id = %s and state = 'refunding' limit 1", (merchant,)).fetchone():
                    break
            time.sleep(0.1)
        seconds = time.perf_counter() - start
    finally:
        worker.terminate()
        worker.wait(30)
    with scope(house.pool, UUID(merchant)) as conn:
        row = conn.execute("select count(*), count(distinct case_id), coalesce(sum(amount_minor), 0)::bigint from refund_requests where merchant_id = %s and state = 'moved'", (merchant,)).fetchone()
    return many / seconds, "" if row == (many, many, many * 19900) else f"{row} of {many} moved"
