"""What an application reads and writes: the order under its lock, its lines, what its lines are asked for already (SO-3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of
from amends.store.queries import sql
from amends.store.wire import ask, pipe


@dataclass(slots=True)
class OrderSeen:
    """An order as an application looks at it; instants UTC."""

    id: str
    number: str
    state: str
    buyer_id: str
    currency: str
    platform_delivery: bool
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    province: str
    facts: dict[str, Any]
    mode: str = "SOP"


@dataclass(slots=True)
class LineSeen:
    """A line of it, and the service orders (id, number, state, quantity, pieces with the buyer again) it is on, oldest first."""

    id: str
    sku: str
    title: str
    category: str
    quantity: int
    paid_minor: int
    tags: list[str]
    gift: bool
    facts: dict[str, Any]
    claims: list[tuple[str, str, str, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Seen:
    """Everything `see` found."""

    merchant: MerchantSeen
    order: OrderSeen | None
    lines: dict[str, LineSeen]
    done: dict[str, Any] | None
    photos: set[str]


_ORDER = """select id::text, number, state, buyer_id, currency, platform_delivery, delivered_at, receipt_confirmed_at, coalesce(province, ''), facts, fulfilment_mode
  from orders where merchant_id = %(merchant)s and id = %(order)s"""
_LINES = "select id::text, sku, title, category, quantity, paid_minor, tags, gift, facts from order_lines where merchant_id = %(merchant)s and order_id = %(order)s order by position"
_CLAIMS = """select line_id::text, id::text, number, state, quantity,
    case when state = 'completed' and granted_minor = 0 then quantity else 0 end
  from cases where merchant_id = %(merchant)s and order_id = %(order)s and kind = 'service_order'
  union all select x.line_id::text, c.id::text, c.number, 'completed', x.quantity, 0 from cancellation_lines x join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id
  where x.merchant_id = %(merchant)s and x.order_id = %(order)s and (c.state in ('refunding', 'refunded') or c.facts ->> 'ended' = 'unpaid') order by 2"""
"""Ids grow with time. Pieces that were cancelled are given up for good (CA-7): they count as those of a service order that has ended."""
_DONE = "select answer from commands_done where merchant_id = %(merchant)s and command_id = %(command)s"
_PHOTOS = "select id::text from files where merchant_id = %(merchant)s and id::text = any(%(photos)s) and case_id is null"


def see(conn: psycopg.Connection, merchant: str, order: str, *, command: str | None = None, photos: list[str] | None = None, lock: bool = False) -> Seen:
    """Open a transaction in the merchant's scope and read; `lock` holds the order until it ends. The caller ends the transaction."""
    given = {"merchant": UUID(merchant), "order": UUID(order), "command": command, "photos": photos or []}
    with pipe(conn) as conn:
        conn.execute("begin")
        # Every statement finds its rows by ids: planned once, whatever their number.
        conn.execute("select set_config('amends.merchant', %(merchant)s, true), set_config('plan_cache_mode', 'force_generic_plan', true)", {"merchant": merchant})
        found = conn.execute(_ORDER + (" for update" if lock else ""), given)
        lines = conn.execute(_LINES, given)
        claims = conn.execute(_CLAIMS, given)
        whose = conn.execute(f"select {COLUMNS} from merchants where id = %(merchant)s", given)
        done = conn.execute(_DONE, given) if command else None
        pictures = conn.execute(_PHOTOS, given) if photos else None
    row, before, merchant_row = found.fetchone(), done.fetchone() if done else None, whose.fetchone()
    by_id = {r[0]: LineSeen(*r) for r in lines.fetchall()}
    for line, *claim in claims.fetchall():
        if line in by_id:
            by_id[line].claims.append(tuple(claim))
    return Seen(
        merchant_of(merchant_row), OrderSeen(*row) if row else None, by_id, before[0] if before else None,
        {r[0] for r in pictures.fetchall()} if pictures else set(),
    )


def next_numbers(conn: psycopg.Connection, merchant: str, prefix: str, year: int, many: int) -> list[str]:
    """The next `many` short numbers of a year: S-2026-000123."""
    row = ask(
        conn,
        "insert into counters as c (merchant_id, prefix, year, last) values (%(m)s, %(p)s, %(y)s, %(n)s)"
        " on conflict (merchant_id, prefix, year) do update set last = c.last + excluded.last returning last",
        {"m": UUID(merchant), "p": prefix, "y": year, "n": many},
    )
    last = int(row[0][0]) if row else many
    return [f"{prefix}-{year}-{n:06d}" for n in range(last - many + 1, last + 1)]


def insert(conn: psycopg.Connection, given: dict[str, Any]) -> None:
    """Write an application and commit. `cases` and `photos` are lists of rows, `beside` queries with their rows; the rest are single values."""
    encode = msgspec.json.encode
    beside = given["beside"]
    given = {**given, "cases": encode(given["cases"]).decode(), "photos": encode(given["photos"]).decode(), "answer": encode(given["answer"]).decode()}
    with pipe(conn) as conn:
        conn.execute(sql("insert_cases"), given)
        for name, rows in beside:
            conn.execute(sql(name), {"merchant": given["merchant"], "now": given["now"], "rows": encode(rows).decode()})
        conn.execute("commit")
