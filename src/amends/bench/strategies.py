"""Strategies: a table of fifty rows asked about waiting cases, facts and all; and acts on the one road (SA-4, SA-8)."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

import psycopg

from amends.bench.figures import Figure
from amends.bench.rest import rest
from amends.core.actor import ALL, Actor, Party
from amends.core.strategy import Action, Condition, Limits, Row, Table
from amends.core.strategy_json import encode_rows
from amends.engine import strategies
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.strategy_compile import compile_table
from amends.engine.strategy_decider import evaluate
from amends.sim import crowd
from amends.store import considering
from amends.store import strategies as tables
from amends.store.connect import PLATFORM, scope

BATCH, WORKERS, MERCHANTS = 1000, 2, 4
NAMED = "strategies "
"""How the connections of the workers are called, with their number."""


def fifty(last: str = "approve_return") -> tuple[Row, ...]:
    """Fifty rows as a merchant might have them: type and reason, money, buyers' history, words, stock; the last one fits every return."""
    out = []
    for n in range(49):
        conditions = [Condition("case_type", "is", ("exchange", "return", "repair", "return")[n % 4]), Condition("amount", "between", (100 * n, 100 * n + 99))]
        conditions += [
            (Condition("reason", "in", ("quality_fault", "not_as_described", "wrong_goods")),), (Condition("reason", "is", "no_reason"), Condition("days_since_receipt", "le", 7)),
            (Condition("buyer_applications_30", "le", n % 4), Condition("photos", "ge", 1)), (Condition("description", "contains_any", ("漏水", "破损", "少件")),),
            (Condition("stock_free", "ge", 3), Condition("category", "in", ("home", "clothing"))),
        ][n % 5]
        out.append(Row(new_id(), f"第 {n + 1} 条", tuple(conditions), "", Action("approve_return"), Limits(), mode="on"))
    return (*out, Row(new_id(), "其余退货", (Condition("case_type", "is", "return"), Condition("reason", "is", "no_reason")), "", Action(last), Limits(per_day=10**9), mode="on"))


def evaluating(house: House, many: int) -> Figure:
    """Cases a second that are read with all the facts fifty rows ask for, and decided upon in one process; nothing is acted upon."""
    merchant, now = _crowd(house, many, "策略商家 A")
    compiled = compile_table(Table("review", "service_order", 1, fifty()))
    with scope(house.pool, PLATFORM) as conn:
        ids = [row[0] for row in conn.execute("select id::text from cases where merchant_id = %s", (merchant,)).fetchall()]
        seen = tables.merchant_seen(conn, merchant)
    fitted, start = 0, time.perf_counter()
    for at in range(0, len(ids), BATCH):
        with scope(house.pool, UUID(merchant), named=True) as conn:
            fitted += sum(acts >= 0 for _, _, acts in evaluate(conn, merchant, compiled, ids[at : at + BATCH], seen, now))
    rate = many / (time.perf_counter() - start)
    return Figure(f"50 strategies over {many:,} waiting cases", rate, "/s", ">= 20 000/s evaluated", reached=rate >= 20_000 and fitted == many, note="facts read and rows asked, one process")


def acting(house: House, many: int, rounds: int = 3) -> Figure:
    """Cases a second that strategies pass on the one road, by worker processes of the product: considered, facts read, decided under the limits, written.

    The median of some rounds, for machines are noisy; all of them are told.
    """
    rates, wrong = [], ""
    for n in range(rounds):
        rest(house.database.url)
        rate, amiss = _round(house, many, f"B{n}")
        rates.append(rate)
        wrong = wrong or amiss
    note = wrong or f"{WORKERS} workers, {MERCHANTS} merchants, limits held; median of {', '.join(f'{rate:,.0f}' for rate in rates)}"
    rate = median(rates)
    return Figure(f"strategies acting on {many:,} cases", rate, "/s", ">= 8 000/s", reached=rate >= 8_000 and not wrong, note=note)


def _round(house: House, many: int, name: str) -> tuple[float, str]:
    """The rate of one round, and what was wrong with it. The workers are up before the cases are there; the rate counts from then until the last one has been acted upon.

    Looks whether any was passed twice, missed or left uncounted.
    """
    ids = [_merchant_with_strategies(house, many // MERCHANTS, f"策略商家 {name}{n}") for n in range(MERCHANTS)]
    running: list[subprocess.Popen[bytes]] = []
    try:
        running = [_worker(house, f"{NAMED}{n}") for n in range(WORKERS)]
        while _looking(house) < WORKERS:
            _all_run(running)
            time.sleep(0.1)
        with scope(house.pool, PLATFORM) as conn:
            now = house.clock.now()
            for merchant in ids:
                cases = conn.execute("select id::text from cases where merchant_id = %s", (merchant,)).fetchall()
                considering.leave(conn, merchant, [(case, "review", 1) for case, in cases], now)
        start = time.perf_counter()
        while _left(house, ids):
            _all_run(running)
            time.sleep(0.1)  # each look costs what is measured a little
        seconds = time.perf_counter() - start
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)
    return many / seconds, _wrong(house, ids, many)


def _merchant_with_strategies(house: House, many: int, name: str) -> str:
    merchant, now = _crowd(house, many, name)
    by = By(Actor(Party.MERCHANT, new_id(), "小满", merchant, ALL))
    strategies.save_draft(house.pool, by, "service_order", "review", encode_rows(fifty()), 0, now)
    strategies.publish(house.pool, by, "service_order", "review", "", now)
    return merchant


def _worker(house: House, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "amends.cli", "worker", "--home", str(house.home), "--strategies-only"], env={**os.environ, "PGAPPNAME": name})


def _all_run(workers: list[subprocess.Popen[bytes]]) -> None:
    if any(process.poll() is not None for process in workers):
        raise RuntimeError("a worker has ended")


def _looking(house: House) -> int:
    """How many workers have opened the house and look for what waits: each has a connection of its name that has ended a transaction."""
    with psycopg.connect(house.database.url) as conn:
        row = conn.execute(
            "select count(distinct application_name) from pg_stat_activity where starts_with(application_name, %s) and state = 'idle' and query ilike 'commit'", (NAMED,)
        ).fetchone()
    return int(row[0]) if row else 0


def _left(house: House, merchants: list[str]) -> bool:
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select 1 from considerations where merchant_id = any(%s::uuid[]) limit 1", (merchants,)).fetchone() is not None


def _wrong(house: House, merchants: list[str], many: int) -> str:
    given = {"m": merchants}
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("set local statement_timeout = 0")
        fired = conn.execute("select count(*), count(distinct case_id) from strategy_decisions where merchant_id = any(%(m)s::uuid[]) and outcome = 'fired'", given).fetchone()
        events = conn.execute("select count(*), count(distinct case_id) from events where merchant_id = any(%(m)s::uuid[]) and name = 'return_approved' and explanation ->> 'by' = 'strategy'", given).fetchone()
        counted = conn.execute("select sum(n) filter (where buyer_id = ''), sum(n) filter (where buyer_id <> '') from strategy_counts where merchant_id = any(%(m)s::uuid[])", given).fetchone()
    return "" if fired == events == counted == (many, many) else f"{fired} decided, {events} moved, {counted} counted of {many}"


def _crowd(house: House, many: int, name: str) -> tuple[str, datetime]:
    now = datetime.now(UTC)
    merchant = crowd.merchant(house.pool, name)
    crowd.cases(house.pool, merchant, many, now - timedelta(hours=1), now + timedelta(hours=47))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("select count(*) from cases where merchant_id = %s", (merchant,))
    return merchant, now
