"""What the warehouse sees: parcels expected and signed, what a scan finds, parcels that match nothing (UI-3, SO-13, SO-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.core import parcels
from amends.store.connect import Pool, scope

OPEN = ("awaiting_return", "in_transit")
"""States in which a receipt can be registered."""

MOST = 50
CAP = 1000


@dataclass(slots=True)
class ExpectedRow:
    """A service order whose goods are on the way, or were found by a scan; `signed_at` when the carrier says it was signed for;
    `moving` is the parcel's own state, `expected_at` the day the carrier means to deliver it."""

    id: str
    number: str
    state: str
    type: str
    quantity: int
    title: str
    attributes: dict[str, Any]
    reason_zh: str
    reason_en: str
    due_at: datetime | None
    closed_at: datetime | None
    parcel_state: str | None
    carrier: str
    waybill: str
    signed_at: datetime | None
    order_number: str
    moving: str
    expected_at: datetime | None
    followed_at: datetime | None
    last_event_at: datetime | None
    clock: dict[str, Any] | None
    region: str

    @property
    def open(self) -> bool:
        """Whether it can be registered now."""
        return self.state in OPEN

    def flag(self, now: datetime) -> str:
        """lost, abnormal or silent, or "" when all is well with the parcel."""
        return parcels.trouble(self.moving, self.followed_at is not None, self.last_event_at or self.followed_at, now)


@dataclass(slots=True)
class UnclaimedRow:
    """A parcel that matched nothing; `guess` and `guess_id` name a service order it may belong to."""

    id: str
    carrier: str
    waybill: str
    sender: str
    phone: str
    description: str
    file_ids: list[str]
    at: datetime
    guess: str | None
    guess_id: str | None


@dataclass(slots=True)
class Dock:
    """The first page: what is awaited (a page of it), how many in all, of those signed and late, registered today, unclaimed."""

    rows: list[ExpectedRow]
    total: int
    signed: int
    late: int
    today: int
    unclaimed: list[UnclaimedRow]


_ROWS = """
select c.id::text, c.number, c.state, coalesce(c.type, '') as type, coalesce(c.quantity, 1) as quantity, coalesce(c.facts ->> 'title', c.sku, '') as title,
  coalesce(s.attributes, '{}') as attributes, coalesce(c.facts ->> 'reason_zh', c.reason, '') as reason_zh, coalesce(c.facts ->> 'reason_en', c.reason, '') as reason_en,
  c.due_at, c.closed_at, c.parcel_state, coalesce(p.carrier, c.facts -> 'parcel' ->> 'carrier', '') as carrier,
  coalesce(p.waybill, c.facts -> 'parcel' ->> 'waybill', '') as waybill, p.signed_at, coalesce(o.number, '') as order_number,
  coalesce(p.state, 'sent') as moving, p.expected_at, p.followed_at, p.last_event_at,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region
from ({picked}) c
left join skus s on s.merchant_id = %(m)s and s.sku = c.sku
left join orders o on o.merchant_id = %(m)s and o.id = c.order_id
left join lateral (select carrier, waybill, signed_at, state, expected_at, followed_at, last_event_at from parcels where merchant_id = %(m)s and case_id = c.id and direction = 'back' order by sent_at desc nulls last limit 1) p on true
order by {order}"""
_AWAITED = "select * from cases where merchant_id = %(m)s and state = 'in_transit' and closed_at is null order by parcel_state is distinct from 'signed', due_at, id limit 50"
_COUNTS = """
select (select count(*) from (select 1 from cases where merchant_id = %(m)s and state = 'in_transit' and closed_at is null limit 1000) n)::int,
  (select count(*) from (select 1 from cases where merchant_id = %(m)s and state = 'in_transit' and closed_at is null and parcel_state = 'signed' limit 1000) n)::int,
  (select count(*) from (select 1 from cases where merchant_id = %(m)s and state = 'in_transit' and closed_at is null and due_at <= %(now)s limit 1000) n)::int,
  (select count(*) from receipts where merchant_id = %(m)s and at >= %(day)s)::int"""
_FOUND = """
select * from cases where merchant_id = %(m)s and kind = 'service_order' and id in (
  select id from cases where merchant_id = %(m)s and kind = 'service_order' and number = %(upper)s
  union select c.id from applications a join cases c on c.merchant_id = %(m)s and c.order_id = a.order_id and c.application_id = a.id
    where a.merchant_id = %(m)s and a.number = %(upper)s
  union select c.id from orders o join cases c on c.merchant_id = %(m)s and c.order_id = o.id where o.merchant_id = %(m)s and o.number = %(text)s
  union select case_id from parcels where merchant_id = %(m)s and waybill = %(text)s and direction = 'back'
  union select c.id from parcels p join cases c on c.merchant_id = %(m)s and c.order_id = p.order_id and c.facts -> 'parcel' ->> 'waybill' = %(text)s
    where p.merchant_id = %(m)s and p.waybill = %(text)s
  union select c.id from orders o join cases c on c.merchant_id = %(m)s and c.order_id = o.id
    where %(end)s::text is not null and o.merchant_id = %(m)s and o.phone_end = %(end)s
  union select c.id from orders o join cases c on c.merchant_id = %(m)s and c.order_id = o.id
    where %(phone)s::text is not null and o.merchant_id = %(m)s and o.phone = %(phone)s
) order by (state = any(%(open)s)) desc, opened_at desc, id limit 50"""
_SIBLINGS = """
select b.* from cases a join cases b on b.merchant_id = %(m)s and b.order_id = a.order_id and b.application_id = a.application_id and b.id <> a.id
where a.merchant_id = %(m)s and a.id = %(c)s and b.state = any(%(open)s) and b.closed_at is null order by b.number limit 50"""
_UNCLAIMED = """
select u.id::text, u.carrier, u.waybill, coalesce(u.sender, '') as sender, coalesce(u.phone, '') as phone, u.description, u.file_ids::text[] as file_ids, u.at,
  g.number as guess, g.id::text as guess_id
from unclaimed_parcels u
left join lateral (
  select c.id, c.number from cases c join orders o on o.merchant_id = %(m)s and o.id = c.order_id
  where c.merchant_id = %(m)s and c.state = any(%(open)s) and c.closed_at is null
    and (o.phone_end = right(u.phone, 4) or c.id in (select case_id from parcels where merchant_id = %(m)s and waybill = u.waybill and u.waybill <> ''))
  order by c.opened_at limit 1) g on true
where u.merchant_id = %(m)s and u.matched_at is null {one} order by u.at, u.id limit 50"""


def dock(pool: Pool, merchant_id: str, now: datetime, day: datetime) -> Dock:
    """The first page of the warehouse; `day` is when the merchant's day began."""
    given = {"m": UUID(merchant_id), "now": now, "day": day, "open": list(OPEN)}
    with scope(pool, UUID(merchant_id)) as conn, conn.pipeline():
        rows = _ask(conn, ExpectedRow, _ROWS.replace("{picked}", _AWAITED).replace("{order}", "c.parcel_state is distinct from 'signed', c.due_at, c.id"), given)
        counts = conn.execute(_COUNTS, given)
        unclaimed = _ask(conn, UnclaimedRow, _UNCLAIMED.replace("{one}", ""), given)
        total, signed, late, today = counts.fetchone() or (0, 0, 0, 0)
        return Dock(rows.fetchall(), total, signed, late, today, unclaimed.fetchall())


def found_by(pool: Pool, merchant_id: str, text: str) -> list[ExpectedRow]:
    """Service orders by number, application, order, waybill, whole phone or its last four digits; those that can be registered first."""
    digits = "".join(c for c in text if c.isdigit())
    given = {
        "m": UUID(merchant_id), "open": list(OPEN), "text": text, "upper": text.upper(), "end": digits if len(text) == 4 and text.isdigit() else None,
        "phone": digits if len(digits) >= 7 and len(digits) == len(text) else None,
    }
    query = _ROWS.replace("{picked}", _FOUND).replace("{order}", "(c.state = any(%(open)s)) desc, c.number")
    with scope(pool, UUID(merchant_id)) as conn:
        found: list[ExpectedRow] = _ask(conn, ExpectedRow, query, given).fetchall()
    return found


def siblings(pool: Pool, merchant_id: str, case_id: str) -> list[ExpectedRow]:
    """Other service orders of the same application that still wait for their goods: they often come in one parcel."""
    given = {"m": UUID(merchant_id), "c": UUID(case_id), "open": list(OPEN)}
    with scope(pool, UUID(merchant_id)) as conn:
        found: list[ExpectedRow] = _ask(conn, ExpectedRow, _ROWS.replace("{picked}", _SIBLINGS).replace("{order}", "c.number"), given).fetchall()
    return found


def unclaimed_one(pool: Pool, merchant_id: str, unclaimed_id: str) -> UnclaimedRow | None:
    """One parcel that still waits for its owner."""
    given = {"m": UUID(merchant_id), "u": UUID(unclaimed_id), "open": list(OPEN)}
    with scope(pool, UUID(merchant_id)) as conn:
        found: UnclaimedRow | None = _ask(conn, UnclaimedRow, _UNCLAIMED.replace("{one}", "and u.id = %(u)s"), given).fetchone()
    return found


def _ask(conn: psycopg.Connection, kind: Any, query: str, given: dict[str, Any]) -> psycopg.Cursor[Any]:
    return conn.cursor(row_factory=class_row(kind)).execute(query, given)
