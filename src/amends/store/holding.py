"""Live holds: those of cases under their lock, those whose time has run out (ST-K2). A hold changes only while its case is locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

Row = tuple[Any, ...]

_FREE = "select sku, warehouse, on_hand - held from stock where merchant_id = %s and sku = any(%s) order by sku, warehouse"
# Cases first, as everybody locks; what another works on now is left for the next round.
_CASES_DUE = """select c.id from cases c where c.merchant_id = %(merchant)s and c.id in (
    select h.case_id from holds h where h.merchant_id = %(merchant)s and h.ended_at is null and h.expires_at <= %(now)s order by h.expires_at limit %(most)s)
  order by c.id for update skip locked"""
_DUE = """select id::text, case_id::text, sku, warehouse, quantity, expires_at from holds
  where merchant_id = %s and case_id = any(%s) and ended_at is null and expires_at <= %s order by case_id, sku, warehouse"""


def free(conn: psycopg.Connection, merchant_id: str, skus: list[str], *, lock: bool) -> list[Row]:
    """Free pieces of these SKUs by warehouse; `lock` holds the places, in their order, until the transaction ends."""
    return conn.execute(_FREE + (" for update" if lock else ""), (UUID(merchant_id), skus)).fetchall()


def merchants_due(conn: psycopg.Connection, now: datetime) -> list[str]:
    """Merchants with a hold whose time has run out; PLATFORM scope."""
    return [row[0] for row in conn.execute("select distinct merchant_id::text from holds where ended_at is null and expires_at <= %s", (now,))]


def due(conn: psycopg.Connection, merchant_id: str, now: datetime, most: int) -> list[Row]:
    """Holds of one merchant that have run out, their cases locked; at most so many cases."""
    cases = [row[0] for row in conn.execute(_CASES_DUE, {"merchant": UUID(merchant_id), "now": now, "most": most})]
    return conn.execute(_DUE, (UUID(merchant_id), cases, now)).fetchall() if cases else []
