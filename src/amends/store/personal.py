"""Personal data of buyers, read in full for who may see it (ST-10)."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_PARTS = "o.merchant_id::text as merchant_id, o.id::text as order_id, o.number, o.receiver, o.phone, o.province, o.city, o.district, o.detail"


def of_order(conn: psycopg.Connection, merchant_id: str | None, order_id: str) -> Row | None:
    """Receiver, phone and address of an order; `merchant_id` None reads for the platform."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(f"select {_PARTS} from orders o where o.id = %(id)s and (%(m)s::uuid is null or o.merchant_id = %(m)s)", {"id": order_id, "m": merchant_id})
        return cursor.fetchone()


def of_case(conn: psycopg.Connection, merchant_id: str | None, case_id: str) -> Row | None:
    """The same for the order a case is about."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"select {_PARTS} from cases c join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id"
            " where c.id = %(id)s and (%(m)s::uuid is null or c.merchant_id = %(m)s)",
            {"id": case_id, "m": merchant_id},
        )
        return cursor.fetchone()
