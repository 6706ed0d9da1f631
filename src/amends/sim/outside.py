"""A storm over the whole house: cases with refunds through a payment provider and parcels through a carrier while a fifth of all messages is dropped, doubled,
delayed or overtaken, and workers are killed. In the end both books agree to the cent and nothing is open that should be closed (issue: done when; OP-6, OP-7).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from amends.engine import sealed_secrets
from amends.engine.clock import DemoClock
from amends.engine.house import House
from amends.sim.invariants import WRONG
from amends.sim.outside_people import Shop, ask, decide, open_shops, sell
from amends.sim.outside_world import PROVIDER, Door, World
from amends.store import connect, embedded
from amends.store.connect import PLATFORM, scope
from amends.store.migrate import migrate
from amends.worker.providers import connected
from amends.worker.reconcile import reconcile_all

A_TURN = timedelta(hours=3)
"""How far the house's clock moves between two turns of the people."""
TURNS = 1500
STATES = "select kind || ' ' || state, count(*) from cases group by 1 order by 1"
LATE_NEWS = "select count(*) from outbox where done_at is null and (dead_at is not null or effect in ('tell_cancellation', 'pay_refund', 'send_refund')) and due_at <= %s"


@dataclass
class Storm:
    """What came of it: cases by kind and state, what was found wrong, both books in minor units, and how long it took."""

    cases: int
    states: dict[str, int]
    wrong: list[str]
    ledger: dict[str, int]
    statement: dict[str, int]
    differences: dict[str, int]
    messages: int
    kills: int
    turns: int
    seconds: float
    figures: dict[str, int] = field(default_factory=dict)

    def told(self) -> str:
        """The run in words."""
        agree = "agree to the cent" if self.ledger == self.statement else f"DIFFER: {self.ledger} here, {self.statement} there"
        lines = [
            f"{self.cases} cases in {self.seconds:.0f} s and {self.turns} turns; {self.messages} messages taken in, {self.kills} workers killed",
            f"ended: {self.states}", f"moved back to buyers: {sum(self.ledger.values()) / 100:,.2f} CNY; the provider's statement and the ledger {agree}",
            f"reconciliation: {self.figures}, differences {self.differences or 'none'}", *self.wrong,
        ]
        return "\n".join(lines)


def storm(house: House, home: Path, cases: int, seed: int, tell: Callable[[str], None] = print) -> Storm:
    """Orders are sold, everybody asks, and people, workers, provider and carrier go on until nothing is open. The house's clock is the demo's."""
    began, chance, clock = time.monotonic(), Random(f"storm {seed}"), house.clock
    assert isinstance(clock, DemoClock)
    shops = open_shops(house.pool, 3)
    for n, shop in enumerate(shops):
        sell(house.pool, shop, cases * (n + 1) // 3 - cases * n // 3, chance, clock.now())
    world = World(house, home, seed, Door(house))
    turns, left = 0, cases
    try:
        world.connect()
        for shop in shops:
            ask(house.pool, shop, clock.now())
        tell(f"{cases} cases are open after {time.monotonic() - began:.0f} s")
        world.work()
        while turns < TURNS and (left or _waits(house)):
            turns += 1
            left = sum(decide(house.pool, shop, chance, clock.now()) for shop in shops)
            clock.forward(A_TURN)
            if turns in (8, 20, 40):
                world.kill_a_worker()
            if turns % 25 == 0:
                tell(f"turn {turns}: {left} are still open, {time.monotonic() - began:.0f} s")
            if dead := world.dead():
                raise RuntimeError(f"{dead} ended by themselves: " + "".join((home / f"{name}.log").read_text("utf-8")[-2000:] for name in dead))
            time.sleep(0.3)
        return _compare(house, world, shops, cases, turns, began)
    finally:
        world.stop()


def _waits(house: House) -> int:
    with scope(house.pool, PLATFORM) as conn:
        return int(conn.execute(LATE_NEWS, (house.clock.now(),)).fetchone()[0])  # type: ignore[index]


def _compare(house: House, world: World, shops: list[Shop], cases: int, turns: int, began: float) -> Storm:
    """The provider's statement beside the ledger, the reconciliation run, and every invariant of the database."""
    since, until = house.clock.now() - timedelta(days=400), house.clock.now() + timedelta(days=1)
    made = _steadily(lambda: reconcile_all(house, since, until, PROVIDER, "storm"))
    lines = _steadily(lambda: list(connected(house, PROVIDER).statement(since, until)))
    statement, figures = dict.fromkeys((s.id for s in shops), 0), {"lines": 0, "matched": 0, "differences": 0}
    for line in lines:
        if line.kind == "refund":
            statement[str(UUID(hex=line.account))] += line.amount
    for one in made:
        figures = {name: figures[name] + int(one.figures.get(name, 0)) for name in figures}
    with scope(house.pool, PLATFORM) as conn:
        rows = conn.execute("select merchant_id::text, sum(amount_minor)::bigint from ledger_entries where account = %s group by 1", (f"provider:{PROVIDER}",)).fetchall()
        states = dict(conn.execute(STATES).fetchall())
        differences = dict(conn.execute("select kind, count(*) from reconciliation_differences where closed_at is null group by 1").fetchall())
    wrong = [f"the reconciliation could not be made: {one.error}" for one in made if one.error]
    wrong += [text for shop in shops for text in _broken(house, shop)]
    wrong += [f"still open: {name} {many}" for name, many in states.items() if name.split()[1] in ("refunding", "reviewing", "intercepting", "logistics_follow_up", "processing")]
    ledger = {**dict.fromkeys((s.id for s in shops), 0), **dict(rows)}
    return Storm(cases, states, wrong, ledger, statement, differences, world.door.taken, world.kills, turns, time.monotonic() - began, figures)


def _broken(house: House, shop: Shop) -> list[str]:
    with scope(house.pool, UUID(shop.id)) as conn:
        conn.execute("set local statement_timeout = 0")
        return [row[0] for query in WRONG.values() for row in conn.execute(query, {"m": UUID(shop.id)}).fetchall()][:20]


def _steadily(thing: Callable[[], Any], times: int = 60) -> Any:
    """Until it works: the provider loses answers to this, too."""
    for _ in range(times - 1):
        try:
            found = thing()
        except OSError:
            time.sleep(0.2)
            continue
        if not (isinstance(found, list) and any(getattr(x, "error", "") for x in found)):
            return found
    return thing()


def run(cases: int, seed: int) -> int:
    """`amends sim --outside`: on a database of its own, made for it and thrown away. Answers 1 when something was wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    home = Path(tempfile.mkdtemp(prefix="amends-storm-"))
    home.chmod(0o755)
    server = embedded.start(home, durable=False)
    try:
        connect.make_database(server.url(), "amends")
        migrate(server.url("amends"))
        os.environ.setdefault("AMENDS_SECRET", f"storm {seed}")
        pool = connect.open_pool(server.url("amends"), max_size=12)
        sealed_secrets.begin(pool, home, convert=True)
        try:
            house = House(pool, DemoClock(pool), home, True, b"storm", connect.Database(server.url("amends")))
            found = storm(house, home, cases, seed, lambda words: print(words, flush=True))
        finally:
            pool.close()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    print(found.told())
    return 1 if found.wrong or found.differences or found.ledger != found.statement else 0

