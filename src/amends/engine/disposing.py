"""Goods in quarantine, decided after inspection: to sale or to scrap, with a reason (SO-20); and from how few pieces a SKU counts as low."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.core.refusal import Refusal
from amends.core.stock import DISPOSALS
from amends.engine.audit import By, record
from amends.engine.shelves import Shelves
from amends.store import stocktaking
from amends.store.connect import Pool, scope

LONGEST = 200


def decide(pool: Pool, by: By, merchant_id: str, sku: str, warehouse: str, quantity: int, to: str, reason: str, now: datetime) -> Refusal | None:
    """Move pieces out of quarantine; refused without the permission, a reason, or that many pieces there."""
    reason = reason.strip()
    refusal = by.lacks("manage_stock") or _wrong(quantity, to, reason)
    if refusal:
        return refusal
    with scope(pool, UUID(merchant_id)) as conn:
        place = (sku, warehouse)
        there = stocktaking.counts(conn, merchant_id, [place], now, lock=False)
        if not there:
            return Refusal("sku_unknown", {"sku": sku}, "sku")
        in_quarantine = stocktaking.counts(conn, merchant_id, [place], now, lock=True)[place][2]
        if quantity > in_quarantine:
            return Refusal("quarantine_short", {"left": in_quarantine, "asked": quantity}, "quantity")
        shelves = Shelves([])
        shelves.dispose(sku, warehouse, quantity, to, by.actor, reason)
        stocktaking.run(conn, merchant_id, shelves.rows(), now)
        subject = ("stock", f"{sku}@{warehouse}" if warehouse else sku)
        record(conn, by, now, "stock_disposed", subject, after={"quantity": quantity, "to": to, "reason": reason}, merchant_id=merchant_id)
    return None


def _wrong(quantity: int, to: str, reason: str) -> Refusal | None:
    if to not in DISPOSALS:
        return Refusal("not_a_choice", {"zh": "去向", "en": "Disposition", "choices": list(DISPOSALS)}, "to")
    if quantity < 1:
        return Refusal("out_of_range", {"zh": "数量", "en": "Quantity", "least": 1, "most": 10**9}, "quantity")
    if not reason:
        return Refusal("required", {"zh": "原因", "en": "Reason"}, "reason")
    if len(reason) > LONGEST:
        return Refusal("too_long", {"zh": "原因", "en": "Reason", "most": LONGEST, "now": len(reason)}, "reason")
    return None


def warn_below(pool: Pool, by: By, merchant_id: str, sku: str, warehouse: str, low_at: int | None, now: datetime) -> Refusal | None:
    """From this many free pieces on the SKU is on the low list; None takes it off."""
    if refusal := by.lacks("manage_stock"):
        return refusal
    if low_at is not None and not 0 <= low_at <= 10**9:
        return Refusal("out_of_range", {"zh": "预警数量", "en": "Low at", "least": 0, "most": 10**9}, "low_at")
    with scope(pool, UUID(merchant_id)) as conn:
        there, was = stocktaking.put_low(conn, merchant_id, sku, warehouse, low_at)
        if not there:
            return Refusal("sku_unknown", {"sku": sku}, "sku")
        if was != low_at:
            subject = ("stock", f"{sku}@{warehouse}" if warehouse else sku)
            record(conn, by, now, "stock_low_set", subject, before={"low_at": was}, after={"low_at": low_at}, merchant_id=merchant_id)
    return None
