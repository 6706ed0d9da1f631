"""Long work over strategies with its progress: trials, and tables given to what already waits (SA-7, SA-8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.connect import PLATFORM, Pool, scope

LEASE = timedelta(minutes=2)
_COLUMNS = """id::text, sort, kind, node, version, rows, days, since, total, done, decided, place, report, by_name, started_at, stopped_at, finished_at, last_error, counted"""


@dataclass(slots=True)
class RunRow:
    """One run. `total` cases to look at, `done` of them looked at, `decided` decided; `place` where it goes on; `report` what a trial found."""

    id: str
    sort: str
    kind: str
    node: str
    version: int
    rows: list[dict[str, Any]]
    days: int
    since: datetime
    total: int
    done: int
    decided: int
    place: str
    report: dict[str, Any]
    by_name: str
    started_at: datetime
    stopped_at: datetime | None
    finished_at: datetime | None
    last_error: str | None
    counted: dict[str, Any] = field(default_factory=dict)
    """What limits have counted so far in a trial (`core.strategy_played`)."""

    @property
    def running(self) -> bool:
        """Neither at its end nor stopped."""
        return self.finished_at is None and self.stopped_at is None


def add(conn: psycopg.Connection, merchant: str, run: RunRow) -> None:
    """Keep a new run in the caller's transaction; the worker finds it."""
    conn.execute(
        "insert into strategy_runs (merchant_id, id, sort, kind, node, version, rows, days, since, total, by_name, started_at) values (%s, %s, %s, %s, %s, %s, %s::text::jsonb, %s, %s, %s, %s, %s)",
        (UUID(merchant), run.id, run.sort, run.kind, run.node, run.version, msgspec.json.encode(run.rows).decode(), run.days, run.since, run.total, run.by_name, run.started_at),
    )


def get(conn: psycopg.Connection, merchant: str, run_id: str) -> RunRow | None:
    """One run of this merchant."""
    row = conn.execute(f"select {_COLUMNS} from strategy_runs where merchant_id = %s and id = %s", (UUID(merchant), run_id)).fetchone()
    return RunRow(*row) if row else None


def recent(conn: psycopg.Connection, merchant: str, kind: str, node: str, many: int) -> list[RunRow]:
    """The last runs of a node, newest first."""
    rows = conn.execute(
        f"select {_COLUMNS} from strategy_runs where merchant_id = %s and kind = %s and node = %s order by started_at desc limit %s", (UUID(merchant), kind, node, many)
    ).fetchall()
    return [RunRow(*row) for row in rows]


def stop(conn: psycopg.Connection, merchant: str, run_id: str, now: datetime) -> bool:
    """Stop a run after the piece that is under way; false if it was over already."""
    return conn.execute(
        "update strategy_runs set stopped_at = %s where merchant_id = %s and id = %s and finished_at is null and stopped_at is null", (now, UUID(merchant), run_id)
    ).rowcount == 1


def waiting(pool: Pool, now: datetime, most: int = 20) -> list[tuple[str, str]]:
    """Runs nobody works on at the moment: (merchant, id), the oldest first."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(
            "select merchant_id::text, id::text from strategy_runs where finished_at is null and stopped_at is null and (claimed_until is null or claimed_until <= %s) order by started_at limit %s",
            (now, most),
        ).fetchall()


def claim(conn: psycopg.Connection, merchant: str, run_id: str, now: datetime) -> RunRow | None:
    """Take a run for LEASE, so that one worker at a time works on it; None if it is over or somebody else's."""
    row = conn.execute(
        f"update strategy_runs set claimed_until = %s where merchant_id = %s and id = %s and finished_at is null and stopped_at is null and (claimed_until is null or claimed_until <= %s)"
        f" returning {_COLUMNS}", (now + LEASE, UUID(merchant), run_id, now),
    ).fetchone()
    return RunRow(*row) if row else None


def note(conn: psycopg.Connection, merchant: str, run: RunRow, now: datetime, *, finished: bool) -> None:
    """Keep how far it came and give it back."""
    conn.execute(
        "update strategy_runs set done = %s, decided = %s, place = %s, total = %s, report = %s::text::jsonb, counted = %s::text::jsonb, claimed_until = null, last_error = %s,"
        " finished_at = case when %s then %s::timestamptz end where merchant_id = %s and id = %s",
        (run.done, run.decided, run.place, max(run.total, run.done), msgspec.json.encode(run.report).decode(),
         msgspec.json.encode({} if finished else run.counted).decode(), run.last_error, finished, now, UUID(merchant), run.id),
    )


def waiting_cases(conn: psycopg.Connection, merchant: str, kind: str, states: tuple[str, ...], after: str, opened_until: datetime, many: int) -> list[tuple[str, int]]:
    """Cases that wait in these states, by id: (id, version). Those that came later have been considered by themselves."""
    return conn.execute(
        "select id::text, version from cases where merchant_id = %(m)s and kind = %(kind)s and closed_at is null and state = any(%(states)s)"
        " and (%(after)s = '' or id > nullif(%(after)s, '')::uuid) and opened_at <= %(until)s order by id limit %(many)s",
        {"m": UUID(merchant), "kind": kind, "states": list(states), "after": after, "until": opened_until, "many": many},
    ).fetchall()


def count_waiting(conn: psycopg.Connection, merchant: str, kind: str, states: tuple[str, ...]) -> int:
    """How many cases wait in these states."""
    row = conn.execute(
        "select count(*) from cases where merchant_id = %s and kind = %s and closed_at is null and state = any(%s)", (UUID(merchant), kind, list(states))
    ).fetchone()
    return int(row[0]) if row else 0
