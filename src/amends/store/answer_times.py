"""Answer times of compensation that was asked for and waits, and messages that are to go out at a clock's reminder: what a change of suspensions moves beside the clocks of cases (PO-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from amends.core.pauses import Suspension


@dataclass(slots=True)
class Answer:
    """One compensation that waits for an answer. `clock`: what is kept of its time; `pack`: name and version it was asked under; `province` as the order writes it."""

    id: str
    merchant_id: str
    number: str
    kind: str
    asked_at: datetime
    due_at: datetime
    clock: dict[str, Any]
    province: str
    pack: str


_COLUMNS: LiteralString = """select k.id::text, k.merchant_id::text, k.number, k.kind, k.asked_at, k.due_at, k.clock, coalesce(o.province, '') as province,
  coalesce(k.explanation ->> 'pack', '') || '@' || coalesce(k.explanation ->> 'version', '0') as pack
from compensations k join orders o on o.merchant_id = k.merchant_id and o.id = k.order_id where k.state = 'asked' and k.due_at is not null"""


def waiting(conn: psycopg.Connection, merchant: str) -> list[Answer]:
    """Those of one merchant, held until the transaction ends: who decides one at this moment is waited for, and it is gone then."""
    ids = [row[0] for row in conn.execute("select id from compensations where merchant_id = %s and state = 'asked' and due_at is not null order by id for update", (UUID(merchant),))]
    with conn.cursor(row_factory=class_row(Answer)) as cursor:
        return cursor.execute(_COLUMNS + " and k.merchant_id = %s and k.id = any(%s)", (UUID(merchant), ids)).fetchall() if ids else []


def touched(conn: psycopg.Connection, versions: Sequence[Suspension], at_most: int) -> list[Answer]:
    """Those that run at the beginning of any of these versions of a suspension, or later, the first due first. For the platform."""
    with conn.cursor(row_factory=class_row(Answer)) as cursor:
        return cursor.execute(_COLUMNS + " and k.due_at > %s order by k.due_at, k.id limit %s", (min(s.start for s in versions), at_most)).fetchall()


def move(conn: psycopg.Connection, merchant: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write where they stand now: id, due_at, clock."""
    conn.execute(
        "update compensations k set due_at = r.due_at, clock = r.clock from json_to_recordset(%s) as r(id uuid, due_at timestamptz, clock jsonb)"
        " where k.merchant_id = %s and k.id = r.id and k.state = 'asked'", (msgspec.json.encode(list(rows)).decode(), UUID(merchant)),
    )


@dataclass(slots=True)
class Reminder:
    """A message that waits in the outbox for the reminder of a clock: of which case, and when that clock began."""

    id: str
    due_at: datetime
    began: datetime
    type: str
    facts: dict[str, Any]


def reminders(conn: psycopg.Connection, merchant: str, effect: str) -> list[Reminder]:
    """Those of one merchant, held; what a worker sends out at this moment is left to it."""
    with conn.cursor(row_factory=class_row(Reminder)) as cursor:
        return cursor.execute(
            "select o.id::text, o.due_at, e.at as began, c.type, jsonb_build_object('pack', c.facts -> 'pack', 'pack_version', c.facts -> 'pack_version', 'region', c.facts -> 'region') as facts"
            " from outbox o join cases c on c.merchant_id = o.merchant_id and c.id = o.case_id"
            " join events e on e.merchant_id = o.merchant_id and e.case_id = o.case_id and e.version = (o.body ->> 'version')::int"
            " where o.merchant_id = %s and o.effect = %s and o.done_at is null and o.dead_at is null order by o.id for update of o skip locked", (UUID(merchant), effect),
        ).fetchall()


def put_off(conn: psycopg.Connection, merchant: str, rows: Sequence[tuple[str, datetime]]) -> None:
    """These messages go out at other instants: (id, due_at)."""
    conn.execute(
        "update outbox o set due_at = r.due_at from json_to_recordset(%s) as r(id uuid, due_at timestamptz) where o.merchant_id = %s and o.id = r.id",
        (msgspec.json.encode([{"id": id_, "due_at": due_at} for id_, due_at in rows]).decode(), UUID(merchant)),
    )


@dataclass(slots=True)
class Windowed:
    """An open dispute with the instants it keeps beside its clock (`core.windows`)."""

    id: str
    type: str
    opened_at: datetime
    facts: dict[str, Any]


def windowed(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> list[Windowed]:
    """The disputes among these cases, which the transaction holds."""
    with conn.cursor(row_factory=class_row(Windowed)) as cursor:
        return cursor.execute(
            "select id::text, type, opened_at, jsonb_build_object('pack', facts -> 'pack', 'pack_version', facts -> 'pack_version', 'region', facts -> 'region', 'judged_at', facts -> 'judged_at',"
            " 'evidence_until', facts -> 'evidence_until', 'appeal_until', facts -> 'appeal_until', 'windows', facts -> 'windows') as facts"
            " from cases where merchant_id = %s and id = any(%s::uuid[]) and kind = 'dispute' and closed_at is null", (UUID(merchant), list(ids)),
        ).fetchall()


def keep_windows(conn: psycopg.Connection, merchant: str, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Where such instants stand now: id, windows."""
    conn.execute(
        "update cases c set facts = jsonb_set(c.facts, '{windows}', r.windows), updated_at = %s from json_to_recordset(%s) as r(id uuid, windows jsonb)"
        " where c.merchant_id = %s and c.id = r.id", (now, msgspec.json.encode(list(rows)).decode(), UUID(merchant)),
    )


__all__ = ["Answer", "Reminder", "Windowed", "keep_windows", "move", "put_off", "reminders", "touched", "waiting", "windowed"]
