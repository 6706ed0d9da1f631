"""Periods in which clocks stand still, what became of them, and how far the merchants' armed clocks have followed (PO-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from amends.core.pauses import Suspension
from amends.store.connect import PLATFORM, Pool, scope


@dataclass(slots=True)
class Row:
    """One suspension as kept. `starts_at`, `ends_at` half-open; empty lists mean all. `moved`: clocks that have been moved for its last change; `waiting`: merchants still to follow."""

    id: str
    zh: str
    en: str
    starts_at: datetime
    ends_at: datetime
    clocks: list[str]
    regions: list[str]
    made_by: str
    made_at: datetime
    withdrawn_at: datetime | None
    ended_early: bool
    moved: int
    waiting: int

    def state(self, now: datetime) -> str:
        """coming, in_force, over or withdrawn."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "coming" if now < self.starts_at else "in_force" if now < self.ends_at else "over"

    def suspension(self) -> Suspension:
        """The same as the arithmetic sees it."""
        return Suspension(self.starts_at, self.ends_at, frozenset(self.clocks), frozenset(self.regions), self.zh, self.id, self.made_at)


_ROW = """select s.id::text as id, s.zh, s.en, s.starts_at, s.ends_at, s.clocks, s.regions, s.made_by, s.made_at, s.withdrawn_at,
  coalesce(last.what = 'ended_early', false) as ended_early, coalesce(r.moved, 0)::int as moved, coalesce(r.waiting, 0)::int as waiting
from suspensions s
left join lateral (select what, revision from suspension_changes where suspension_id = s.id order by revision desc limit 1) last on true
left join lateral (select sum(moved) as moved, count(*) filter (where done_at is null) as waiting from suspension_runs where revision = last.revision) r on true"""


def listed(pool: Pool, at_most: int = 200) -> list[Row]:
    """Every suspension with its progress, the latest beginning first. For the platform."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute(_ROW + " order by s.starts_at desc, s.id limit %s", (at_most,)).fetchall()


def one(conn: psycopg.Connection, suspension_id: str, *, lock: bool = False) -> Row | None:
    """One of them; `lock` holds it until the transaction ends."""
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute(_ROW + " where s.id = %s" + (" for update of s" if lock else ""), (UUID(suspension_id),)).fetchone()


def standing(conn: psycopg.Connection, now: datetime) -> list[Row]:
    """Those in force and coming, the first to begin first. Any scope may read them."""
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        return cursor.execute(
            "select s.id::text as id, s.zh, s.en, s.starts_at, s.ends_at, s.clocks, s.regions, s.made_by, s.made_at, s.withdrawn_at, false as ended_early, 0 as moved, 0 as waiting"
            " from suspensions s where s.withdrawn_at is null and s.ends_at > %s order by s.starts_at, s.id", (now,),
        ).fetchall()


def every(conn: psycopg.Connection) -> list[Suspension]:
    """All that count, past ones too, as the arithmetic sees them."""
    rows = conn.execute("select id::text, zh, starts_at, ends_at, clocks, regions, made_at from suspensions where withdrawn_at is null order by starts_at, id").fetchall()
    return [Suspension(starts, ends, frozenset(clocks), frozenset(regions), zh, id_, made_at) for id_, zh, starts, ends, clocks, regions, made_at in rows]


def insert(conn: psycopg.Connection, row: Row) -> None:
    """A new one."""
    conn.execute(
        "insert into suspensions (id, zh, en, starts_at, ends_at, clocks, regions, made_by, made_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (row.id, row.zh, row.en, row.starts_at, row.ends_at, row.clocks, row.regions, row.made_by, row.made_at),
    )


def update(conn: psycopg.Connection, row: Row) -> None:
    """Names, period, kinds and regions, and whether it was taken back."""
    conn.execute(
        "update suspensions set zh = %s, en = %s, starts_at = %s, ends_at = %s, clocks = %s, regions = %s, withdrawn_at = %s where id = %s",
        (row.zh, row.en, row.starts_at, row.ends_at, row.clocks, row.regions, row.withdrawn_at, row.id),
    )


def note_change(conn: psycopg.Connection, suspension_id: str, what: str, by_name: str, at: datetime, before: dict[str, Any] | None, *, moves: bool) -> None:
    """One change, and with `moves` a round over every merchant's armed clocks, in the caller's transaction."""
    found = conn.execute(
        "insert into suspension_changes (suspension_id, what, made_by, at, before) values (%s, %s, %s, %s, %s) returning revision",
        (suspension_id, what, by_name, at, Jsonb(before) if before else None),
    ).fetchone()
    if moves and found:
        conn.execute("insert into suspension_runs (merchant_id, revision) select id, %s from merchants", found)


def changes(conn: psycopg.Connection, suspension_id: str) -> list[tuple[str, str, datetime, dict[str, Any] | None]]:
    """What was done with a suspension, the latest first: what, by whom, when, and how it was before."""
    return conn.execute("select what, made_by, at, before from suspension_changes where suspension_id = %s order by revision desc", (UUID(suspension_id),)).fetchall()


def merchants_behind(pool: Pool) -> list[str]:
    """Merchants whose armed clocks have not followed every change yet."""
    with scope(pool, PLATFORM) as conn:
        return [row[0] for row in conn.execute("select distinct merchant_id::text from suspension_runs where done_at is null order by 1")]


__all__ = ["Row", "changes", "every", "insert", "listed", "merchants_behind", "note_change", "one", "standing", "update"]
