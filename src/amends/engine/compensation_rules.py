"""What holds for a merchant's compensation: its pack's figures, its own limits and switches (CO-1, CO-3, CO-4). Settings under `compensation`.

`late_since`: the instant late shipment was switched on; only what is paid for from then on is paid by itself, so imported history never is.
`price_automatic`: price differences are granted without a person. `case`, `agent_day`, `shop_day`: goodwill limits in the merchant's currency, minor
units; `roles` and `people`: `{id: {"case": …, "agent_day": …}}` for those with limits of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.actor import Actor
from amends.core.compensation import Limits, Shipping
from amends.core.divisions import province_named
from amends.core.pack_compensation import Compensation, row_of
from amends.core.pauses import Suspension, applying, since_promised
from amends.core.refusal import Refusal
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id
from amends.store.audit import Connection
from amends.store.compensated_orders import Held, Shop, roles_of

SECTION = "compensation"
STILL_FELT = timedelta(days=45)
"""So long after a suspension no order waits any more whose time it moved; lists do without looking at it then."""
DECIDE, GIVE = "decide_compensation", "give_goodwill"


def chosen(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The merchant's own section of its settings; empty where it chose nothing."""
    found = settings.get(SECTION)
    return dict(found) if isinstance(found, dict) else {}


def pack_section(shop: Shop) -> Compensation:
    """What the merchant's pack says."""
    return pack_of(shop.pack).compensation


def late_since(settings: Mapping[str, Any]) -> datetime | None:
    """When late shipment was switched on; None: it is off."""
    since = chosen(settings).get("late_since")
    return datetime.fromisoformat(since) if isinstance(since, str) else None


def day_of(shop: Shop, now: datetime) -> date:
    """The merchant's own calendar day, which daily limits count by."""
    return now.astimezone(ZoneInfo(shop.tz)).date()


def shipping(order: Held, suspensions: Sequence[Suspension]) -> Shipping:
    """An order as the rule of late shipment looks at it, with what stops its time to ship."""
    return Shipping(
        order.state, order.currency, order.paid, order.refunded, order.paid_at, order.promised_ship_by, order.shipped_at, order.presale, order.cancelling,
        ship_stops(suspensions, order.province, order.paid_at if order.promised_ship_by is not None else None),
    )


def ship_stops(suspensions: Sequence[Suspension], province: str, promised_at: datetime | None) -> tuple[Suspension, ...]:
    """What stops the time to ship an order (PO-15); of one whose shop promised it a time when it was paid for, only what was made later."""
    known = applying(suspensions, "order_ship", province_named(province) or None)
    return tuple(known if promised_at is None else since_promised(known, promised_at))


def late_query(shop: Shop, now: datetime) -> dict[str, Any] | None:
    """What the store looks for late orders by; None when the merchant has it off."""
    since, regime = late_since(shop.settings), pack_section(shop).late_shipment.in_force
    if since is None:
        return None
    currencies = sorted({bounds.currency for tier in regime.tiers for bounds in tier.bounds})
    return {"since": since, "within": timedelta(seconds=regime.ship_within), "wait": timedelta(seconds=regime.wait), "now": now, "currencies": currencies, "lately": now - STILL_FELT}


def limits_of(conn: Connection, shop: Shop, currency: str, actor: Actor) -> Limits | Refusal:
    """The goodwill limits that hold for this giver. Own figures before those of a role (the widest), before the shop's, before the pack's.

    A merchant's own figures are in its own currency; for another currency the pack's hold.
    """
    own = chosen(shop.settings) if currency == shop.currency else {}
    pack = row_of(pack_section(shop).goodwill.limits, currency)
    case, day = own.get("case") or (pack.case if pack else None), own.get("agent_day") or (pack.agent_day if pack else None)
    if case is None or day is None:
        return Refusal("goodwill_currency", {"currency": currency})
    mine: Mapping[str, Any] = (own.get("people") or {}).get(actor.id) or {}
    held = roles_of(conn, shop.merchant, actor.id) if own.get("roles") and is_id(actor.id) else []
    roles = [(own.get("roles") or {})[role] for role in held if role in (own.get("roles") or {})]

    def widest(name: str, otherwise: int) -> int:
        return int(mine.get(name) or max((role[name] for role in roles if role.get(name)), default=0) or otherwise)

    return Limits(widest("case", case), widest("agent_day", day), own.get("shop_day"), actor.holds(DECIDE))
