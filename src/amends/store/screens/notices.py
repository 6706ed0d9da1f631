"""Messages inside the product, as the merchant's people, a buyer and the platform read them. What one did oneself is no news and is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

COUNTED_TO = 100
"""Unread messages are counted so far; more is told as "99+"."""


@dataclass(slots=True)
class Notice:
    """One message, with what it is about as that stands now: a case, a compensation, or an order alone. `to`: the state that what it tells led to, None for reminders."""

    id: str
    merchant_id: str
    merchant: str
    case_id: str | None
    compensation_id: str | None
    order_id: str | None
    order_number: str
    case_number: str
    number: str
    event: str
    body: dict[str, Any]
    at: datetime
    read_at: datetime | None
    to: str | None
    state: str
    waits_on: str | None
    due_at: datetime | None
    type: str
    title: str
    kind: str


_NOTICE = """
select n.id::text, n.merchant_id::text, m.name as merchant, n.case_id::text, n.compensation_id::text, o.id::text as order_id, coalesce(o.number, '') as order_number, coalesce(c.number, '') as case_number,
  coalesce(k.number, c.number, o.number, '') as number, n.event, n.body, n.at, n.read_at, e.body ->> 'to' as to, coalesce(k.state, c.state, o.state, '') as state,
  c.waits_on, c.due_at, coalesce(c.type, '') as type, coalesce(c.kind, '') as kind, coalesce(l.title, c.facts ->> 'title', c.sku, (select x.title from order_lines x where x.merchant_id = o.merchant_id and x.order_id = o.id order by x.position limit 1), '') as title
from notices n
join merchants m on m.id = n.merchant_id
left join cases c on c.merchant_id = n.merchant_id and c.id = n.case_id
left join compensations k on k.merchant_id = n.merchant_id and k.id = n.compensation_id
left join orders o on o.merchant_id = n.merchant_id and o.id = coalesce(n.order_id, c.order_id)
left join events e on e.merchant_id = n.merchant_id and e.case_id = n.case_id and e.version = (n.body ->> 'version')::int
left join order_lines l on l.merchant_id = n.merchant_id and l.order_id = o.id and l.id = coalesce(k.line_id, c.line_id)
where e.actor_kind is distinct from n.reader"""


def _all(conn: psycopg.Connection, where: str, given: dict[str, Any]) -> list[Notice]:
    with conn.cursor(row_factory=class_row(Notice)) as cursor:
        return cursor.execute(f"{_NOTICE} and {where} order by n.at desc, n.id desc limit %(most)s", given).fetchall()


def of_merchant(conn: psycopg.Connection, merchant_id: str, after: tuple[datetime, str] | None, most: int) -> list[Notice]:
    """The merchant's messages, read or not, newest first; `after` is the last one seen (at, id)."""
    at, last = after or (None, None)
    where = "n.merchant_id = %(m)s and n.reader = 'merchant'" + (" and (n.at, n.id) < (%(at)s, %(last)s::uuid)" if after else "")
    return _all(conn, where, {"m": UUID(merchant_id), "at": at, "last": last, "most": most})


def of_buyer(conn: psycopg.Connection, merchant_id: str, buyer_id: str, most: int) -> list[Notice]:
    """What a buyer has not read yet of this merchant, newest first."""
    return _all(conn, "n.merchant_id = %(m)s and n.reader = 'buyer' and n.buyer_id = %(b)s and n.read_at is null", {"m": UUID(merchant_id), "b": buyer_id, "most": most})


def of_platform(conn: psycopg.Connection, most: int) -> list[Notice]:
    """What the platform has not read yet, of all merchants, newest first; PLATFORM scope."""
    return _all(conn, "n.reader = 'platform' and n.read_at is null", {"most": most})


def unread(conn: psycopg.Connection, merchant_id: str) -> int:
    """How many messages nobody of this merchant has read, at most COUNTED_TO."""
    row = conn.execute(
        "select count(*) from (select 1 from notices where merchant_id = %s and reader = 'merchant' and read_at is null limit %s) n", (UUID(merchant_id), COUNTED_TO)
    ).fetchone()
    return int(row[0]) if row else 0
