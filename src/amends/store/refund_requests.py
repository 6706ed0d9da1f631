"""Refund requests (MO-3): one for each payment the money goes back by, under a key that is used once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg


def payments_of(conn: psycopg.Connection, merchant: str, order_id: str) -> list[tuple[str, str, str, int, int]]:
    """Payments of an order, oldest first, locked: id, provider, reference, amount, minor units asked back already (failed and cancelled left out)."""
    conn.execute("select 1 from orders where merchant_id = %s and id = %s for update", (UUID(merchant), order_id))
    return conn.execute(
        "select p.id::text, p.provider, p.provider_ref, p.amount_minor, coalesce((select sum(r.amount_minor) from refund_requests r"
        " where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.state in ('requested', 'moved')), 0)::bigint"
        " from payments p where p.merchant_id = %s and p.order_id = %s order by p.paid_at, p.id",
        (UUID(merchant), order_id),
    ).fetchall()


def add(conn: psycopg.Connection, merchant: str, row: dict[str, Any], now: datetime) -> bool:
    """Write one request; false if its key was used before."""
    return conn.execute(
        "insert into refund_requests (merchant_id, id, case_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
        " values (%(m)s, %(id)s, %(case)s, %(order)s, %(payment)s, %(provider)s, %(key)s, %(amount)s, %(currency)s, 'requested', %(now)s) on conflict (merchant_id, key) do nothing",
        {**row, "m": UUID(merchant), "now": now},
    ).rowcount == 1


def granted_of(conn: psycopg.Connection, merchant: str, case_id: str) -> tuple[int, int]:
    """What a case has granted, and what of it has been asked of providers (minor units)."""
    row = conn.execute(
        "select granted_minor, coalesce((select sum(amount_minor) from refund_requests r where r.merchant_id = c.merchant_id and r.case_id = c.id and r.state in ('requested', 'moved')), 0)::bigint"
        " from cases c where c.merchant_id = %s and c.id = %s", (UUID(merchant), case_id),
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])
