"""Requests for money that goes back because an order became cheaper (OR-7): of no case, of one change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg


def add(conn: psycopg.Connection, merchant: str, change: str, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Rows: id, order, payment, provider, key, amount, currency. The same change asks once."""
    conn.execute(
        "insert into refund_requests (merchant_id, id, kind, change_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
        " select %(m)s, x.id, 'refund', %(change)s, x.\"order\", x.payment, x.provider, x.key, x.amount, x.currency, 'requested', %(now)s"
        " from json_to_recordset(%(rows)s) as x(id uuid, \"order\" uuid, payment uuid, provider text, key text, amount bigint, currency text) on conflict do nothing",
        {"m": UUID(merchant), "change": change, "now": now, "rows": msgspec.json.encode(rows).decode()},
    )
