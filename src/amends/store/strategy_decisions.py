"""Decisions of strategies written outside of an act: what rows that look on would have done, and what was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from amends.store.alike import beside
from amends.store.queries import sql


def add(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Rows of `sql/strategy_decided.sql` in the caller's transaction; the same again adds nothing."""
    if rows:
        conn.execute(sql("strategy_decided"), {"merchant": UUID(merchant), "now": now, **beside("strategy_decided", rows)})
