"""100 000 clocks due at once, workers killed with SIGKILL in the middle: none lost, none doubled (OP-4, OP-6)."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from amends.sim import crowd
from amends.store.connect import PLATFORM, scope

MANY = 100_000


def rang(pool):
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select count(*) from events where name = 'ran_out'").fetchone()[0]


def worker(database_url, tmp_path):
    return subprocess.Popen(
        [sys.executable, "-m", "amends.cli", "worker", "--home", str(tmp_path)], env={**os.environ, "DATABASE_URL": database_url}, stderr=subprocess.DEVNULL
    )


def test_workers_killed_in_a_storm_lose_and_double_nothing(pool, database_url, tmp_path):
    merchants = [crowd.merchant(pool, name) for name in ("甲", "乙")]
    due = datetime.now(UTC) - timedelta(minutes=5)
    for merchant in merchants:
        crowd.cases(pool, merchant, MANY // 2, due - timedelta(hours=48), due)
    killed = 0
    for kill_at in (MANY // 10, MANY // 3, MANY // 2):
        running = [worker(database_url, tmp_path) for _ in range(2)]
        until = time.monotonic() + 120
        while rang(pool) < kill_at and time.monotonic() < until:
            time.sleep(0.05)
        for process in running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed += rang(pool) < MANY
    assert killed, "a worker was killed while the storm went on"
    last = worker(database_url, tmp_path)
    until = time.monotonic() + 180
    while rang(pool) < MANY and time.monotonic() < until:
        time.sleep(0.2)
    last.terminate()
    assert last.wait(20) == 0
    with scope(pool, PLATFORM) as conn:
        [(cases, moved)] = conn.execute("select count(*), count(*) filter (where state = 'awaiting_return' and version = 2) from cases").fetchall()
        doubled = conn.execute("select count(*) from (select 1 from events where name = 'ran_out' group by case_id having count(*) <> 1) x").fetchone()[0]
        armed = conn.execute("select count(*) from clocks k join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id where k.name = 'ship_back' and k.due_at = c.due_at").fetchone()[0]
        told = conn.execute("select count(*), count(distinct case_id) from outbox where effect = 'tell_both'").fetchone()
        unexplained = conn.execute("select count(*) from events where name = 'ran_out' and explanation->>'clock' is distinct from 'review'").fetchone()[0]
    assert (cases, moved, rang(pool), doubled, armed, told, unexplained) == (MANY, MANY, MANY, 0, MANY, (MANY, MANY), 0)
