"""Batches: a command for many cases, kept with the result of each, so that it can be left, resumed and looked up (SO-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from amends.store.connect import PLATFORM, Pool, scope


@dataclass(slots=True)
class Batch:
    """One batch. `filters` says what it was taken over; `done` and `refused` count cases that have their result."""

    id: str
    merchant_id: str
    person_id: str
    command: str
    body: dict[str, Any]
    filters: dict[str, Any]
    total: int
    done: int
    refused: int
    started_at: datetime
    finished_at: datetime | None


_COLUMNS = "id::text, merchant_id::text, person_id::text, command, body, filters, total, done, refused, started_at, finished_at"


def start(conn: psycopg.Connection, batch: Batch, cases: list[str]) -> bool:
    """Write the batch and its cases; False, with nothing written, when this batch is already there."""
    new = conn.execute(
        "insert into batches (merchant_id, id, person_id, command, body, filters, total, started_at) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (UUID(batch.merchant_id), UUID(batch.id), UUID(batch.person_id), batch.command, Jsonb(batch.body), Jsonb(batch.filters), len(cases), batch.started_at),
    )
    if new.rowcount != 1:
        return False
    conn.execute(
        "insert into batch_cases (merchant_id, batch_id, case_id) select %s, %s, x from unnest(%s::uuid[]) x on conflict do nothing",
        (UUID(batch.merchant_id), UUID(batch.id), cases),
    )
    return True


def add_done(conn: psycopg.Connection, batch: Batch, cases: list[str], at: datetime) -> None:
    """Cases that were carried out as they were found (take ten), with their result; the batch is finished."""
    conn.execute(
        "insert into batch_cases (merchant_id, batch_id, case_id, outcome) select %s, %s, x, 'done' from unnest(%s::uuid[]) x on conflict do nothing",
        (UUID(batch.merchant_id), UUID(batch.id), cases),
    )
    conn.execute(
        "update batches set total = %s, done = %s, finished_at = %s where merchant_id = %s and id = %s",
        (len(cases), len(cases), at, UUID(batch.merchant_id), UUID(batch.id)),
    )


def get(conn: psycopg.Connection, merchant: str, batch: str) -> Batch | None:
    """One batch, or None."""
    with conn.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from batches where merchant_id = %s and id = %s", (UUID(merchant), UUID(batch))).fetchone()


def holds(conn: psycopg.Connection, batch: Batch, cases: list[str]) -> bool:
    """Whether the batch was taken over exactly these cases."""
    row = conn.execute(
        "select count(*) = %s and count(*) filter (where case_id = any(%s::uuid[])) = %s from batch_cases where merchant_id = %s and batch_id = %s",
        (len(set(cases)), cases, len(set(cases)), UUID(batch.merchant_id), UUID(batch.id)),
    ).fetchone()
    return bool(row and row[0])


def left(conn: psycopg.Connection, batch: Batch, many: int) -> list[str]:
    """Cases of the batch that have no result yet."""
    rows = conn.execute(
        "select case_id::text from batch_cases where merchant_id = %s and batch_id = %s and outcome is null order by case_id limit %s",
        (UUID(batch.merchant_id), UUID(batch.id), many),
    )
    return [row[0] for row in rows]


def note(conn: psycopg.Connection, batch: Batch, results: list[tuple[str, dict[str, Any] | None]], at: datetime) -> None:
    """The results of some cases (None: done, otherwise the refusal), and the counts made anew from the rows."""
    conn.execute(
        "update batch_cases b set outcome = case when x.refusal is null then 'done' else 'refused' end, refusal = x.refusal "
        "from unnest(%s::uuid[], %s::jsonb[]) x(id, refusal) where b.merchant_id = %s and b.batch_id = %s and b.case_id = x.id and b.outcome is null",
        ([r[0] for r in results], [None if r[1] is None else Jsonb(r[1]) for r in results], UUID(batch.merchant_id), UUID(batch.id)),
    )
    conn.execute(
        "update batches b set done = n.done, refused = n.refused, finished_at = case when n.waiting = 0 then coalesce(b.finished_at, %(at)s) end "
        "from (select count(*) filter (where outcome = 'done') done, count(*) filter (where outcome = 'refused') refused, count(*) filter (where outcome is null) waiting "
        "from batch_cases where merchant_id = %(m)s and batch_id = %(id)s) n where b.merchant_id = %(m)s and b.id = %(id)s",
        {"m": UUID(batch.merchant_id), "id": UUID(batch.id), "at": at},
    )


def results(conn: psycopg.Connection, merchant: str, batch: str, outcome: str, after: str, many: int) -> list[tuple[str, str, str | None, dict[str, Any] | None, str]]:
    """(case, number, outcome, refusal, state now), refused ones or done ones or all (""), paged by case id."""
    return conn.execute(
        "select b.case_id::text, coalesce(c.number, '—'), b.outcome, b.refusal, coalesce(c.state, '') from batch_cases b "
        "left join cases c on c.merchant_id = b.merchant_id and c.id = b.case_id where b.merchant_id = %(m)s and b.batch_id = %(id)s "
        "and (%(o)s = '' or b.outcome = %(o)s) and (%(after)s = '' or b.case_id > nullif(%(after)s, '')::uuid) order by b.case_id limit %(many)s",
        {"m": UUID(merchant), "id": UUID(batch), "o": outcome, "after": after, "many": many},
    ).fetchall()


def done_cases(conn: psycopg.Connection, merchant: str, batch: str) -> list[str]:
    """The cases this batch really changed, which is what an undo goes over: a claim that was there before is not given back."""
    rows = conn.execute(
        "select b.case_id::text from batch_cases b join batches t on t.merchant_id = b.merchant_id and t.id = b.batch_id "
        "join cases c on c.merchant_id = b.merchant_id and c.id = b.case_id where b.merchant_id = %s and b.batch_id = %s and b.outcome = 'done' "
        "and (t.command <> 'claim' or c.assigned_at >= t.started_at) order by b.case_id",
        (UUID(merchant), UUID(batch)),
    )
    return [row[0] for row in rows]


def recent(conn: psycopg.Connection, merchant: str, person: str, many: int = 10) -> list[Batch]:
    """Somebody's last batches, newest first: what stays under the bell."""
    with conn.cursor(row_factory=class_row(Batch)) as cursor:
        query = f"select {_COLUMNS} from batches where merchant_id = %s and person_id = %s order by started_at desc, id desc limit %s"
        return cursor.execute(query, (UUID(merchant), UUID(person), many)).fetchall()


def waiting(pool: Pool, many: int = 20) -> list[tuple[str, str]]:
    """(merchant, batch) of batches with cases left, oldest first, of all merchants."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute("select merchant_id::text, id::text from batches where finished_at is null order by started_at, id limit %s", (many,)).fetchall()
