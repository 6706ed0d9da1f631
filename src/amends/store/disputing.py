"""What opening a dispute reads, under its order's lock, and writes (DI-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of
from amends.store.queries import sql


@dataclass(slots=True)
class OrderInDispute:
    """An order as a dispute looks at it; instants UTC, money in minor units."""

    id: str
    number: str
    state: str
    buyer_id: str
    currency: str
    paid_minor: int
    province: str
    paid_at: datetime | None
    shipped_at: datetime | None
    receipt_confirmed_at: datetime | None
    completed_at: datetime | None


@dataclass(slots=True)
class LineInDispute:
    """A line of it, with how often a service order about it was refused."""

    id: str
    sku: str
    title: str
    category: str
    quantity: int
    paid_minor: int
    refused: int


@dataclass(slots=True)
class CaseInDispute:
    """A cancellation or service order of it, and the open dispute about it, if there is one. `pieces`: line → quantity of a cancellation."""

    id: str
    kind: str
    number: str
    state: str
    type: str
    line_id: str | None
    quantity: int
    due_at: datetime | None
    waits_on: str | None
    opened_at: datetime
    closed_at: datetime | None
    late: bool
    pieces: dict[str, int]


@dataclass(slots=True)
class SeenToDispute:
    """Everything `see` found. `open`: what is in dispute (a case, or the order) → id, number and state of its open dispute."""

    merchant: MerchantSeen
    order: OrderInDispute | None
    lines: list[LineInDispute]
    cases: list[CaseInDispute]
    open: dict[str, tuple[str, str, str]]
    done: dict[str, Any] | None
    photos: set[str]


_ORDER = """select o.id::text, o.number, o.state, o.buyer_id, o.currency, o.paid_minor, coalesce(o.province, '') as province, o.paid_at, o.shipped_at, o.receipt_confirmed_at,
    o.completed_at from orders o where o.merchant_id = %(merchant)s and o.id = %(order)s"""
_LINES = """select l.id::text, l.sku, l.title, l.category, l.quantity, l.paid_minor, (select count(*) from cases c where c.merchant_id = l.merchant_id and c.order_id = l.order_id
    and c.line_id = l.id and c.kind = 'service_order' and c.state = 'rejected')::int as refused
  from order_lines l where l.merchant_id = %(merchant)s and l.order_id = %(order)s order by l.position"""
_CASES = """select c.id::text, c.kind, c.number, c.state, coalesce(c.type, '') as type, c.line_id::text, coalesce(c.quantity, 1) as quantity, c.due_at, c.waits_on, c.opened_at, c.closed_at,
    coalesce((c.facts ->> 'late')::boolean, false) as late,
    coalesce((select json_object_agg(x.line_id, x.quantity) from cancellation_lines x where x.merchant_id = c.merchant_id and x.case_id = c.id), '{}') as pieces
  from cases c where c.merchant_id = %(merchant)s and c.order_id = %(order)s and c.kind in ('cancellation', 'service_order') order by c.opened_at desc, c.id desc"""
_OPEN = """select coalesce(parent_id, order_id)::text, id::text, number, state from cases where merchant_id = %(merchant)s and order_id = %(order)s and kind = 'dispute' and closed_at is null"""
_PHOTOS = "select id::text from files where merchant_id = %(merchant)s and id::text = any(%(photos)s) and case_id is null"


def see(conn: psycopg.Connection, merchant: str, order: str, *, command: str | None = None, photos: list[str] | None = None, lock: bool = False) -> SeenToDispute:
    """Open a transaction in the merchant's scope and read; `lock` holds the order until it ends. The caller ends the transaction."""
    given = {"merchant": UUID(merchant), "order": UUID(order), "command": command, "photos": photos or []}
    conn.execute("begin")
    conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
    with conn.cursor(row_factory=class_row(OrderInDispute)) as cursor:
        found = cursor.execute(_ORDER + (" for update" if lock else ""), given).fetchone()
    with conn.cursor(row_factory=class_row(LineInDispute)) as lines:
        goods = lines.execute(_LINES, given).fetchall()
    with conn.cursor(row_factory=class_row(CaseInDispute)) as cases:
        about = cases.execute(_CASES, given).fetchall()
    open_ones = {row[0]: (row[1], row[2], row[3]) for row in conn.execute(_OPEN, given).fetchall()}
    whose = conn.execute(f"select {COLUMNS} from merchants where id = %(merchant)s", given).fetchone()
    done = conn.execute("select answer from commands_done where merchant_id = %(merchant)s and command_id = %(command)s", given).fetchone() if command else None
    pictures = {row[0] for row in conn.execute(_PHOTOS, given).fetchall()} if photos else set()
    return SeenToDispute(merchant_of(whose), found, goods, about, open_ones, done[0] if done else None, pictures)


def insert(conn: psycopg.Connection, given: dict[str, Any]) -> None:
    """Write a dispute with its first event, clock, messages and the evidence it brings, and commit. `facts`, `body` and `answer` are JSON; `files` a list of file ids."""
    row = {**given, "event_text": given["event_id"], **{name: Jsonb(given[name]) for name in ("facts", "body", "answer")}}
    conn.execute(sql("insert_dispute"), row)
    if given["files"]:
        rows = [{"id": file, "case_id": given["id"]} for file in given["files"]]
        conn.execute(sql("file_photos"), {"merchant": given["merchant"], "now": given["now"], "rows": msgspec.json.encode(rows).decode()})
        filed = [{
            "case_id": given["id"], "side": given["side"], "kind": "other", "words": given["words"], "file_ids": given["files"], "actor_id": given["actor_id"],
            "actor_name": given["actor_name"], "version": 1,
        }]
        conn.execute(sql("add_evidence"), {"merchant": given["merchant"], "now": given["now"], "rows": msgspec.json.encode(filed).decode()})
    conn.execute("commit")
