"""100 000 clocks due at once, workers and the web server killed with SIGKILL in the middle: none lost, none doubled (OP-4, OP-6)."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from amends.bench.http_load import Client
from amends.bench.http_shop import HOST, open_shop
from amends.engine.ports import free_port
from amends.sim import crowd
from amends.store.connect import PLATFORM, scope

MANY, APPROVED = 100_000, 300


def rang(pool):
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select count(*) from events where name = 'ran_out'").fetchone()[0]


def start(database_url, home, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "amends.cli", arguments[0], "--home", str(home), *arguments[1:]],
        env={**os.environ, "DATABASE_URL": database_url, "AMENDS_SECRET": "storm"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Agent(threading.Thread):
    """Approves cases over HTTP one by one, and asks again under the same key whenever the server is gone."""

    def __init__(self, port, bearer, cases):
        super().__init__(daemon=True)
        self.port, self.bearer, self.cases, self.answers, self.lost = port, bearer, cases, [], 0

    def run(self):
        client = None
        for case in self.cases:
            while True:
                try:
                    client = client or Client(HOST, self.port, self.bearer)
                    self.answers.append(client.post(f"/api/v1/service-orders/{case}/approve_return", b"{}", f"storm-{case}")[0])
                    break
                except OSError:
                    client, self.lost = None, self.lost + 1
                    time.sleep(0.2)


def test_workers_and_web_killed_in_a_storm_lose_and_double_nothing(pool, database_url, tmp_path):
    merchants = [crowd.merchant(pool, name) for name in ("甲", "乙")]
    now = datetime.now(UTC)
    for merchant in merchants:
        crowd.cases(pool, merchant, MANY // 2, now - timedelta(hours=48), now - timedelta(minutes=5))
    desk = open_shop(type("House", (), {"pool": pool}), "丙")
    crowd.cases(pool, desk.merchant, APPROVED, now, now + timedelta(hours=48))
    with scope(pool, PLATFORM) as conn:
        asked = [r[0] for r in conn.execute("select id::text from cases where merchant_id = %s", (desk.merchant,)).fetchall()]
    port = free_port(HOST, 8310 + os.getpid() % 400)
    web = start(database_url, tmp_path, "serve", "--port", str(port))
    agent = Agent(port, desk.bearer, asked)
    agent.start()
    killed = 0
    for kill_at in (MANY // 10, MANY // 3, MANY // 2):
        running = [start(database_url, tmp_path, "worker", "--clocks-only") for _ in range(2)]
        until = time.monotonic() + 200
        while (rang(pool) < kill_at or not agent.answers) and time.monotonic() < until:
            time.sleep(0.25)  # counting is the database's work, and takes it from the workers
        for process in (*running, web):
            kill(process)
        killed += rang(pool) < MANY and agent.is_alive()
        web = start(database_url, tmp_path, "serve", "--port", str(port))
    assert killed, "both were killed while there was work"
    last = start(database_url, tmp_path, "worker", "--clocks-only")
    until = time.monotonic() + 300
    while (rang(pool) < MANY or agent.is_alive()) and time.monotonic() < until:
        time.sleep(1)
    last.terminate()
    assert last.wait(30) == 0
    kill(web)
    assert agent.lost
    assert agent.answers == [200] * APPROVED
    check(pool, desk.merchant)


def check(pool, desk):
    with scope(pool, PLATFORM) as conn:
        moved = conn.execute("select count(*), count(*) filter (where state = 'awaiting_return' and version = 2) from cases").fetchone()
        events = conn.execute("select name, count(*), count(distinct case_id) from events where version > 1 group by 1 order by 1").fetchall()
        armed = conn.execute("select count(*) from clocks k join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id where k.name = 'ship_back' and k.due_at = c.due_at").fetchone()[0]
        told = conn.execute("select effect, count(*), count(distinct case_id) from outbox group by 1 order by 1").fetchall()
        by_hand = conn.execute("select count(*) from events where merchant_id = %s and name = 'return_approved'", (desk,)).fetchone()[0]
        unexplained = conn.execute("select count(*) from events where name = 'ran_out' and explanation->>'clock' is distinct from 'review'").fetchone()[0]
    whole = MANY + APPROVED
    assert moved == (whole, whole)
    assert events == [("ran_out", MANY, MANY), ("return_approved", APPROVED, APPROVED)]
    assert told == [("tell_both", MANY, MANY), ("tell_buyer", APPROVED, APPROVED)]
    assert (armed, by_hand, unexplained) == (whole, APPROVED, 0)
