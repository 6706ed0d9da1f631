"""When one order was received, as somebody says: confirmed (OR-4), or dated by staff (OR-4a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Row = dict[str, Any]


def locked(conn: psycopg.Connection, merchant_id: str, order_id: str) -> Row | None:
    """The order as far as receipt goes, held until the transaction ends; `tz` is the merchant's wall clock."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select o.id::text, o.number, o.state, o.buyer_id, o.placed_at, o.delivered_at, o.receipt_confirmed_at, o.facts ->> 'received_on' as received_on, o.facts ->> 'received_on_why' as received_on_why, m.tz"
            " from orders o join merchants m on m.id = o.merchant_id where o.merchant_id = %s and o.id = %s for update of o", (UUID(merchant_id), order_id),
        ).fetchone()


def confirm(conn: psycopg.Connection, merchant_id: str, order_id: str, now: datetime, facts: Row) -> None:
    """Received now; `facts` say by whom."""
    conn.execute(
        "update orders set state = 'received', receipt_confirmed_at = %s, version = version + 1, facts = facts || %s where merchant_id = %s and id = %s",
        (now, Jsonb(facts), UUID(merchant_id), order_id),
    )


def date(conn: psycopg.Connection, merchant_id: str, order_id: str, facts: Row) -> None:
    """Another date of receipt, with its reason and who set it."""
    conn.execute("update orders set version = version + 1, facts = facts || %s where merchant_id = %s and id = %s", (Jsonb(facts), UUID(merchant_id), order_id))
