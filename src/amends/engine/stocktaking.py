"""Setting what is on hand of a SKU, as a count or an ERP says (ST-K1); what is held for cases cannot be counted away."""

from __future__ import annotations

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.store import stocktaking
from amends.store.connect import Pool, scope


def set_on_hand(pool: Pool, by: By, merchant_id: str, sku: str, warehouse: str, on_hand: int, now: datetime) -> Refusal | None:
    """Write the count; refused when more is held for cases, or without the permission `manage_stock`. Setting it twice is setting it once."""
    if refusal := by.lacks("manage_stock"):
        return refusal
    with scope(pool, by.scope) as conn:
        before, held = stocktaking.locked(conn, merchant_id, sku, warehouse)
        if on_hand < held:
            return Refusal("stock_held", {"sku": sku, "held": held, "asked": on_hand}, "on_hand")
        if before != on_hand:
            stocktaking.put(conn, merchant_id, sku, warehouse, on_hand)
            subject = ("stock", f"{sku}@{warehouse}" if warehouse else sku)
            record(conn, by, now, "stock_counted", subject, before={"on_hand": before}, after={"on_hand": on_hand}, merchant_id=merchant_id)
    return None
