"""Writing the ledger (MO-4): movements with their entries, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.queries import sql


def post(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> bool:
    """Rows as `engine.posting.row` makes them; one that was posted before is left alone. True if any of them is new. Raises psycopg.errors.CheckViolation if one is not balanced."""
    if not rows:
        return False
    return conn.execute(sql("post_ledger"), {"merchant": UUID(merchant), "now": now, "rows": msgspec.json.encode(rows).decode()}).rowcount > 0


def balance(conn: psycopg.Connection, merchant: str, account: str, currency: str) -> int:
    """Minor units in one account now; 0 when nothing was ever posted to it."""
    row = conn.execute(
        "select balance_minor from ledger_balances where merchant_id = %s and account = %s and currency = %s", (UUID(merchant), account, currency)
    ).fetchone()
    return row[0] if row else 0


def posted(conn: psycopg.Connection, merchant: str, kind: str, about: str) -> bool:
    """Whether this movement stands in the ledger already."""
    return conn.execute("select 1 from ledger_movements where merchant_id = %s and kind = %s and about = %s", (UUID(merchant), kind, about)).fetchone() is not None
