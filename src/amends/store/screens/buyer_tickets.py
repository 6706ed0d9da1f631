"""A buyer's own tickets: those the buyer opened, never those the platform or a regulator opened about the same order (05-tickets, UI-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row


@dataclass(slots=True)
class OwnTicket:
    """One of them. `closed_at`: when it ended; `facts` the ticket's own."""

    id: str
    number: str
    state: str
    version: int
    type: str
    asks: str
    title: str
    order_number: str
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    currency: str
    granted_minor: int
    unread: int
    facts: dict[str, Any]


_OWN = """select c.id::text, c.number, c.state, c.version, coalesce(c.type, '') as type, coalesce(c.expectation, '') as asks, coalesce(c.facts ->> 'title', '') as title,
    coalesce(o.number, '') as order_number, c.due_at, c.opened_at, c.closed_at, coalesce(c.currency, 'CNY') as currency, c.granted_minor,
    (select count(*) from messages m where m.merchant_id = c.merchant_id and m.case_id = c.id and m.actor_kind <> 'buyer' and m.read_at is null)::int as unread, c.facts
  from cases c left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  where c.merchant_id = %(m)s and c.kind = 'ticket' and c.buyer_id = %(b)s and c.facts ->> 'other_side' = 'buyer'"""


def own(conn: psycopg.Connection, merchant: str, buyer: str, order: str = "") -> list[OwnTicket]:
    """Open ones first, then newest first; of one order where it is named."""
    query = _OWN + (" and c.order_id = %(o)s" if order else "") + " order by c.closed_at is not null, c.opened_at desc, c.id desc limit 50"
    with conn.cursor(row_factory=class_row(OwnTicket)) as cursor:
        return cursor.execute(query, {"m": merchant, "b": buyer, "o": order or None}).fetchall()


def one(conn: psycopg.Connection, merchant: str, buyer: str, number: str) -> OwnTicket | None:
    """One by its number; None for one that is not there or not the buyer's."""
    with conn.cursor(row_factory=class_row(OwnTicket)) as cursor:
        return cursor.execute(_OWN + " and c.number = %(n)s", {"m": merchant, "b": buyer, "n": number}).fetchone()


def pictures(conn: psycopg.Connection, merchant: str, ids: list[str]) -> set[str]:
    """Of these files those that are pictures; the others are only saved."""
    query = "select id::text from files where merchant_id = %s and id = any(%s::uuid[]) and media_type like 'image/%%'"
    return {row[0] for row in conn.execute(query, (merchant, ids))} if ids else set()
