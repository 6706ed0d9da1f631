"""Coupons of goodwill, used by the buyer in the shop and reported by its system (CO-3)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.store import compensations as rows
from amends.store.connect import Pool, scope
from amends.store.screens import compensations as read
from amends.store.screens.compensations import Coupon

PERMISSION = "import_orders"


def use(pool: Pool, by: By, merchant: str, code: str, order_id: str, now: datetime) -> Coupon | Refusal:
    """The coupon was used for this order of its buyer. Said again for the same order nothing changes; used is used once."""
    refusal = by.lacks(PERMISSION)
    if refusal:
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        coupon = read.coupon(conn, merchant, code, lock=True)
        if coupon is None:
            return Refusal("coupon_unknown")
        if coupon.used_at is not None:
            return coupon if coupon.order_id == order_id else Refusal("coupon_used", {"code": code})
        if coupon.valid_until is not None and coupon.valid_until <= now:
            return Refusal("coupon_over", {"code": code, "until": coupon.valid_until.isoformat()})
        if not rows.use_coupon(conn, merchant, coupon.id, order_id, coupon.buyer_id, now):
            return Refusal("order_unknown", field="order_id")
        record(conn, by, now, "coupon_used", ("coupon", coupon.id), after={"code": code, "order": order_id}, merchant_id=merchant)
        coupon.used_at, coupon.order_id = now, order_id
    return coupon
