"""Everything a dossier tells of a case, in one round trip and without limits (DI-10). Rows as they are stored; masking and words are the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_THIS = "from cases where merchant_id = %(m)s and id = %(c)s"
_PARENT = f"(select coalesce(parent_id, (nullif(facts ->> 'parent_id', ''))::uuid) {_THIS})"
_CASE = """
select c.id::text, c.kind, c.number, c.state, c.version, c.type, c.expectation, c.reason, c.fault, c.sku, c.quantity, c.quantity_received, c.line_id::text, c.order_id::text, c.parent_id::text,
  c.buyer_id, c.granted_minor, c.moved_minor, coalesce(c.currency, 'CNY') as currency, c.opened_at, c.closed_at, c.source, c.facts, m.name as merchant, m.tz
from cases c join merchants m on m.id = c.merchant_id where c.merchant_id = %(m)s and c.id = %(c)s"""
_ORDER = f"""
select number, state, placed_at, paid_at, shipped_at, delivered_at, receipt_confirmed_at, paid_minor, freight_minor, refunded_minor, coalesce(receiver, '') as receiver, coalesce(phone, '') as phone,
  concat(province, city, district, detail) as address from orders where merchant_id = %(m)s and id = (select order_id {_THIS})"""
_LINES = f"""
select id::text, sku, title, quantity, unit_price_minor, paid_minor, refunded_minor from order_lines where merchant_id = %(m)s and order_id = (select order_id {_THIS}) order by position"""
_PAYMENTS = f"""
select provider, method, amount_minor, currency, refunded_minor, paid_at, provider_ref from payments where merchant_id = %(m)s and order_id = (select order_id {_THIS}) order by paid_at, id"""
_REQUESTS = """
select q.provider, coalesce(p.method, '') as method, q.amount_minor, q.currency, q.state, q.reference, q.requested_at, q.moved_at, q.kind from refund_requests q
left join payments p on p.merchant_id = q.merchant_id and p.id = q.payment_id
where q.merchant_id = %(m)s and q.case_id = %(c)s order by q.requested_at, q.id"""
_GIVEN = """
select kind, state, medium, amount_minor, currency, asked_at, paid_at, number from compensations where merchant_id = %(m)s and case_id = %(c)s and amount_minor > 0 order by asked_at, id"""
_PARCELS = f"""
select p.id::text, p.direction, p.carrier, p.waybill, p.state, p.sent_at, p.signed_at,
  (select coalesce(json_agg(json_build_object('at', e.at, 'words', e.words, 'place', e.place) order by e.at, e.key), '[]') from parcel_events e
   where e.merchant_id = p.merchant_id and e.parcel_id = p.id) as trace
from parcels p where p.merchant_id = %(m)s and (p.case_id = %(c)s or (p.order_id = (select order_id {_THIS}) and p.direction = 'out' and p.case_id is null)
  or p.case_id = {_PARENT}) order by p.sent_at nulls last, p.id"""
_EVENTS = """
select version, name, command_id::text, actor_kind, actor_id, actor_name, at, body, explanation from events where merchant_id = %(m)s and case_id = %(c)s order by version"""
_MESSAGES = "select actor_kind, actor_name, body, file_ids::text[] as file_ids, at, read_at from messages where merchant_id = %(m)s and case_id = %(c)s order by at, id"
_FILES = f"""
select f.id::text, encode(f.sha256, 'hex') as sha256, f.media_type, f.size, f.uploaded_by, f.at, c.number from files f join cases c on c.merchant_id = f.merchant_id and c.id = f.case_id
where f.merchant_id = %(m)s and f.case_id in (%(c)s, {_PARENT}) order by f.at, f.id"""
_FILED = f"""
select file_id::text, n, side, kind, words, encode(sha256, 'hex') as sha256, actor_name, at from evidence where merchant_id = %(m)s and case_id in (%(c)s, {_PARENT}) order by at, n"""
_RECEIPTS = """
select quantity, outcome, packaging, appearance, function, accessories_complete, disposition, coalesce(inspector_name, '') as inspector_name, note, at
from receipts where merchant_id = %(m)s and case_id = %(c)s order by at, id"""
_OTHERS = f"""
select o.id::text, o.kind, o.number, o.state, o.opened_at, o.closed_at, o.granted_minor, o.moved_minor, coalesce(o.facts -> 'photos', '[]') as photos, coalesce(o.id = {_PARENT}, false) as under, o.facts ->> 'other_side' as other_side
from cases o where o.merchant_id = %(m)s and o.id <> %(c)s and (o.order_id = (select order_id {_THIS}) or o.id = {_PARENT} or o.parent_id = %(c)s)
order by under desc, o.opened_at, o.id limit 50"""
_UNDER = f"""
select version, name, actor_kind, actor_name, at, body from events where merchant_id = %(m)s and case_id = {_PARENT} order by version"""
_READS: dict[str, str] = {
    "case": _CASE, "order": _ORDER, "lines": _LINES, "payments": _PAYMENTS, "requests": _REQUESTS, "given": _GIVEN, "parcels": _PARCELS, "events": _EVENTS, "messages": _MESSAGES,
    "files": _FILES, "filed": _FILED, "receipts": _RECEIPTS, "others": _OTHERS, "under": _UNDER,
}


@dataclass(slots=True)
class CaseRows:
    """What was read. Lists are oldest first."""

    case: Row
    order: Row | None
    lines: list[Row]
    payments: list[Row]
    requests: list[Row]
    given: list[Row]
    parcels: list[Row]
    events: list[Row]
    messages: list[Row]
    files: list[Row]
    filed: list[Row]
    receipts: list[Row]
    others: list[Row]
    under: list[Row]


def read(conn: psycopg.Connection, merchant_id: str, case_id: str) -> CaseRows | None:
    """One case of this merchant with all that lies beside it; None when there is none."""
    given = {"m": UUID(merchant_id), "c": UUID(case_id)}
    with conn.pipeline():
        cursors = {name: conn.cursor(row_factory=dict_row).execute(query, given) for name, query in _READS.items()}
        found: dict[str, Any] = {name: cursor.fetchall() for name, cursor in cursors.items()}
    if not found["case"]:
        return None
    found["case"], found["order"] = found["case"][0], found["order"][0] if found["order"] else None
    return CaseRows(**found)


def of_buyer(conn: psycopg.Connection, merchant_id: str, buyer_id: str, number: str) -> tuple[str, str] | None:
    """Id and kind of this buyer's case by the number people know, of whatever kind; None for another's, and for a ticket between platform and merchant."""
    query = "select id::text, kind from cases where merchant_id = %s and buyer_id = %s and number = %s and (kind <> 'ticket' or facts ->> 'other_side' = 'buyer')"
    row = conn.execute(query, (UUID(merchant_id), buyer_id, number)).fetchone()
    return None if row is None else (row[0], row[1])
