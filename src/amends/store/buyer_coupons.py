"""Coupons of buyers, as their shop tells of them (DE-5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_COLUMNS = "c.id::text, c.code, c.buyer_id, c.title, c.kind, c.amount_minor, c.minimum_minor, c.currency, c.valid_from, c.valid_until, c.order_id::text, c.used_at, o.number as order_number"
_FROM = " from coupons c left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id where c.merchant_id = %(m)s"


def held(conn: psycopg.Connection, merchant: str, codes: Sequence[str]) -> dict[str, Row]:
    """These coupons by code, held until the transaction ends."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"select {_COLUMNS}{_FROM} and c.code = any(%(codes)s) order by c.code for update of c", {"m": UUID(merchant), "codes": list(codes)}).fetchall()
    return {row["code"]: row for row in rows}


def orders(conn: psycopg.Connection, merchant: str, numbers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and buyer of orders by number."""
    rows = conn.execute("select number, id::text, buyer_id from orders where merchant_id = %s and number = any(%s)", (UUID(merchant), list(numbers))).fetchall()
    return {number: (id, buyer) for number, id, buyer in rows}


def put(conn: psycopg.Connection, merchant: str, row: Row) -> bool:
    """Write one as told; false when another told of the same code at this moment. Row: id, code, buyer_id, title, kind, amount, minimum, currency, valid_from, valid_until, order, used_at."""
    return conn.execute(
        "insert into coupons (merchant_id, id, code, buyer_id, title, kind, amount_minor, minimum_minor, currency, valid_from, valid_until, order_id, used_at)"
        " values (%(m)s, %(id)s, %(code)s, %(buyer_id)s, %(title)s, %(kind)s, %(amount)s, %(minimum)s, %(currency)s, %(valid_from)s, %(valid_until)s, %(order)s, %(used_at)s)"
        " on conflict (merchant_id, code) do update set buyer_id = excluded.buyer_id, title = excluded.title, kind = excluded.kind, amount_minor = excluded.amount_minor,"
        " minimum_minor = excluded.minimum_minor, currency = excluded.currency, valid_from = excluded.valid_from, valid_until = excluded.valid_until, order_id = excluded.order_id,"
        " used_at = coalesce(coupons.used_at, excluded.used_at) where coupons.id = excluded.id", {**row, "m": UUID(merchant)},
    ).rowcount == 1

