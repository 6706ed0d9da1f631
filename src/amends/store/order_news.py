"""What becomes of orders is told to their open cancellations, in the transaction that changes the order (CA-2, CA-3, CA-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg

SHIPPED, RECEIVED = "order_shipped", "order_received"
_TELL = """insert into outbox (merchant_id, id, case_id, effect, body, due_at)
  select %(merchant)s, gen_random_uuid(), c.id, 'tell_cancellation', jsonb_build_object('event', %(event)s::text, 'command', md5(c.id::text || %(event)s)), %(now)s
  from cases c where c.merchant_id = %(merchant)s and c.order_id = any(%(orders)s::uuid[]) and c.kind = 'cancellation' and c.closed_at is null and c.state <> 'refunding'"""


def shipped(conn: psycopg.Connection, merchant: str, order_ids: Sequence[str], now: datetime) -> int:
    """These orders have just been shipped; answers how many cancellations will hear of it. The caller holds the orders."""
    return _tell(conn, merchant, order_ids, SHIPPED, now)


def received(conn: psycopg.Connection, merchant: str, order_ids: Sequence[str], now: datetime) -> int:
    """Receipt of these orders has just been confirmed; answers how many cancellations will hear of it. The caller holds the orders."""
    return _tell(conn, merchant, order_ids, RECEIVED, now)


def _tell(conn: psycopg.Connection, merchant: str, order_ids: Sequence[str], event: str, now: datetime) -> int:
    return conn.execute(_TELL, {"merchant": UUID(merchant), "orders": list(order_ids), "event": event, "now": now}).rowcount if order_ids else 0
