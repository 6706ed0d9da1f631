"""Orders as the desk and the API read them: the list by time, found by number, buyer, phone or waybill; one order with all that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.store.screens.order_work import Times
from amends.store.screens.order_work import work as work_of
from amends.store.screens.parcels import COLUMNS, ParcelRow

COUNTED_TO = 1000


@dataclass(slots=True)
class OrderRow:
    """A row of the list; amounts in minor units, instants UTC. `due_at`: what the list is about; `urges`: unanswered; `owed_minor`: not paid yet."""

    id: str
    number: str
    state: str
    buyer_id: str
    receiver: str | None
    phone: str | None
    currency: str
    paid_minor: int
    refunded_minor: int
    placed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    title: str
    pieces: int
    lines: int
    open_cases: int
    sub_state: str | None = None
    flag: str | None = None
    remarks: str = ""
    due_at: datetime | None = None
    urges: int = 0
    owed_minor: int = 0
    locked_until: datetime | None = None


@dataclass(slots=True)
class Order:
    """One order (OR-1)."""

    id: str
    number: str
    state: str
    sub_state: str | None
    version: int
    buyer_id: str
    buyer_level: int
    channel: str
    fulfilment_mode: str
    platform_delivery: bool
    currency: str
    freight_minor: int
    paid_minor: int
    refunded_minor: int
    receiver: str | None
    phone: str | None
    province: str | None
    city: str | None
    district: str | None
    detail: str | None
    placed_at: datetime
    paid_at: datetime | None
    promised_ship_by: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    completed_at: datetime | None
    remarks: str
    facts: dict[str, Any]
    flag: str | None
    parcel_count: int | None
    buyer_remark: str
    delivery_wish: str
    invoice: dict[str, Any]
    balance_due_at: datetime | None
    balance_reminded_at: datetime | None
    lock_id: str | None
    locked_until: datetime | None


@dataclass(slots=True)
class LineRow:
    """One line (OR-2)."""

    id: str
    position: int
    sku: str
    title: str
    category: str
    quantity: int
    unit_price_minor: int
    paid_minor: int
    coupon_minor: int
    points_used: int
    points_granted: int
    refunded_minor: int
    tags: list[str]
    gift: bool
    cancelled_quantity: int


@dataclass(slots=True)
class PaymentRow:
    """One payment and what went back of it."""

    id: str
    provider: str
    provider_ref: str
    method: str
    currency: str
    amount_minor: int
    refunded_minor: int
    paid_at: datetime


@dataclass(slots=True)
class CaseRow:
    """A case about this order."""

    id: str
    kind: str
    number: str
    state: str
    type: str | None
    sku: str | None
    opened_at: datetime
    closed_at: datetime | None


# Each way of finding is a list of ids of its own, so that each uses its own index.
_BY = ("number = %(text)s", "buyer_id = %(text)s", "phone = %(text)s", "phone_end = %(text)s")
_FOUND = " and o.id in (" + " union all ".join(f"select x.id from orders x where x.merchant_id = %(merchant)s and x.{by}" for by in _BY) + (
    " union all select p.order_id from parcels p where p.merchant_id = %(merchant)s and p.waybill = %(text)s)"
)
_ROWS = """
select o.id::text, o.number, o.state, o.buyer_id, o.receiver, o.phone, o.currency, o.paid_minor, o.refunded_minor, o.placed_at, o.shipped_at, o.delivered_at,
  o.receipt_confirmed_at, coalesce(l.title, '') as title, coalesce(l.pieces, 0)::int as pieces, coalesce(l.lines, 0)::int as lines,
  (select count(*) from cases c where c.merchant_id = o.merchant_id and c.order_id = o.id and c.closed_at is null)::int as open_cases,
  o.sub_state, o.flag, o.remarks, o.work_due as due_at, o.locked_until, greatest(0, coalesce(l.worth, 0) + o.freight_minor - o.paid_minor + o.refunded_minor) as owed_minor,
  (select count(*) from urges u where u.merchant_id = o.merchant_id and u.order_id = o.id and u.answered_at is null)::int as urges
from (select o.*, {due} as work_due from orders o where o.merchant_id = %(merchant)s {where} order by {order} limit %(limit)s) o
left join lateral (
  select (array_agg(x.title order by x.position))[1] as title, sum(x.quantity) as pieces, count(*) as lines, sum(x.paid_minor)::bigint as worth
  from order_lines x where x.merchant_id = o.merchant_id and x.order_id = o.id
) l on true
order by {outer}
"""


def _where(text: str, state: str, work: str = "", flag: str = "", times: Times | None = None) -> str:
    wanted = (_FOUND if text else "") + (" and o.state = %(state)s" if state else "") + (" and o.flag = %(flag)s" if flag else "")
    return wanted + (f" and {work_of(work, times).where}" if work else "")


def listed(
    conn: psycopg.Connection, merchant_id: str, *, text: str = "", state: str = "", work: str = "", flag: str = "", times: Times | None = None,
    after: tuple[datetime, str] | None = None, limit: int = 50,
) -> list[OrderRow]:
    """A page of orders, newest first; with `work` (a name of `order_work.WORK`, which needs `times`) those that need somebody, first due first.

    `text` is a whole number, buyer, phone (or its last four digits) or waybill; `after` the placing time (or the due time) and id of the row before.
    """
    at, id_ = after or (None, None)
    given = {"merchant": merchant_id, "text": text, "state": state, "flag": flag, "at": at, "id": id_, "limit": limit, **(times.given() if times else {})}
    due = work_of(work, times).due if work else "null::timestamptz"
    order, outer = (f"{due}, o.id", "o.work_due, o.id") if work else ("o.placed_at desc, o.id desc", "o.placed_at desc, o.id desc")
    where = _where(text, state, work, flag, times) + ((f" and ({due}, o.id) > (%(at)s, %(id)s)" if work else " and (o.placed_at, o.id) < (%(at)s, %(id)s)") if after else "")
    with conn.cursor(row_factory=class_row(OrderRow)) as cursor:
        return cursor.execute(_ROWS.format(where=where, due=due, order=order, outer=outer), given).fetchall()


def counted(conn: psycopg.Connection, merchant_id: str, *, text: str = "", state: str = "", work: str = "", flag: str = "", times: Times | None = None) -> int:
    """How many there are, counted no further than COUNTED_TO."""
    row = conn.execute(
        f"select count(*) from (select 1 from orders o where o.merchant_id = %(merchant)s {_where(text, state, work, flag, times)} limit {COUNTED_TO}) counted",
        {"merchant": merchant_id, "text": text, "state": state, "flag": flag, **(times.given() if times else {})},
    ).fetchone()
    return int(row[0]) if row else 0


def _all(conn: psycopg.Connection, kind: Any, query: str, *given: Any) -> list[Any]:
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, given).fetchall()


_ORDER = (
    "select id::text, number, state, sub_state, version, buyer_id, buyer_level, channel, fulfilment_mode, platform_delivery, currency, freight_minor, paid_minor, "
    "refunded_minor, receiver, phone, province, city, district, detail, placed_at, paid_at, promised_ship_by, shipped_at, delivered_at, receipt_confirmed_at, "
    "completed_at, remarks, facts, flag, parcel_count, buyer_remark, delivery_wish, invoice, balance_due_at, balance_reminded_at, lock_id::text, locked_until from orders where merchant_id = %s and "
)


def one(conn: psycopg.Connection, merchant_id: str, order_id: str) -> Order | None:
    """An order by its id."""
    found = _all(conn, Order, _ORDER + "id = %s", merchant_id, UUID(order_id))
    return found[0] if found else None


def by_number(conn: psycopg.Connection, merchant_id: str, number: str) -> Order | None:
    """An order by the number people see."""
    found = _all(conn, Order, _ORDER + "number = %s", merchant_id, number)
    return found[0] if found else None


def lines(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[LineRow]:
    """The lines of an order, in order."""
    return _all(
        conn, LineRow, "select id::text, position, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used, points_granted, "
        "refunded_minor, tags, gift, cancelled_quantity from order_lines where merchant_id = %s and order_id = %s order by position", merchant_id, order_id)


def payments(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[PaymentRow]:
    """The payments of an order, oldest first."""
    return _all(
        conn, PaymentRow, "select id::text, provider, provider_ref, method, currency, amount_minor, refunded_minor, paid_at from payments "
        "where merchant_id = %s and order_id = %s order by paid_at, id", merchant_id, order_id)


def parcels(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[ParcelRow]:
    """The parcels of an order with their traces, also one it shares with another order."""
    return _all(
        conn, ParcelRow, f"select {COLUMNS} from parcels p where p.merchant_id = %s and (p.order_id = %s "
        "or (p.direction = 'out' and (p.carrier, p.waybill) in (select w ->> 0, w ->> 1 from orders o, jsonb_array_elements(o.facts -> 'waybills') w "
        "where o.merchant_id = p.merchant_id and o.id = %s))) order by p.sent_at nulls last, p.id", merchant_id, order_id, order_id)


def cases(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[CaseRow]:
    """The cases about an order, newest first."""
    return _all(
        conn, CaseRow, "select id::text, kind, number, state, type, sku, opened_at, closed_at from cases where merchant_id = %s and order_id = %s "
        "order by opened_at desc, id desc", merchant_id, order_id)
