"""Imports: who started which, how far it is, what was refused, the uploaded bytes until they are taken in.

A running import belongs to whoever holds its claim; a claim not renewed for CLAIM_SECONDS is free again, so a killed worker's import goes on elsewhere.
The claim runs on the database's own clock: it says who works, not what time it is in the trade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

CLAIM_SECONDS = 60
_COLUMNS = (
    "merchant_id::text, id::text, file_name, dry_run, state, mapping, started_by::text, started_at, finished_at, rows_read, rows_new, rows_changed, "
    "rows_unchanged, rows_refused, orders_done, trouble_zh, trouble_en"
)


Unreachable = psycopg.OperationalError


class Lost(Exception):
    """Another worker has taken this import over."""


@dataclass(slots=True)
class Import:
    """A row of `imports`. `rows_read` counts rows of the files; new, changed, unchanged and refused count orders; `orders_done` is where to go on."""

    merchant_id: str
    id: str
    file_name: str
    dry_run: bool
    state: str
    mapping: dict[str, Any]
    started_by: str | None
    started_at: datetime
    finished_at: datetime | None
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_refused: int = 0
    orders_done: int = 0
    trouble_zh: str | None = None
    trouble_en: str | None = None


@dataclass(slots=True)
class RefusedRow:
    """One reason why a row was not taken in. `line` 1 is the header; `raw` is the row as it stood."""

    line: int
    code: str
    field: str
    reason_zh: str
    reason_en: str
    raw: str
    position: int = 0


@dataclass(slots=True)
class Progress:
    """What one batch adds to an import."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    orders: int = 0
    wrong: list[RefusedRow] = field(default_factory=list)


def begin(conn: psycopg.Connection, merchant_id: str, import_id: str, file_name: str, mapping: Mapping[str, Any], now: datetime, *,
          dry_run: bool, started_by: str | None = None, state: str = "running", claim: str | None = None) -> None:
    """A new import; with `claim` it is worked on at once, in state `draft` it waits for a mapping, in `waiting` for the worker."""
    conn.execute(
        "insert into imports (merchant_id, id, kind, file_name, dry_run, started_by, started_at, state, mapping, claim, claimed_until) "
        "values (%s, %s, 'orders', %s, %s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s))",
        (merchant_id, import_id, file_name, dry_run, started_by, now, state, Jsonb(mapping), claim, CLAIM_SECONDS if claim else None),
    )


def note(conn: psycopg.Connection, merchant_id: str, import_id: str, claim: str, step: Progress) -> None:
    """Add a batch's figures and renew the claim. Raises Lost when the claim is another's."""
    done = conn.execute(
        "update imports set rows_read = rows_read + %s, rows_new = rows_new + %s, rows_changed = rows_changed + %s, rows_unchanged = rows_unchanged + %s, "
        "rows_refused = rows_refused + %s, orders_done = orders_done + %s, claimed_until = now() + make_interval(secs => %s) "
        "where merchant_id = %s and id = %s and claim = %s and state = 'running'",
        (step.rows, step.new, step.changed, step.unchanged, step.refused, step.orders, CLAIM_SECONDS, merchant_id, import_id, claim),
    )
    if done.rowcount != 1:
        raise Lost
    if step.wrong:
        w = step.wrong
        conn.execute(
            "insert into import_errors (merchant_id, import_id, line, position, code, field, reason_zh, reason_en, raw) "
            "select %s, %s, * from unnest(%s::int[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) on conflict do nothing",
            (merchant_id, import_id, [x.line for x in w], [x.position for x in w], [x.code for x in w], [x.field for x in w],
             [x.reason_zh for x in w], [x.reason_en for x in w], [_kept(x.raw) for x in w]),
        )


def _kept(raw: str) -> str:
    """Text as the database can hold it: bytes that were no text are shown as such."""
    return raw.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def finish(conn: psycopg.Connection, merchant_id: str, import_id: str, now: datetime, trouble: tuple[str, str] | None = None) -> None:
    """The end: done, or failed as a whole with the trouble in both languages. The bytes of a real import are let go, a dry run's stay for the real one."""
    zh, en = trouble or (None, None)
    conn.execute(
        "update imports set state = %s, finished_at = %s, trouble_zh = %s, trouble_en = %s, claim = null, claimed_until = null where merchant_id = %s and id = %s",
        ("failed" if trouble else "done", now, zh, en, merchant_id, import_id),
    )
    conn.execute(
        "delete from import_files f using imports i where i.merchant_id = f.merchant_id and i.id = f.import_id and not i.dry_run "
        "and f.merchant_id = %s and f.import_id = %s",
        (merchant_id, import_id),
    )


def add_file(conn: psycopg.Connection, merchant_id: str, import_id: str, position: int, name: str, content: bytes) -> None:
    """Keep an uploaded file."""
    conn.execute("insert into import_files (merchant_id, import_id, position, name, bytes) values (%s, %s, %s, %s, %s)",
                 (merchant_id, import_id, position, name, content))


def files(conn: psycopg.Connection, merchant_id: str, import_id: str) -> list[tuple[str, bytes]]:
    """The kept files of an import, in order; none once a real import is over."""
    return conn.execute("select name, bytes from import_files where merchant_id = %s and import_id = %s order by position", (merchant_id, import_id)).fetchall()


def kept(conn: psycopg.Connection, merchant_id: str, import_id: str) -> bool:
    """Whether the files of an import are still here."""
    return conn.execute("select 1 from import_files where merchant_id = %s and import_id = %s limit 1", (merchant_id, import_id)).fetchone() is not None


def send(conn: psycopg.Connection, merchant_id: str, import_id: str, mapping: Mapping[str, Any], *, dry_run: bool) -> bool:
    """A draft gets its mapping and waits for the worker. False when it is no draft any more."""
    done = conn.execute(
        "update imports set state = 'waiting', mapping = %s, dry_run = %s where merchant_id = %s and id = %s and state = 'draft'",
        (Jsonb(mapping), dry_run, merchant_id, import_id),
    )
    return done.rowcount == 1


def again(conn: psycopg.Connection, merchant_id: str, old: str, new: str, now: datetime, started_by: str | None, *, state: str, dry_run: bool) -> bool:
    """The same files and mapping once more as a new import (after a dry run). The files move. False when they are gone."""
    made = conn.execute(
        "insert into imports (merchant_id, id, kind, file_name, dry_run, started_by, started_at, state, mapping) "
        "select merchant_id, %s, kind, file_name, %s, %s, %s, %s, mapping from imports i where merchant_id = %s and id = %s and state in ('done', 'failed') "
        "and exists (select 1 from import_files f where f.merchant_id = i.merchant_id and f.import_id = i.id)",
        (new, dry_run, started_by, now, state, merchant_id, old),
    )
    conn.execute("update import_files set import_id = %s where merchant_id = %s and import_id = %s and %s", (new, merchant_id, old, made.rowcount == 1))
    return made.rowcount == 1


def waiting(conn: psycopg.Connection, most: int = 20) -> list[tuple[str, str]]:
    """Merchant and id of imports that nobody works on, oldest first; a plain read over all merchants."""
    return conn.execute(
        "select merchant_id::text, id::text from imports where state = 'waiting' or (state = 'running' and claimed_until < now()) order by started_at limit %s",
        (most,),
    ).fetchall()


def claim(conn: psycopg.Connection, merchant_id: str, import_id: str, mark: str) -> Import | None:
    """Take a waiting or abandoned import on. None when somebody else was quicker."""
    done = conn.execute(
        "update imports set state = 'running', claim = %s, claimed_until = now() + make_interval(secs => %s) "
        "where merchant_id = %s and id = %s and (state = 'waiting' or (state = 'running' and claimed_until < now()))",
        (mark, CLAIM_SECONDS, merchant_id, import_id),
    )
    return find(conn, merchant_id, import_id) if done.rowcount == 1 else None


def find(conn: psycopg.Connection, merchant_id: str, import_id: str) -> Import | None:
    """One import."""
    with conn.cursor(row_factory=class_row(Import)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from imports where merchant_id = %s and id = %s", (merchant_id, import_id)).fetchone()


def old(conn: psycopg.Connection, before: datetime, most: int = 100) -> list[tuple[str, str]]:
    """Merchant and id of imports begun before then that nobody works on and that still have their bytes; a plain read over all merchants."""
    return conn.execute(
        "select distinct i.merchant_id::text, i.id::text from import_files f join imports i on i.merchant_id = f.merchant_id and i.id = f.import_id "
        "where i.started_at < %s and i.state in ('draft', 'done', 'failed') limit %s",
        (before, most),
    ).fetchall()


def let_go(conn: psycopg.Connection, merchant_id: str, import_id: str) -> None:
    """Forget the bytes of an import; a draft goes altogether."""
    conn.execute("delete from import_files where merchant_id = %s and import_id = %s", (merchant_id, import_id))
    conn.execute("delete from imports where merchant_id = %s and id = %s and state = 'draft'", (merchant_id, import_id))


def history(conn: psycopg.Connection, merchant_id: str, limit: int = 30) -> list[Import]:
    """The latest imports, newest first, without drafts."""
    with conn.cursor(row_factory=class_row(Import)) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from imports where merchant_id = %s and state <> 'draft' order by started_at desc, id desc limit %s", (merchant_id, limit)
        ).fetchall()


def refused(conn: psycopg.Connection, merchant_id: str, import_id: str, after: tuple[int, int] = (0, -1), limit: int = 200) -> list[RefusedRow]:
    """Refused rows by line, from after a line and position."""
    with conn.cursor(row_factory=class_row(RefusedRow)) as cursor:
        return cursor.execute(
            "select line, code, coalesce(field, '') as field, reason_zh, reason_en, coalesce(raw, '') as raw, position from import_errors "
            "where merchant_id = %s and import_id = %s and (line, position) > (%s, %s) order by line, position limit %s",
            (merchant_id, import_id, *after, limit),
        ).fetchall()


def all_refused(conn: psycopg.Connection, merchant_id: str, import_id: str) -> Iterator[Sequence[RefusedRow]]:
    """Every refused row, page by page."""
    after = (0, -1)
    while page := refused(conn, merchant_id, import_id, after, 1000):
        yield page
        after = (page[-1].line, page[-1].position)
