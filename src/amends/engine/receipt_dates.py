"""A day of receipt set by staff with a reason, where no carrier recorded one (OR-4a)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.store import order_receipt
from amends.store.connect import Pool, scope

PERMISSION = "date_receipt"
MOST = 200


def date_receipt(pool: Pool, by: By, order_id: str, day: str, why: str, now: datetime) -> Refusal | None:
    """Windows of this order count from `day` (YYYY-MM-DD on the merchant's wall clock). The same day and reason again changes nothing."""
    refusal = by.lacks(PERMISSION)
    if refusal or by.merchant_id is None:
        return refusal or Refusal("order_unknown")
    why = " ".join(why.split())
    if not why:
        return Refusal("receipt_why_missing", field="why")
    if len(why) > MOST:
        return Refusal("too_long", {"zh": "依据", "en": "Reason", "most": MOST, "now": len(why)}, "why")
    with scope(pool, UUID(by.merchant_id)) as conn:
        order = order_receipt.locked(conn, by.merchant_id, order_id) if is_id(order_id) else None
        if order is None:
            return Refusal("order_unknown")
        zone = ZoneInfo(order["tz"])
        if order["delivered_at"] is not None and order["delivered_at"] <= now:
            return Refusal("receipt_day_known", {"day": order["delivered_at"].astimezone(zone).date().isoformat()})
        begins = _begins(day, zone)
        if begins is None or not order["placed_at"].astimezone(zone).date() <= begins.astimezone(zone).date() <= now.astimezone(zone).date():
            return Refusal("receipt_day_wrong", field="day")
        set_to = {"received_on": begins.isoformat(), "received_on_why": why, "received_on_by": by.actor.name, "received_on_by_id": by.actor.id, "received_on_at": now.isoformat()}
        if order["received_on"] == set_to["received_on"] and order["received_on_why"] == why:
            return None
        order_receipt.date(conn, by.merchant_id, order_id, set_to)
        before = {"received_on": order["received_on"]} if order["received_on"] else None
        record(conn, by, now, "receipt_dated", ("order", order_id), before=before, after={"number": order["number"], "received_on": set_to["received_on"], "reason": why})
    return None


def _begins(day: str, zone: ZoneInfo) -> datetime | None:
    """The first instant of that day there, in UTC; a day that is none is None."""
    try:
        return datetime.combine(date.fromisoformat(day.strip()), time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
