"""What opening a cancellation reads, under the order's lock, and writes."""

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
class OrderToCancel:
    """An order as a cancellation looks at it. `paid_methods`: how it was paid; empty: not paid here."""

    id: str
    number: str
    state: str
    buyer_id: str
    currency: str
    paid_minor: int
    platform_delivery: bool
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    province: str
    paid_methods: list[str]
    paid_at: datetime | None = None
    promised_ship_by: datetime | None = None


@dataclass(slots=True)
class LineToCancel:
    """A line, with the pieces that cancellations and service orders hold of it, and the open cancellation it is on."""

    id: str
    sku: str
    title: str
    category: str
    quantity: int
    paid_minor: int
    gift_of: str | None
    cancelled: int
    held: int
    open_case: str | None


@dataclass(slots=True)
class SeenToCancel:
    """Everything `see` found."""

    merchant: MerchantSeen
    order: OrderToCancel | None
    lines: list[LineToCancel]
    done: dict[str, Any] | None


_ORDER = """select o.id::text, o.number, o.state, o.buyer_id, o.currency, o.paid_minor, o.platform_delivery, o.shipped_at, o.delivered_at, o.receipt_confirmed_at,
    coalesce(o.province, '') as province, array(select p.method from payments p where p.merchant_id = o.merchant_id and p.order_id = o.id) as paid_methods,
    o.paid_at, o.promised_ship_by
  from orders o where o.merchant_id = %(merchant)s and o.id = %(order)s"""
# Held: by open cancellations (what was cancelled for good is counted on the line), and by service orders that were neither refused nor given up.
_LINES = """select l.id::text, l.sku, l.title, l.category, l.quantity, l.paid_minor, l.gift_of::text, l.cancelled_quantity as cancelled,
    (coalesce((select sum(x.quantity) from cancellation_lines x join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id
       where x.merchant_id = l.merchant_id and x.order_id = l.order_id and x.line_id = l.id and c.closed_at is null and c.state <> 'refunding'), 0)
     + coalesce((select sum(c.quantity) from cases c where c.merchant_id = l.merchant_id and c.order_id = l.order_id and c.line_id = l.id and c.kind = 'service_order'
       and c.state not in ('rejected', 'withdrawn', 'closed') and not (c.state = 'completed' and c.granted_minor = 0)), 0))::int as held,
    (select c.id::text from cancellation_lines x join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id
       where x.merchant_id = l.merchant_id and x.order_id = l.order_id and x.line_id = l.id and c.closed_at is null and c.state <> 'refunding' order by c.opened_at limit 1) as open_case
  from order_lines l where l.merchant_id = %(merchant)s and l.order_id = %(order)s order by l.position"""


def see(conn: psycopg.Connection, merchant: str, order: str, command: str | None, *, lock: bool) -> SeenToCancel:
    """Open a transaction in the merchant's scope and read; `lock` holds the order until it ends. The caller ends the transaction."""
    given = {"merchant": UUID(merchant), "order": UUID(order), "command": command}
    conn.execute("begin")
    conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
    with conn.cursor(row_factory=class_row(OrderToCancel)) as cursor:
        found = cursor.execute(_ORDER + (" for update" if lock else ""), given).fetchone()
    with conn.cursor(row_factory=class_row(LineToCancel)) as lines:
        rows = lines.execute(_LINES, given).fetchall()
    whose = conn.execute(f"select {COLUMNS} from merchants where id = %(merchant)s", given).fetchone()
    done = conn.execute("select answer from commands_done where merchant_id = %(merchant)s and command_id = %(command)s", given).fetchone() if command else None
    return SeenToCancel(merchant_of(whose), found, rows, done[0] if done else None)


def insert(conn: psycopg.Connection, given: dict[str, Any]) -> None:
    """Write a cancellation and commit. `facts`, `body`, `answer` and `alert` (None: there is none) are JSON; `lines` a list of line_id and quantity."""
    row = {**given, "event_text": given["event_id"], "fast_text": given["fast_id"], "lines": msgspec.json.encode(given["lines"]).decode(), **{name: Jsonb(given[name]) for name in ("facts", "body", "answer")}}
    row["why"] = Jsonb(given["why"]) if given.get("why") else None
    row["alert"] = Jsonb(given["alert"]) if given.get("alert") else None
    conn.execute(sql("insert_cancellation"), row)
    conn.execute("commit")


def number_and_state(conn: psycopg.Connection, merchant: str, case_id: str) -> tuple[str, str]:
    """Number and state of a case that is known to be there."""
    row = conn.execute("select number, state from cases where merchant_id = %s and id = %s", (UUID(merchant), case_id)).fetchone()
    return ("", "") if row is None else (row[0], row[1])
