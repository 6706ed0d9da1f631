"""Messages that were read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg


def read_case(conn: psycopg.Connection, merchant_id: str, case_id: str, reader: str, at: datetime) -> int:
    """All messages to this reader about one case are read; answers how many were not yet."""
    return conn.execute(
        "update notices set read_at = %s where merchant_id = %s and case_id = %s and reader = %s and read_at is null", (at, UUID(merchant_id), UUID(case_id), reader)
    ).rowcount


def read_compensations(conn: psycopg.Connection, merchant_id: str, order_id: str, reader: str, at: datetime) -> int:
    """All messages to this reader about compensation of one order are read; answers how many were not yet."""
    return conn.execute(
        "update notices set read_at = %s where merchant_id = %s and order_id = %s and reader = %s and compensation_id is not null and read_at is null",
        (at, UUID(merchant_id), UUID(order_id), reader),
    ).rowcount


def read_all(conn: psycopg.Connection, merchant_id: str, at: datetime, until: datetime) -> int:
    """Everything told to the merchant up to an instant is read; answers how many were not yet."""
    return conn.execute(
        "update notices set read_at = %s where merchant_id = %s and reader = 'merchant' and read_at is null and at <= %s", (at, UUID(merchant_id), until)
    ).rowcount
