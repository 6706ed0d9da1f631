"""Runs over many cases: begun here, worked off by the worker in pieces, looked at and stopped while they go on (SA-7, SA-8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.core.strategy import Table
from amends.core.strategy_facts import STATES
from amends.core.strategy_json import encode_rows
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import strategy_runs as rows
from amends.store.connect import Pool, scope
from amends.store.strategy_runs import RunRow


def start_waiting(conn: Any, merchant: str, table: Table, by_name: str, now: datetime) -> str:
    """Give a published table to everything that waits at its node now, in the caller's transaction; answers the run's id."""
    total = rows.count_waiting(conn, merchant, table.kind, STATES[(table.kind, table.node)])
    run = RunRow(new_id(), "waiting", table.kind, table.node, table.version, [], 0, now, total, 0, 0, "", {}, by_name, now, None, None, None)
    rows.add(conn, merchant, run)
    return run.id


def start_trial(pool: Pool, by: By, table: Table, days: int, now: datetime) -> str | list[Refusal]:
    """Try rows on the cases of the last `days` days; answers the run's id. The worker fills `RunRow.report` and the list of disagreements."""
    if (refusal := by.lacks("manage_strategies")) is not None or by.merchant_id is None:
        return [refusal or Refusal("merchant_unknown", {"name": by.actor.name})]
    if not 1 <= days <= MOST_DAYS:
        return [Refusal("strategy_trial_days", {"most": MOST_DAYS}, "days")]
    run = RunRow(new_id(), "trial", table.kind, table.node, table.version, encode_rows(table.rows), days, now, 0, 0, 0, "", {}, by.actor.name, now, None, None, None)
    with scope(pool, by.scope) as conn:
        rows.add(conn, by.merchant_id, run)
    return run.id


MOST_DAYS = 180


def get(pool: Pool, merchant: str, run_id: str) -> RunRow | None:
    """One run with its progress; None if there is no such run."""
    if not is_id(run_id):
        return None
    with scope(pool, UUID(merchant)) as conn:
        return rows.get(conn, merchant, run_id)


def recent(pool: Pool, merchant: str, kind: str, node: str, many: int = 10) -> list[RunRow]:
    """The last runs of a node, newest first."""
    with scope(pool, UUID(merchant)) as conn:
        return rows.recent(conn, merchant, kind, node, many)


def stop(pool: Pool, by: By, run_id: str, now: datetime) -> Refusal | None:
    """Stop a run; what it has done stays done."""
    if (refusal := by.lacks("manage_strategies")) is not None:
        return refusal
    if by.merchant_id is None or not is_id(run_id):
        return Refusal("strategy_run_unknown")
    with scope(pool, by.scope) as conn:
        if rows.get(conn, by.merchant_id, run_id) is None:
            return Refusal("strategy_run_unknown")
        if rows.stop(conn, by.merchant_id, run_id, now):
            record(conn, by, now, "strategies.run_stopped", ("strategy_run", run_id))
    return None
