"""What a pack says of compensation (CO-1, CO-3 … CO-5): figures with their sources, and what is wrong with a section.

Money by currency, in that currency's minor units: a pack does not know rates, so an order in a currency without a row is left to a person.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from amends.core.reasons import Problem
from amends.core.spans import Span, check_span


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most, minor units of `currency`; `least` None: no floor."""

    currency: str
    least: int | None
    most: int
    source: str


@dataclass(frozen=True, slots=True)
class Tier:
    """What is owed from `late_for` seconds after the promise: basis points of what was actually paid, within the currency's bounds."""

    late_for: int
    basis_points: int
    bounds: tuple[Bounds, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Regime:
    """One set of rules for late shipment. `ship_within`: seconds after payment where the order promises no time of its own.

    `wait`: seconds after that before anything is paid, because reports of shipment come late. Of the tiers an order has reached the one
    that gives most is paid, once: nobody gets less for having waited longer.
    """

    ship_within: int
    ship_within_source: str
    wait: int
    wait_source: str
    tiers: tuple[Tier, ...]
    source: str


@dataclass(frozen=True, slots=True)
class LateShipment:
    """Late shipment (CO-1). Sources give two regimes (PO-17): both are kept, `regime` names the one in force."""

    regime: str
    regimes: dict[str, Regime]

    @property
    def in_force(self) -> Regime:
        """The regime that is applied."""
        return self.regimes[self.regime]


@dataclass(frozen=True, slots=True)
class GoodwillLimits:
    """What one agent may give for one order with all its cases, and in one day; minor units."""

    currency: str
    case: int
    agent_day: int
    source: str


@dataclass(frozen=True, slots=True)
class GoodwillReason:
    """A coded reason for goodwill (CO-3)."""

    code: str
    zh: str
    en: str
    text_required: bool


@dataclass(frozen=True, slots=True)
class Goodwill:
    """Goodwill (CO-3): limits where the merchant sets none, coded reasons, and for how many days a coupon is good."""

    limits: tuple[GoodwillLimits, ...]
    reasons: tuple[GoodwillReason, ...]
    coupon_days: int
    source: str


@dataclass(frozen=True, slots=True)
class PriceProtection:
    """Price protection (CO-4): open from payment until `days` calendar days after receipt (OR-4a); answered within `answer`, then told as late."""

    days: int
    answer: Span
    source: str


@dataclass(frozen=True, slots=True)
class FreightLimit:
    """The most that is paid for one way back, minor units."""

    currency: str
    most: int
    source: str


@dataclass(frozen=True, slots=True)
class ReturnFreight:
    """Return freight (CO-5): up to the limit, claimed within `claim_days` after the case closed, answered within `answer`, then told as late."""

    limits: tuple[FreightLimit, ...]
    claim_days: int
    answer: Span
    source: str


@dataclass(frozen=True, slots=True)
class Compensation:
    """The section `compensation` of a pack."""

    late_shipment: LateShipment
    goodwill: Goodwill
    price_protection: PriceProtection
    return_freight: ReturnFreight


A_DAY = 86_400
"""The shortest time to ship a pack may name; orders sent later than that are indexed for the sweeper."""

Row = TypeVar("Row", Bounds, GoodwillLimits, FreightLimit)


def row_of(rows: tuple[Row, ...], currency: str) -> Row | None:
    """The row of a currency; None where the pack has none."""
    return next((row for row in rows if row.currency == currency), None)


def problems(section: Compensation) -> list[Problem]:
    """Everything wrong with a section that has the right shape; sources are checked with the rest of the file."""
    found = _late(section.late_shipment)
    goodwill, protection, freight = section.goodwill, section.price_protection, section.return_freight
    codes = [r.code for r in goodwill.reasons]
    if not codes or len(set(codes)) < len(codes):
        found.append(Problem("compensation.goodwill.reasons", "needs reasons, each code once"))
    for i, limits in enumerate(goodwill.limits):
        if not 0 < limits.case <= limits.agent_day:
            found.append(Problem(f"compensation.goodwill.limits[{i}]", "more than 0, and the day's limit not below the case's"))
    found += _once("compensation.goodwill.limits", [row.currency for row in goodwill.limits])
    found += _once("compensation.return_freight.limits", [row.currency for row in freight.limits])
    found += [Problem(f"compensation.return_freight.limits[{i}].most", "must be more than 0") for i, row in enumerate(freight.limits) if row.most <= 0]
    figures = {
        "goodwill.coupon_days": goodwill.coupon_days, "price_protection.days": protection.days, "return_freight.claim_days": freight.claim_days,
    }
    found += [Problem(f"compensation.{name}", "must be more than 0") for name, value in figures.items() if value <= 0]
    for name, span in (("price_protection", protection.answer), ("return_freight", freight.answer)):
        found += [Problem(f"compensation.{name}.answer", f"{p.code}: {p.detail}") for p in check_span(span)]
    return found


def _late(late: LateShipment) -> list[Problem]:
    found = [] if late.regime in late.regimes else [Problem("compensation.late_shipment.regime", f"no such regime: {late.regime!r}")]
    for name, regime in late.regimes.items():
        here = f"compensation.late_shipment.regimes.{name}"
        if regime.ship_within < A_DAY or regime.wait < 0:
            found.append(Problem(here, "shipping has a day at least, and waiting is not negative"))
        if not regime.tiers or regime.tiers[0].late_for != 0:
            found.append(Problem(f"{here}.tiers", "needs a first tier that begins at once"))
        for i, tier in enumerate(regime.tiers):
            if not 0 < tier.basis_points <= 10_000 or tier.late_for < 0:
                found.append(Problem(f"{here}.tiers[{i}]", "a share lies above 0 and at most at the whole, and lateness is not negative"))
            found += [
                Problem(f"{here}.tiers[{i}].bounds[{j}]", "the least must not be above the most") for j, b in enumerate(tier.bounds)
                if b.most <= 0 or not 0 <= (b.least or 0) <= b.most
            ]
            found += _once(f"{here}.tiers[{i}].bounds", [b.currency for b in tier.bounds])
    return found


def _once(path: str, currencies: list[str]) -> list[Problem]:
    return [] if len(set(currencies)) == len(currencies) and currencies else [Problem(path, "needs rows, each currency once")]
