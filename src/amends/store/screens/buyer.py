"""What a buyer sees: own orders, own cases, and what lies beside them. Every read names the merchant and the buyer (UI-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from amends.store.screens.parcels import COLUMNS, ParcelRow

ORDERS_A_PAGE = 20


@dataclass(slots=True)
class Shop:
    """The merchant as a buyer needs it."""

    name: str
    tz: str
    currency: str
    pack: str


@dataclass(slots=True)
class Proven:
    """An order as far as a phone proof looks at it."""

    merchant_id: str
    buyer_id: str
    phone: str | None
    receiver: str | None


@dataclass(slots=True)
class Line:
    """One line of an order; amounts in minor units."""

    id: str
    position: int
    sku: str
    title: str
    quantity: int
    paid_minor: int
    gift: bool
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Order:
    """One of the buyer's orders; amounts in minor units, instants UTC."""

    id: str
    number: str
    state: str
    currency: str
    paid_minor: int
    placed_at: datetime
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    receiver: str | None
    phone: str | None
    province: str | None
    city: str | None
    district: str | None
    detail: str | None
    titles: list[str] = field(default_factory=list)
    pieces: int = 0
    open_cases: int = 0

    @property
    def address(self) -> str:
        """Where it was delivered, in one line."""
        return " ".join(p for p in (f"{self.province or ''}{self.city or ''}{self.district or ''}{self.detail or ''}", self.receiver, self.phone) if p)


@dataclass(slots=True)
class CaseRow:
    """One of the buyer's cases in a list."""

    id: str
    number: str
    state: str
    type: str
    due_at: datetime | None
    waits_on: str | None
    opened_at: datetime
    closed_at: datetime | None
    order_number: str
    line_id: str | None
    title: str
    quantity: int
    granted_minor: int
    moved_minor: int
    currency: str
    unread: int
    kind: str
    kinds: int
    clock: dict[str, Any] | None
    region: str


@dataclass(slots=True)
class CasePage:
    """The whole of one case for its buyer. `facts` is the kind's own body; staff's notes and claims are not in here."""

    id: str
    number: str
    state: str
    version: int
    type: str
    expectation: str
    reason: str
    sku: str
    quantity: int
    quantity_received: int | None
    currency: str
    granted_minor: int
    moved_minor: int
    granted_at: datetime | None
    moved_at: datetime | None
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    order_id: str
    order_number: str
    application_id: str | None
    line_id: str | None
    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    kind: str = "service_order"


@dataclass(slots=True)
class Event:
    """One thing that happened, as written."""

    version: int
    name: str
    actor_kind: str
    at: datetime
    body: dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message of the talk between buyer and merchant."""

    id: str
    actor_kind: str
    actor_name: str | None
    body: str
    file_ids: list[str]
    at: datetime
    read_at: datetime | None


@dataclass(slots=True)
class Address:
    """Where goods go back to."""

    receiver: str
    phone: str
    place: str


@dataclass(slots=True)
class Refund:
    """Money on its way back by one payment; `state`: requested, moved, failed or cancelled."""

    provider: str
    method: str
    amount_minor: int
    state: str
    moved_at: datetime | None


def _all(conn: psycopg.Connection, kind: Any, query: str, given: dict[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query, given).fetchall()


def _one(conn: psycopg.Connection, kind: Any, query: str, given: dict[str, Any]) -> Any:
    rows = _all(conn, kind, query, given)
    return rows[0] if rows else None


def by_number(conn: psycopg.Connection, number: str) -> list[Proven]:
    """Orders of any merchant with this number; read in the platform's scope, before anybody has proved anything."""
    query = "select merchant_id::text, buyer_id, phone, receiver from orders where number = %(number)s limit 20"
    return _all(conn, Proven, query, {"number": number})


def shop(conn: psycopg.Connection, merchant_id: str) -> Shop | None:
    """The merchant itself."""
    found: Shop | None = _one(conn, Shop, "select name, tz, currency, pack_ref as pack from merchants where id = %(m)s", {"m": merchant_id})
    return found


_ORDER = """
select o.id::text, o.number, o.state, o.currency, o.paid_minor, o.placed_at, o.delivered_at, o.receipt_confirmed_at,
  o.receiver, o.phone, o.province, o.city, o.district, o.detail,
  l.titles, coalesce(l.pieces, 0)::int as pieces, coalesce(c.open_cases, 0)::int as open_cases
from orders o
left join lateral (select array_agg(title order by position) as titles, sum(quantity) as pieces
  from order_lines where merchant_id = %(m)s and order_id = o.id) l on true
left join lateral (select count(*) as open_cases from cases
  where merchant_id = %(m)s and order_id = o.id and buyer_id = %(b)s and closed_at is null) c on true
where o.merchant_id = %(m)s and o.buyer_id = %(b)s"""


def orders(conn: psycopg.Connection, merchant_id: str, buyer_id: str, before: tuple[datetime, str] | None = None) -> list[Order]:
    """Own orders, newest first, one page and one more; `before` is the last one seen (placed, id)."""
    query = _ORDER + (" and (o.placed_at, o.id) < (%(at)s, %(id)s::uuid)" if before else "") + " order by o.placed_at desc, o.id desc limit %(most)s"
    at, last = before or (None, None)
    return _all(conn, Order, query, {"m": merchant_id, "b": buyer_id, "at": at, "id": last, "most": ORDERS_A_PAGE + 1})


def order(conn: psycopg.Connection, merchant_id: str, buyer_id: str | None, number: str) -> Order | None:
    """One order by number; of this buyer, or of anybody when staff of the merchant ask (`buyer_id` None, SO-4)."""
    whose = _ORDER if buyer_id is not None else _ORDER.replace(" and buyer_id = %(b)s", "").replace(" and o.buyer_id = %(b)s", "")
    found: Order | None = _one(conn, Order, whose + " and o.number = %(n)s", {"m": merchant_id, "b": buyer_id, "n": number})
    return found


def lines(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[Line]:
    """Lines of an order that was found through its buyer."""
    query = """
select l.id::text, l.position, l.sku, l.title, l.quantity, l.paid_minor, l.gift, coalesce(s.attributes, '{}') as attributes
from order_lines l left join skus s on s.merchant_id = %(m)s and s.sku = l.sku
where l.merchant_id = %(m)s and l.order_id = %(o)s order by l.position"""
    return _all(conn, Line, query, {"m": merchant_id, "o": order_id})


_ROW = """
select c.id::text, c.number, c.state, coalesce(c.type, '') as type, c.due_at, c.waits_on, c.opened_at, c.closed_at,
  coalesce(o.number, '') as order_number, c.line_id::text, coalesce(l.title, c.facts ->> 'title', c.sku, '') as title, coalesce(c.quantity, 1) as quantity,
  c.granted_minor, c.moved_minor, coalesce(c.currency, 'CNY') as currency,
  (select count(*) from messages m where m.merchant_id = %(m)s and m.case_id = c.id and m.actor_kind <> 'buyer' and m.read_at is null)::int as unread, c.kind, coalesce((c.facts ->> 'kinds')::int, 1) as kinds,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region
from cases c
left join orders o on o.merchant_id = %(m)s and o.id = c.order_id
left join order_lines l on l.merchant_id = %(m)s and l.order_id = c.order_id and l.id = c.line_id
where c.merchant_id = %(m)s and c.buyer_id = %(b)s and c.kind in ('service_order', 'cancellation', 'dispute')"""


def open_cases(conn: psycopg.Connection, merchant_id: str, buyer_id: str) -> list[CaseRow]:
    """Own open cases: what waits for the buyer first, then by what is due next."""
    query = _ROW + " and c.closed_at is null order by (c.waits_on = 'buyer') desc nulls last, c.due_at nulls last, c.id limit 100"
    return _all(conn, CaseRow, query, {"m": merchant_id, "b": buyer_id})


def cases_of_order(conn: psycopg.Connection, merchant_id: str, buyer_id: str, order_id: str) -> list[CaseRow]:
    """Own cases of one order, newest first."""
    query = _ROW + " and c.order_id = %(o)s order by c.opened_at desc, c.id desc limit 100"
    return _all(conn, CaseRow, query, {"m": merchant_id, "b": buyer_id, "o": order_id})


def case(conn: psycopg.Connection, merchant_id: str, buyer_id: str, number: str) -> CasePage | None:
    """One own case by number; None for one that is not there or not the buyer's."""
    query = """
select c.id::text, c.number, c.state, c.version, coalesce(c.type, '') as type, coalesce(c.expectation, '') as expectation,
  coalesce(c.reason, '') as reason, coalesce(c.sku, '') as sku, coalesce(c.quantity, 1) as quantity, c.quantity_received,
  coalesce(c.currency, 'CNY') as currency, c.granted_minor, c.moved_minor, c.granted_at, c.moved_at, c.due_at, c.opened_at, c.closed_at,
  c.order_id::text, coalesce(o.number, '') as order_number, c.application_id::text, c.line_id::text,
  coalesce(l.title, c.facts ->> 'title', c.sku, '') as title, c.facts, c.kind
from cases c
left join orders o on o.merchant_id = %(m)s and o.id = c.order_id
left join order_lines l on l.merchant_id = %(m)s and l.order_id = c.order_id and l.id = c.line_id
where c.merchant_id = %(m)s and c.buyer_id = %(b)s and c.kind in ('service_order', 'cancellation', 'dispute') and c.number = %(n)s"""
    found: CasePage | None = _one(conn, CasePage, query, {"m": merchant_id, "b": buyer_id, "n": number})
    return found


def of_application(conn: psycopg.Connection, merchant_id: str, buyer_id: str, application_id: str) -> list[tuple[str, str]]:
    """Number and title of every service order of one application (SO-1)."""
    query = """
select c.number, coalesce(l.title, c.sku, '') from cases c
left join order_lines l on l.merchant_id = %(m)s and l.order_id = c.order_id and l.id = c.line_id
where c.merchant_id = %(m)s and c.buyer_id = %(b)s and c.application_id = %(a)s order by c.number"""
    return [(n, t) for n, t in conn.execute(query, {"m": merchant_id, "b": buyer_id, "a": application_id})]


def events(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[Event]:
    """What happened on a case that was found through its buyer, oldest first."""
    query = "select version, name, actor_kind, at, body from events where merchant_id = %(m)s and case_id = %(c)s order by version"
    return _all(conn, Event, query, {"m": merchant_id, "c": case_id})


def messages(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[Message]:
    """The talk, oldest first (SO-24)."""
    query = """
select id::text, actor_kind, actor_name, body, file_ids::text[] as file_ids, at, read_at from messages
where merchant_id = %(m)s and case_id = %(c)s order by at, id"""
    return _all(conn, Message, query, {"m": merchant_id, "c": case_id})


def parcels(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[ParcelRow]:
    """Parcels of the case in every direction."""
    query = f"select {COLUMNS} from parcels p where p.merchant_id = %(m)s and p.case_id = %(c)s order by p.sent_at nulls first, p.id"
    return _all(conn, ParcelRow, query, {"m": merchant_id, "c": case_id})


def number_of(conn: psycopg.Connection, merchant_id: str, case_id: str) -> str:
    """The number of a case; empty for one that is not there."""
    row = conn.execute("select number from cases where merchant_id = %s and id::text = %s", (merchant_id, case_id)).fetchone()
    return row[0] if row else ""


def order_parcels(conn: psycopg.Connection, merchant_id: str, order_id: str) -> list[ParcelRow]:
    """The parcels in which the order went out."""
    query = f"select {COLUMNS} from parcels p where p.merchant_id = %(m)s and p.order_id = %(o)s and p.direction = 'out' order by p.sent_at nulls first, p.id"
    return _all(conn, ParcelRow, query, {"m": merchant_id, "o": order_id})


def refunds(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[Refund]:
    """Where the money of a case goes back, one row for each payment (MO-3)."""
    query = """
select q.provider, coalesce(p.method, '') as method, q.amount_minor, q.state, q.moved_at from refund_requests q
left join payments p on p.merchant_id = %(m)s and p.id = q.payment_id where q.merchant_id = %(m)s and q.case_id = %(c)s order by q.requested_at, q.id"""
    return _all(conn, Refund, query, {"m": merchant_id, "c": case_id})


def return_address(conn: psycopg.Connection, merchant_id: str, address_id: str) -> Address | None:
    """Where the goods go back to, as chosen at review."""
    query = """
select receiver, phone, province || city || district || detail as place from addresses
where merchant_id = %(m)s and id::text = %(a)s"""
    found: Address | None = _one(conn, Address, query, {"m": merchant_id, "a": address_id})
    return found


def may_see_file(conn: psycopg.Connection, merchant_id: str, buyer_id: str, file_id: str) -> bool:
    """Whether a file is the buyer's own upload, belongs to an own application, lies on a message of an own case, or was filed as evidence there (DI-5)."""
    query = """
select exists (select 1 from files f where f.merchant_id = %(m)s and f.id = %(f)s
  and (f.uploaded_by = %(b)s or exists (select 1 from cases c where c.merchant_id = %(m)s and c.id = f.case_id and c.buyer_id = %(b)s and (c.kind <> 'ticket' or c.facts ->> 'other_side' = 'buyer')
    and (c.facts -> 'photos' @> to_jsonb(f.id::text)
      or exists (select 1 from messages g where g.merchant_id = %(m)s and g.case_id = c.id and f.id = any(g.file_ids))
      or exists (select 1 from evidence e where e.merchant_id = %(m)s and e.case_id = c.id and e.file_id = f.id)))))"""
    row = conn.execute(query, {"m": merchant_id, "b": buyer_id, "f": file_id}).fetchone()
    return bool(row and row[0])
