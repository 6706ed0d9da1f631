"""What a buyer is owed beside refunds, and why (CO-1, CO-3 … CO-5). Pure: figures, orders and `now` in, an amount with its reckoning out.

Amounts are minor units of the order's currency. A share is rounded to the nearest minor unit, a half goes up: of ¥33.35 thirty per cent are
¥10.01 (10.005), of JP¥1,005 they are JP¥302 (301.5); a currency without minor units is rounded to whole ones.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from amends.core.hours import Calendar
from amends.core.money import Money, part_of, round_half_up
from amends.core.pack_compensation import FreightLimit, LateShipment, row_of
from amends.core.pauses import Suspension, run_for, running_time
from amends.core.refund import Earlier, paid_ahead
from amends.core.refusal import Refusal
from amends.core.retiming import moved

Kind = Literal["late_shipment", "goodwill", "price_protection", "return_freight", "judgement"]
KINDS: tuple[Kind, ...] = ("late_shipment", "goodwill", "price_protection", "return_freight", "judgement")
State = Literal["asked", "granted", "refused", "paid", "failed", "dropped", "reversed"]
STATES: tuple[State, ...] = ("asked", "granted", "refused", "paid", "failed", "dropped", "reversed")
GIVEN: tuple[State, ...] = ("granted", "paid", "failed")
"""Decided for the buyer; a payment that failed is still owed."""
MEDIA = ("money", "coupon")
WORDS_AT_MOST = 500
_ANY_CALENDAR = Calendar("UTC")
"""Times of orders run day and night, which no calendar changes."""
UNSHIPPED = ("preparing", "awaiting_pickup", "on_hold", "locked", "pending_payment", "cancelled")


@dataclass(frozen=True, slots=True)
class Owed:
    """An amount, and how it was reckoned: plain figures that a page and the API can tell."""

    amount: int
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shipping:
    """What late shipment asks of an order. `paid`, `refunded`: minor units; `cancelling`: a cancellation of it is open; `presale`: a balance or a date is still to come.

    `stops`: the suspensions that stop the time to ship it (PO-15).
    """

    state: str
    currency: str
    paid: int
    refunded: int
    paid_at: datetime | None
    promised_ship_by: datetime | None = None
    shipped_at: datetime | None = None
    presale: bool = False
    cancelling: bool = False
    stops: tuple[Suspension, ...] = ()


def ship_by(order: Shipping, late: LateShipment) -> datetime | None:
    """Until when it had to be shipped: the promise, else so long after payment (OR-9); None while nobody has promised or paid anything."""
    within = timedelta(seconds=late.in_force.ship_within)
    plain = order.promised_ship_by or (order.paid_at + within if order.paid_at is not None else None)
    if plain is None or not order.stops:
        return plain
    return moved(order.paid_at or plain - within, plain, "all", _ANY_CALENDAR, order.stops)


def late_shipment(order: Shipping, late: LateShipment, since: datetime | None, now: datetime) -> Owed | Refusal | None:
    """Late shipment (CO-1): what is owed; a refusal says why a late order gets nothing by itself; None while it is not late.

    `since`: the instant the merchant switched it on. What was paid for before, as imported history is, is never paid for by itself.
    The share is of what was actually paid and not given back since: a line cancelled in time was not late.
    """
    by, regime = ship_by(order, late), late.in_force
    if by is None or (order.shipped_at is not None and order.shipped_at <= by):
        return None
    until = order.shipped_at or now
    if until <= by or now < run_for(by, timedelta(seconds=regime.wait), _ANY_CALENDAR, "all", order.stops):
        return None
    refused = _left_out(order, since)
    if refused is not None:
        return refused
    base, seconds = order.paid - order.refunded, int(running_time(by, until, _ANY_CALENDAR, "all", order.stops).total_seconds())
    reached = [(t, b) for t in regime.tiers if t.late_for <= seconds and (b := row_of(t.bounds, order.currency)) is not None]
    if not reached:
        return Refusal("late_currency", {"currency": order.currency})
    owed = [(max(bounds.least or 0, min(bounds.most, round_half_up(base * tier.basis_points, 10_000))), tier, bounds) for tier, bounds in reached]
    amount, tier, bounds = max(owed, key=lambda o: o[0])
    return Owed(amount, {
        "rule": "CO-1", "regime": late.regime, "source": tier.source, "bounds_source": bounds.source, "paid": order.paid, "refunded": order.refunded, "base": base,
        "basis_points": tier.basis_points, "share": round_half_up(base * tier.basis_points, 10_000), "least": bounds.least, "most": bounds.most,
        "ship_by": by.isoformat(), "promised": order.promised_ship_by is not None, "shipped_at": order.shipped_at.isoformat() if order.shipped_at else None, "late_by": seconds,
    })


def _left_out(order: Shipping, since: datetime | None) -> Refusal | None:
    """Why an order that is late gets nothing by itself, the plainest reason first."""
    if order.state == "cancelled":
        return Refusal("late_cancelled")
    if order.paid_at is None or order.paid <= 0 or order.state in ("pending_payment", "on_hold"):
        return Refusal("late_unpaid")
    if order.refunded >= order.paid:
        return Refusal("late_refunded")
    if since is None:
        return Refusal("late_switched_off")
    if order.paid_at < since:
        return Refusal("late_before_switch", {"since": since.isoformat()})
    if order.presale:
        return Refusal("late_presale")
    if order.state == "locked":
        return Refusal("late_locked")
    if order.state == "awaiting_pickup":
        return Refusal("late_pickup")
    if order.cancelling:
        return Refusal("late_cancelling")
    # Said to be on its way or there, and nobody recorded when it was sent: it may have been in time.
    return Refusal("late_unknown") if order.shipped_at is None and order.state not in UNSHIPPED else None


@dataclass(frozen=True, slots=True)
class Limits:
    """Goodwill limits that hold for one giver (CO-3), minor units; None: no limit. `decides`: may decide what others ask for, beyond the case's and the own limit."""

    case: int | None
    agent_day: int | None
    shop_day: int | None
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Goodwill given so far: on this order with its cases, by this giver today, by everybody today; minor units."""

    case: int = 0
    agent_day: int = 0
    shop_day: int = 0


def room(limits: Limits, given: Given) -> int | None:
    """The most this giver may still give here and now, minor units; None: no limit at all."""
    walls = [] if limits.shop_day is None else [limits.shop_day - given.shop_day]
    if not limits.decides:
        walls += [limit - so_far for limit, so_far in ((limits.case, given.case), (limits.agent_day, given.agent_day)) if limit is not None]
    return max(0, min(walls)) if walls else None


def goodwill(amount: int, currency: str, limits: Limits, given: Given, deciders: Sequence[str] = (), keepers: Sequence[str] = ()) -> Refusal | None:
    """Whether so much may be given (CO-3); the refusal names the limit that stops it, what is left of it, and who can (`deciders`) or may raise it (`keepers`)."""
    if amount <= 0:
        return Refusal("goodwill_nothing", field="amount")
    walls = [("goodwill_shop_day", limits.shop_day, given.shop_day)]
    if not limits.decides:
        walls = [("goodwill_case", limits.case, given.case), ("goodwill_agent_day", limits.agent_day, given.agent_day), *walls]
    for code, limit, so_far in walls:
        if limit is not None and so_far + amount > limit:
            say: dict[str, Any] = {name: str(Money(minor, currency)) for name, minor in (("asked", amount), ("limit", limit), ("left", max(0, limit - so_far)))}
            return _over(code, say | {"who": list(keepers if code == "goodwill_shop_day" else deciders)})
    return None


def _over(code: str, say: Mapping[str, Any]) -> Refusal:
    if code == "goodwill_shop_day":
        return Refusal("goodwill_shop_day", say, "amount")
    return Refusal("goodwill_case", say, "amount") if code == "goodwill_case" else Refusal("goodwill_agent_day", say, "amount")


@dataclass(frozen=True, slots=True)
class Priced:
    """One line for price protection. `today`: the price of one piece now, None when it is not known; `earlier`: what was given back of the line, oldest first."""

    line_id: str
    quantity: int
    paid: int
    today: int | None
    earlier: Sequence[Earlier] = ()
    gift: bool = False


def price_difference(line: Priced, cap: int, currency: str) -> Owed | Refusal:
    """Price protection of one line (CO-4): what the pieces left were paid with, less today's price for as many, less what was given back ahead.

    `cap`: what the order's payments can still give back. Compared with what was actually paid, coupons and discounts included: who paid less
    than today's price has lost nothing. Never above what was paid and not given back, of the line and of the order.
    """
    gone = sum(e.quantity for e in line.earlier)
    left = line.quantity - gone
    if line.gift or left <= 0:
        return Refusal("price_nothing_left")
    if line.today is None:
        return Refusal("price_unknown")
    paid = part_of(line.paid, line.quantity, left, gone)
    ahead = paid_ahead(line.paid, line.quantity, line.earlier)
    room_left = max(0, line.paid - sum(e.amount for e in line.earlier))
    fell = paid - line.today * left
    amount = max(0, min(fell - ahead, room_left, cap))
    if amount == 0:
        say = {"paid": str(Money(round_half_up(paid, left), currency)), "today": str(Money(line.today, currency))}
        return Refusal("price_given_already", say) if fell > 0 else Refusal("price_not_fallen", say)
    return Owed(amount, {
        "rule": "CO-4", "line_id": line.line_id, "pieces": left, "paid": paid, "each": round_half_up(paid, left), "today": line.today, "fell": fell, "given": ahead,
        "room": min(room_left, cap),
    })


def return_freight(receipt: int, limit: FreightLimit | None, given: int, currency: str) -> Owed | Refusal:
    """The way back that the buyer paid without being at fault (CO-5): the carrier's receipt, up to the pack's amount, less what was given for it before."""
    if limit is None:
        return Refusal("freight_currency", {"currency": currency})
    if receipt <= 0:
        return Refusal("freight_nothing", field="amount")
    amount = min(receipt, limit.most - given)
    if amount <= 0:
        return Refusal("freight_given", {"given": str(Money(given, currency))})
    return Owed(amount, {"rule": "CO-5", "source": limit.source, "receipt": receipt, "most": limit.most, "given": given})
