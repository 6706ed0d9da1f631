"""Parcels that match nothing 无主件: kept, and later matched to a service order (SO-13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

_ADD = """
insert into unclaimed_parcels (merchant_id, id, carrier, waybill, sender, phone, description, file_ids, registered_by, at)
values (%(m)s, %(id)s, %(carrier)s, %(waybill)s, %(sender)s, %(phone)s, %(description)s, %(photos)s::uuid[], %(by)s, %(now)s)
on conflict (merchant_id, id) do nothing"""
_MATCH = """
update unclaimed_parcels set matched_case_id = %(c)s, matched_at = %(now)s where merchant_id = %(m)s and id = %(id)s and matched_at is null
returning carrier, waybill, file_ids::text[]"""
_PARCEL = """
insert into parcels (merchant_id, id, order_id, case_id, direction, carrier, waybill, state, signed_at)
select %(m)s, %(parcel)s, order_id, id, 'back', %(carrier)s, %(waybill)s, 'signed', %(now)s from cases where merchant_id = %(m)s and id = %(c)s
on conflict (merchant_id, carrier, waybill, direction) do update set case_id = excluded.case_id, order_id = excluded.order_id"""


def add(conn: psycopg.Connection, merchant: str, row: dict[str, Any], now: datetime) -> bool:
    """Keep one; False when it was kept before under the same id."""
    return conn.execute(_ADD, {**row, "m": UUID(merchant), "now": now}).rowcount == 1


def match(conn: psycopg.Connection, merchant: str, unclaimed_id: str, case_id: str, parcel_id: str, now: datetime) -> bool:
    """Give it to a case, with its waybill and pictures; False when it is not waiting any more."""
    given = {"m": UUID(merchant), "id": UUID(unclaimed_id), "c": UUID(case_id), "now": now, "parcel": parcel_id}
    row = conn.execute(_MATCH, given).fetchone()
    if row is None:
        return False
    if row[1]:
        conn.execute(_PARCEL, {**given, "carrier": row[0] or "—", "waybill": row[1]})
    conn.execute("update files set case_id = %(c)s where merchant_id = %(m)s and id = any(%(photos)s::uuid[]) and case_id is null", {**given, "photos": row[2]})
    return True


def state_of(conn: psycopg.Connection, merchant: str, case_id: str) -> str | None:
    """The state of a service order, held until the transaction ends."""
    row = conn.execute("select state from cases where merchant_id = %s and id = %s and kind = 'service_order' for update", (UUID(merchant), UUID(case_id))).fetchone()
    return row[0] if row else None
