"""A published table given to what already waits, piece by piece (SA-8), and another look at waiting cases when time alone can make a row fit."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from amends.core.strategy_facts import STATES
from amends.engine.automate import consider
from amends.store import considering
from amends.store import strategy_runs as runs
from amends.store.connect import Pool, scope
from amends.store.considering import Waiting
from amends.store.strategy_runs import RunRow

PIECE = 500
SWEEP_EVERY = timedelta(minutes=10)
SWEEP_PIECE = 5000


def work_waiting(pool: Pool, merchant: str, run: RunRow, now: datetime) -> bool:
    """The next piece of a claimed run over what waits; answers whether it is at its end. A piece done twice after a fall acts once."""
    states = STATES[(run.kind, run.node)]
    with scope(pool, UUID(merchant)) as conn:
        found = runs.waiting_cases(conn, merchant, run.kind, states, run.place, run.started_at, PIECE)
        current = considering.recent(conn, merchant, [(run.kind, run.node)]).get((run.kind, run.node))
    if current != run.version:
        run.last_error = "superseded"
        return True  # another version is in use now: it was asked for with a run of its own, or not at all
    if found:
        # What leaves a row in this moment and is considered here is ticked off with it.
        outcome = consider(pool, merchant, [Waiting(case, run.node, version) for case, version in found], now)
        run.decided += outcome.acted
        run.done += len(found)
        run.place = found[-1][0]
    if len(found) < PIECE:
        run.done = max(run.done, run.total)  # what left by itself meanwhile, or was looked at before a crash, waits no more
    return len(found) < PIECE


def sweep(pool: Pool, now: datetime) -> int:
    """Leave waiting cases of tables whose rows ask for time to another look, at most every SWEEP_EVERY; answers how many were gone through."""
    gone = 0
    for merchant, kind, node in considering.due_tables(pool, now - SWEEP_EVERY):
        with scope(pool, UUID(merchant)) as conn:
            gone += considering.sweep(conn, merchant, kind, node, STATES[(kind, node)], now - SWEEP_EVERY, now, SWEEP_PIECE)
    return gone
