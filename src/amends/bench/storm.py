"""Clocks that are due all at once, rung by worker processes of the product."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from amends.bench.figures import Figure
from amends.engine.house import House
from amends.sim import crowd
from amends.store.connect import PLATFORM, scope

LEAST_AHEAD, FILLED = 20.0, 4000.0
"""How far ahead the clocks are due: at least so many seconds, and one for so many cases; by then the cases are there and the workers up."""


def storm(house: House, many: int, floor: float, workers: int = 2, merchants: int = 4) -> Figure:
    """`many` clocks over some merchants, all due at one instant; the rate counts from then until the last case has moved. Checks that none is doubled or missed."""
    ids = [crowd.merchant(house.pool, f"风暴商家 {n}") for n in range(merchants)]
    now = datetime.now(UTC)
    due = now + timedelta(seconds=max(LEAST_AHEAD, many / FILLED))
    for merchant in ids:
        crowd.cases(house.pool, merchant, many // merchants, now - timedelta(hours=49), due)
    running: list[subprocess.Popen[bytes]] = []
    try:
        running = [_worker(house.home) for _ in range(workers)]
        with scope(house.pool, PLATFORM) as conn:
            conn.execute("set local statement_timeout = 0")
            conn.execute("select count(*) from clocks")
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        start = time.perf_counter()
        while _left(house, ids):
            time.sleep(0.25)
        seconds = time.perf_counter() - start
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)
    rate = many / seconds
    wrong = _wrong(house, ids, many)
    return Figure(f"a storm of {many:,} clocks", rate, "/s", ">= 50 % of the floor, none twice, none missed", floor, rate >= floor / 2 and not wrong, wrong or f"{workers} workers")


def _worker(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "amends.cli", "worker", "--home", str(home), "--clocks-only"])


def _left(house: House, merchants: list[str]) -> bool:
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select 1 from clocks where merchant_id = any(%s::uuid[]) and name = 'review' limit 1", (merchants,)).fetchone() is not None


def _wrong(house: House, merchants: list[str], many: int) -> str:
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("set local statement_timeout = 0")
        row = conn.execute(
            "select count(*), count(distinct case_id) from events where merchant_id = any(%s::uuid[]) and name = 'ran_out'", (merchants,)
        ).fetchone()
    return "" if row == (many, many) else f"{row} of {many} rang"
