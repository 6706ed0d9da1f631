"""Showing a buyer's personal data in full: only with the permission, and each time on record (ST-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.store import personal
from amends.store.connect import Pool, scope

PERMISSION = "reveal_personal_data"


@dataclass(slots=True)
class Revealed:
    """Who the parcel went to; None for what is not there."""

    order_id: str
    receiver: str | None
    phone: str | None
    address: str


def reveal_order(pool: Pool, by: By, order_id: str, now: datetime) -> Revealed | Refusal:
    """The receiver of an order in full."""
    return _reveal(pool, by, "order", order_id, now)


def reveal_case(pool: Pool, by: By, case_id: str, now: datetime) -> Revealed | Refusal:
    """The receiver of the order that a case is about, in full."""
    return _reveal(pool, by, "case", case_id, now)


def _reveal(pool: Pool, by: By, kind: str, subject: str, now: datetime) -> Revealed | Refusal:
    refusal = by.lacks(PERMISSION)
    if refusal:
        return refusal
    read = personal.of_order if kind == "order" else personal.of_case
    with scope(pool, by.scope) as conn:
        row = read(conn, by.merchant_id, subject) if is_id(subject) else None
        shown = [name for name in ("receiver", "phone", "detail") if row and row[name]]
        if row is None or not shown:
            return Refusal("nothing_to_reveal")
        record(conn, by, now, "revealed", (kind, subject), after={"order": row["number"], "shown": shown}, merchant_id=row["merchant_id"])
    address = "".join(row[name] or "" for name in ("province", "city", "district")) + (row["detail"] or "")
    return Revealed(row["order_id"], row["receiver"], row["phone"], address)
