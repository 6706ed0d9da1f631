"""A published table given to what already waits, piece by piece (SA-8), and another look at waiting cases when time alone can make a row fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from amends.core.strategy import Table
from amends.core.strategy_facts import STATES
from amends.engine.automate import consider
from amends.engine.strategy_compile import compile_table
from amends.engine.strategy_decider import evaluate
from amends.store import considering
from amends.store import strategies as tables
from amends.store import strategy_runs as runs
from amends.store.connect import Pool, scope
from amends.store.considering import Waiting
from amends.store.strategy_runs import RunRow

PIECE = 500
SWEEP_EVERY = timedelta(minutes=10)
SWEEP_PIECE = 5000
MOST_SHOWN = 1000
"""Waiting cases that are looked at while somebody reads a page."""


def work_waiting(pool: Pool, merchant: str, run: RunRow, now: datetime) -> bool:
    """The next piece of a claimed run over what waits; answers whether it is at its end. A piece done twice after a fall acts once."""
    states = STATES[(run.kind, run.node)]
    with scope(pool, UUID(merchant)) as conn:
        found = runs.waiting_cases(conn, merchant, run.kind, states, run.place, run.started_at, PIECE)
        current = tables.get(conn, merchant, run.kind, run.node).version
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


@dataclass(slots=True)
class Would:
    """What a table would do with what waits now, before it is in use: cases each row would act on (by its id), and those left to people by an open alert or because somebody has them.

    Limits and guards are not asked: of `by_row` some may still be left to people. `more`: there are more cases than were looked at.
    """

    looked_at: int = 0
    alerts: int = 0
    claimed: int = 0
    more: bool = False
    by_row: dict[str, int] = field(default_factory=dict)


def would(pool: Pool, merchant: str, table: Table, now: datetime, most: int = MOST_SHOWN) -> Would:
    """Look at the first `most` waiting cases with the rows of `table` that are on; nothing is written."""
    states, compiled = STATES[(table.kind, table.node)], compile_table(table)
    with scope(pool, UUID(merchant)) as conn:
        found = runs.waiting_cases(conn, merchant, table.kind, states, "", now, most + 1)
        seen = considering.see(conn, merchant, [case for case, _ in found[:most]])
        out = Would(len(seen), sum(alert for _, _, _, _, alert, _ in seen), more=len(found) > most)
        out.claimed = sum(who is not None for _, _, _, _, alert, who in seen if not alert)
        free = [case for case, _, _, _, alert, who in seen if not alert and who is None]
        for _, _, at in evaluate(conn, merchant, compiled, free, tables.merchant_seen(conn, merchant), now) if free else ():
            if at >= 0:
                row = table.rows[at].id
                out.by_row[row] = out.by_row.get(row, 0) + 1
    return out
