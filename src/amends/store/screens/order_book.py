"""Orders with their lines, payments and parcels, as the API shows them (OR-1, OR-2). Names, phones and addresses are not yet masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from amends.store.connect import Platform, Pool, Whose, scope

Row = dict[str, Any]
_COLUMNS: LiteralString = """o.id::text, o.merchant_id::text, o.number, o.state, o.sub_state, o.version, o.buyer_id, o.buyer_level, o.channel, o.fulfilment_mode,
  o.platform_delivery, o.currency, o.freight_minor, o.paid_minor, o.refunded_minor, o.receiver, o.phone, o.province, o.city, o.district, o.detail, o.placed_at,
  o.paid_at, o.promised_ship_by, o.shipped_at, o.delivered_at, o.receipt_confirmed_at, o.completed_at, o.remarks, o.flag, o.parcel_count, o.balance_due_at"""
_WHERE: dict[str, LiteralString] = {
    "number": "o.number = %(number)s", "buyer_id": "o.buyer_id = %(buyer_id)s", "state": "o.state = any(%(state)s)",
    "placed_from": "o.placed_at >= %(placed_from)s", "placed_to": "o.placed_at < %(placed_to)s",
}


@dataclass(slots=True)
class Wanted:
    """A list's filters by name (see `_WHERE`), and after which order it goes on."""

    filters: dict[str, Any] = field(default_factory=dict)
    after: tuple[datetime, str] | None = None
    limit: int = 50


def page(pool: Pool, whose: Whose, wanted: Wanted) -> list[Row]:
    """Orders, newest first, one more than `limit` if there are more."""
    where: list[LiteralString] = [_WHERE[name] for name in wanted.filters]
    given: dict[str, Any] = {**wanted.filters, "limit": wanted.limit + 1}
    if not isinstance(whose, Platform):
        where.append("o.merchant_id = %(merchant)s")
        given["merchant"] = whose
    if wanted.after:
        where.append("o.placed_at <= %(at)s and (o.placed_at < %(at)s or o.id > %(last)s)")
        given |= {"at": wanted.after[0], "last": wanted.after[1]}
    condition: LiteralString = " where " + " and ".join(where) if where else ""
    with scope(pool, whose) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select " + _COLUMNS + " from orders o" + condition + " order by o.placed_at desc, o.id limit %(limit)s", given).fetchall()


_LINES = """select id::text, sku, title, category, quantity, unit_price_minor, paid_minor, coupon_minor, points_used, points_granted, refunded_minor, tags, gift
  from order_lines where merchant_id = %(merchant)s and order_id = %(id)s order by position"""
_PAYMENTS = "select provider, provider_ref, method, currency, amount_minor, refunded_minor, paid_at from payments where merchant_id = %(merchant)s and order_id = %(id)s order by paid_at, id"
_PARCELS = "select direction, carrier, waybill, state, sent_at, signed_at, case_id::text from parcels where merchant_id = %(merchant)s and order_id = %(id)s order by sent_at, id"
_CASES = "select id::text, kind, number, state from cases where merchant_id = %(merchant)s and order_id = %(id)s order by opened_at, id"


def one(pool: Pool, merchant: str, order_id: str) -> tuple[Row, list[Row], list[Row], list[Row], list[Row]] | None:
    """An order, its lines, payments, parcels and cases; None when the merchant has no such order."""
    given = {"merchant": UUID(merchant), "id": order_id}
    with scope(pool, UUID(merchant)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select " + _COLUMNS + " from orders o where o.merchant_id = %(merchant)s and o.id = %(id)s", given).fetchone()
        rest = [cursor.execute(query, given).fetchall() for query in (_LINES, _PAYMENTS, _PARCELS, _CASES)] if row else []
    return None if row is None else (row, rest[0], rest[1], rest[2], rest[3])
