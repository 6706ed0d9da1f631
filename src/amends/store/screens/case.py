"""Everything the page of a case shows, in one round trip (UI-2, SO-11)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.store.connect import Pool, scope
from amends.store.screens import case_rows as r
from amends.store.screens import disputes, parcels
from amends.store.screens.parcels import ParcelRow

RECENT = timedelta(days=30)

_CASE = """
select c.id::text, c.number, c.state, c.version, coalesce(c.type, '') as type, coalesce(c.expectation, '') as expectation, coalesce(c.reason, '') as reason, c.fault,
  coalesce(c.sku, '') as sku, coalesce(c.category, '') as category, coalesce(c.quantity, 1) as quantity, c.quantity_received, c.parcel_state, c.assignee::text,
  c.assigned_at, c.waits_on, c.due_at, c.granted_minor as granted, c.moved_minor as moved, coalesce(c.currency, 'CNY') as currency, c.granted_at, c.moved_at,
  c.opened_at, c.closed_at, c.application_id::text, a.number as application_number, c.order_id::text, c.line_id::text, coalesce(c.buyer_id, '') as buyer_id, c.facts, c.kind, coalesce(c.source, '') as source, c.erased_at
from cases c left join applications a on a.merchant_id = %(m)s and a.id = c.application_id
where c.merchant_id = %(m)s and c.id = %(c)s"""
_THIS = "from cases where merchant_id = %(m)s and id = %(c)s"
_ORDER_ID = f"(select order_id {_THIS})"
_ORDER = f"""
select id::text, number, state, buyer_level, channel, fulfilment_mode, platform_delivery, freight_minor as freight, paid_minor as paid, refunded_minor as refunded,
  coalesce(receiver, '') as receiver, coalesce(phone, '') as phone, coalesce(province, '') as province, coalesce(city, '') as city, coalesce(district, '') as district,
  coalesce(detail, '') as detail, placed_at, shipped_at, delivered_at, receipt_confirmed_at, remarks
from orders where merchant_id = %(m)s and id = {_ORDER_ID}"""
_LINES = f"""
select l.id::text, l.sku, l.title, l.quantity, l.unit_price_minor as unit_price, l.paid_minor as paid, l.refunded_minor as refunded, l.gift, l.tags,
  coalesce(s.attributes, '{{}}') as attributes
from order_lines l left join skus s on s.merchant_id = %(m)s and s.sku = l.sku
where l.merchant_id = %(m)s and l.order_id = {_ORDER_ID} order by l.position"""
_PAYMENTS = f"""
select provider, method, amount_minor as amount, refunded_minor as refunded, paid_at from payments where merchant_id = %(m)s and order_id = {_ORDER_ID} order by paid_at, id"""
_PARCELS = f"""
select {parcels.COLUMNS} from parcels p
where p.merchant_id = %(m)s and (p.case_id = %(c)s or (p.order_id = {_ORDER_ID} and p.direction = 'out' and p.case_id is null)) order by p.sent_at nulls first, p.id limit 50"""
_EVENTS = """
select version, name, actor_kind, actor_id, coalesce(actor_name, '') as actor_name, at, body, explanation from events
where merchant_id = %(m)s and case_id = %(c)s order by version desc limit 500"""
_MESSAGES = """
select actor_kind, coalesce(actor_name, '') as actor_name, body, file_ids::text[] as file_ids, at, read_at from messages
where merchant_id = %(m)s and case_id = %(c)s order by at desc, id desc limit 500"""
_NOTES = "select person_name, side, body, at from notes where merchant_id = %(m)s and case_id = %(c)s order by at desc, id desc limit 200"
_FILES = """
select id::text, encode(sha256, 'hex') as sha256, media_type, size, uploaded_by, at from files where merchant_id = %(m)s and case_id = %(c)s order by at, id limit 200"""
_RECEIPTS = """
select quantity, outcome, packaging, appearance, function, accessories_complete, disposition, coalesce(inspector_name, '') as inspector_name, file_ids::text[] as file_ids, note, at
from receipts where merchant_id = %(m)s and case_id = %(c)s order by at desc, id desc"""
_RATING = "select score, text, at, first_score, improved_at, answer, answered_at from ratings where merchant_id = %(m)s and case_id = %(c)s"
_OTHERS = f"""
select o.id::text, o.kind, o.number, o.state, coalesce(o.type, '') as type, coalesce(o.quantity, 1) as quantity, o.opened_at,
  coalesce(o.application_id = (select application_id {_THIS}), false) as same_application
from cases o where o.merchant_id = %(m)s and o.order_id = {_ORDER_ID} and o.id <> %(c)s order by o.opened_at desc, o.id desc limit 20"""
_HISTORY = f"""
with b as (select buyer_id {_THIS}), k as (
  select kind, granted_minor, opened_at, order_id, id from cases where merchant_id = %(m)s and buyer_id = (select buyer_id from b)
)
select (count(*) filter (where kind = 'service_order' and opened_at > %(recent)s))::int as recent, (count(*) filter (where kind = 'service_order'))::int as cases,
  (count(*) filter (where granted_minor > 0))::int as refunded, (count(*) filter (where kind = 'dispute'))::int as disputes,
  (select count(*) from orders where merchant_id = %(m)s and buyer_id = (select buyer_id from b))::int as orders,
  (count(distinct order_id) filter (where granted_minor > 0))::int as orders_refunded, max(opened_at) filter (where id <> %(c)s) as last_at
from k"""
_STOCK = f"""
with mine as (select s.sku, s.product from skus s where s.merchant_id = %(m)s and s.sku = (select sku {_THIS})),
near as (select sku from mine union select s.sku from mine join skus s on s.merchant_id = %(m)s and s.product = mine.product where mine.product <> '')
select s.sku, s.title, s.price_minor as price, s.attributes, k.on_hand, coalesce(k.held, 0) as held, coalesce(k.own, 0) as own, k.until
from near join skus s on s.merchant_id = %(m)s and s.sku = near.sku cross join mine
left join lateral (
  select k.on_hand, k.held - coalesce(h.quantity, 0) as held, h.quantity as own, h.expires_at as until from stock k
  left join holds h on h.merchant_id = %(m)s and h.case_id = %(c)s and h.sku = k.sku and h.warehouse = k.warehouse and h.ended_at is null
  where k.merchant_id = %(m)s and k.sku = s.sku order by h.quantity is null, k.on_hand - k.held + coalesce(h.quantity, 0) desc, k.warehouse limit 1
) k on true
where s.active or s.sku = mine.sku order by s.sku <> mine.sku, s.sku limit 60"""
_REQUESTS = """
select q.id::text, q.provider, coalesce(p.method, '') as method, q.amount_minor as amount, q.state, q.reference, q.requested_at, q.moved_at,
  q.attempt, coalesce(q.failure_words, q.failure_code, '') as failure from refund_requests q
left join payments p on p.merchant_id = %(m)s and p.id = q.payment_id where q.merchant_id = %(m)s and q.case_id = %(c)s order by q.requested_at, q.id"""
_EFFECTS = """
select effect, due_at, attempts, dead_at, last_error from outbox where merchant_id = %(m)s and case_id = %(c)s and done_at is null
order by dead_at nulls last, due_at, id limit 20"""
_ADDRESSES = """
select id::text, label, receiver, phone, concat(province, city, district, detail) as place, is_default from addresses
where merchant_id = %(m)s and active order by is_default desc, label"""
_COLLEAGUES = "select id::text, name from people where merchant_id = %(m)s and active order by name, id limit 200"
_CLOCKS = "select name, due_at, remind_at from clocks where merchant_id = %(m)s and case_id = %(c)s order by due_at nulls last"


@dataclass(slots=True)
class CaseSeen:
    """The whole page; lists newest first where they tell a story."""

    order: OrderOf
    lines: list[r.LineRow]
    payments: list[r.PaymentRow]
    parcels: list[ParcelRow]
    events: list[r.EventRow]
    messages: list[r.MessageRow]
    notes: list[r.NoteRow]
    files: dict[str, r.FileRow]
    receipts: list[r.ReceiptRow]
    rating: r.RatingRow | None
    others: list[r.OtherRow]
    history: r.HistoryRow
    stock: list[r.StockRow]
    requests: list[r.RequestRow]
    effects: list[r.EffectRow]
    addresses: list[r.AddressRow]
    colleagues: list[r.ColleagueRow]
    clocks: list[r.ClockRow]
    evidence: list[disputes.Piece]
    case: r.CaseRow

    @property
    def line(self) -> r.LineRow | None:
        """The line the case is about; a case of several has none."""
        return next((line for line in self.lines if line.id == self.case.line_id), None)


OrderOf = r.OrderRow | None
_READS: tuple[tuple[str, Any, str], ...] = (
    ("order", r.OrderRow, _ORDER), ("lines", r.LineRow, _LINES), ("payments", r.PaymentRow, _PAYMENTS), ("parcels", ParcelRow, _PARCELS),
    ("events", r.EventRow, _EVENTS), ("messages", r.MessageRow, _MESSAGES), ("notes", r.NoteRow, _NOTES), ("files", r.FileRow, _FILES),
    ("receipts", r.ReceiptRow, _RECEIPTS), ("rating", r.RatingRow, _RATING), ("others", r.OtherRow, _OTHERS), ("history", r.HistoryRow, _HISTORY),
    ("stock", r.StockRow, _STOCK), ("requests", r.RequestRow, _REQUESTS), ("effects", r.EffectRow, _EFFECTS), ("addresses", r.AddressRow, _ADDRESSES),
    ("colleagues", r.ColleagueRow, _COLLEAGUES), ("clocks", r.ClockRow, _CLOCKS), ("evidence", disputes.Piece, disputes.EVIDENCE), ("case", r.CaseRow, _CASE),
)
_ONE = frozenset({"order", "rating", "history", "case"})


def read_case(pool: Pool, merchant_id: str, case_id: str, now: datetime) -> CaseSeen | None:
    """The page of one case of this merchant; None when there is none. `now` bounds the buyer's recent history."""
    given = {"m": UUID(merchant_id), "c": UUID(case_id), "recent": now - RECENT}
    with scope(pool, UUID(merchant_id)) as conn, conn.pipeline():
        cursors = {name: _ask(conn, kind, query, given) for name, kind, query in _READS}
        found: dict[str, Any] = {name: cursor.fetchone() if name in _ONE else cursor.fetchall() for name, cursor in cursors.items()}
    if found["case"] is None:
        return None
    found["files"] = {f.id: f for f in found["files"]}
    return CaseSeen(**found)


def _ask(conn: psycopg.Connection, kind: Any, query: str, given: dict[str, Any]) -> psycopg.Cursor[Any]:
    return conn.cursor(row_factory=class_row(kind)).execute(query, given)


assert {f.name for f in fields(CaseSeen)} == {name for name, _, _ in _READS}
