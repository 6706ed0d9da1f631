"""What pages show of reconciliation: runs, and differences that are open or closed (MO-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
KINDS = ("missing_here", "missing_there", "amount", "currency", "state", "twice", "contradiction")

_DIFFERENCE = (
    "select d.id::text as id, d.provider, d.kind, d.about, d.subject_id::text as subject_id, d.case_id::text as case_id, c.number as case_number, c.kind as case_kind,"
    " d.order_id::text as order_id, o.number as order_number, d.key, d.reference, d.ours, d.theirs, d.found_at, d.closed_at, d.closed_name, d.note,"
    " d.reconciliation_id::text as run_id from reconciliation_differences d"
    " left join cases c on c.merchant_id = d.merchant_id and c.id = d.case_id left join orders o on o.merchant_id = d.merchant_id and o.id = d.order_id"
)


def runs(conn: psycopg.Connection, merchant: str, before: tuple[datetime, str] | None = None, limit: int = 50) -> list[Row]:
    """Runs, the latest asked first, one more than `limit` if there are more. `before`: asked_at and id of the last row of the page before."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text as id, provider, from_at, to_at, state, asked_by, asked_at, done_at, lines, matched, differences, sums, error,"
            " (select count(*) from reconciliation_differences d where d.merchant_id = r.merchant_id and d.reconciliation_id = r.id and d.closed_at is null) as open"
            " from reconciliations r where merchant_id = %(m)s and (%(at)s::timestamptz is null or (asked_at, id) < (%(at)s, %(id)s::uuid)) order by asked_at desc, id desc limit %(limit)s",
            {"m": UUID(merchant), "at": before[0] if before else None, "id": before[1] if before else None, "limit": limit + 1},
        ).fetchall()


def run(conn: psycopg.Connection, merchant: str, run_id: str) -> Row | None:
    """One run."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text as id, provider, from_at, to_at, state, asked_by, asked_at, done_at, lines, matched, differences, sums, error from reconciliations"
            " where merchant_id = %s and id = %s", (UUID(merchant), run_id),
        ).fetchone()


def differences(
    conn: psycopg.Connection, merchant: str, *, run_id: str | None = None, closed: bool = False, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Row]:
    """Differences that are open (the oldest first) or closed (the latest first), of one run or of all; one more than `limit` if there are more.

    `ours` and `theirs` are objects: amount (minor units), currency, state, reference, at …; empty where that side has nothing. `after`: the column sorted by and id.
    """
    column, way, sign = ("closed_at", "desc", "<") if closed else ("found_at", "asc", ">")
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"{_DIFFERENCE} where d.merchant_id = %(m)s and d.closed_at is {'not null' if closed else 'null'} and (%(run)s::uuid is null or d.reconciliation_id = %(run)s)"
            f" and (%(at)s::timestamptz is null or (d.{column}, d.id) {sign} (%(at)s, %(id)s::uuid)) order by d.{column} {way}, d.id {way} limit %(limit)s",
            {"m": UUID(merchant), "run": run_id, "at": after[0] if after else None, "id": after[1] if after else None, "limit": limit + 1},
        ).fetchall()


def count_open(conn: psycopg.Connection, merchant: str, most: int = 1000) -> int:
    """How many differences are open, counted up to `most`."""
    row = conn.execute(
        "select count(*) from (select 1 from reconciliation_differences where merchant_id = %s and closed_at is null limit %s) n", (UUID(merchant), most)
    ).fetchone()
    return int(row[0]) if row else 0


def providers(conn: psycopg.Connection) -> list[str]:
    """Names of the payment connections in use, to choose from."""
    return [row[0] for row in conn.execute("select name from connections where kind = 'payment' and active order by name").fetchall()]
