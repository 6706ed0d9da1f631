"""A merchant's own choices about compensation (CO-1, CO-3, CO-4): what is paid by itself, and limits of goodwill by shop, role and person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.money import Money
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.compensation_rules import SECTION, chosen
from amends.store import merchants
from amends.store.connect import Pool, scope

FIGURES: dict[str, tuple[str, str]] = {
    "case": ("每单上限", "Limit of an order"), "agent_day": ("每人每日上限", "Limit of a person and day"), "shop_day": ("全店每日上限", "Limit of the shop and day"),
}
OF_EACH = ("case", "agent_day")


@dataclass(slots=True)
class Wish:
    """The settings as typed: amounts as text in the merchant's currency, empty for none. `roles` and `people`: id → {case, agent_day}."""

    late: bool = False
    price_automatic: bool = False
    figures: dict[str, str] = field(default_factory=dict)
    roles: dict[str, dict[str, str]] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)


def change(pool: Pool, by: By, wish: Wish, now: datetime) -> Refusal | None:
    """Keep what was chosen. Late shipment counts from the instant it is switched on; switched on it stays as old as it is, off it is forgotten."""
    refusal = by.lacks("manage_settings")
    if refusal or by.merchant_id is None:
        return refusal or Refusal("merchant_unknown", {"name": by.actor.name})
    with scope(pool, by.scope) as conn:
        row = merchants.one(conn, by.merchant_id, lock=True)
        if row is None:
            return Refusal("merchant_unknown", {"name": by.merchant_id})
        old = chosen(row["settings"])
        new = _read(wish, row["currency"])
        if isinstance(new, Refusal):
            return new
        new["late_since"] = (old.get("late_since") or now.isoformat()) if wish.late else None
        if new != old:
            merchants.change(conn, by.merchant_id, row | {"settings": row["settings"] | {SECTION: new}})
            changed = [name for name in new if new[name] != old.get(name)]
            record(
                conn, by, now, "settings_changed", ("merchant", by.merchant_id), before={f"{SECTION}.{n}": old.get(n) for n in changed},
                after={f"{SECTION}.{n}": new[n] for n in changed},
            )
    return None


def _read(wish: Wish, currency: str) -> dict[str, Any] | Refusal:
    figures = _amounts(wish.figures, tuple(FIGURES), currency, "")
    if isinstance(figures, Refusal):
        return figures
    out: dict[str, Any] = {"price_automatic": wish.price_automatic, **figures}
    for name, rows in (("roles", wish.roles), ("people", wish.people)):
        kept: dict[str, dict[str, int]] = {}
        for one, given in rows.items():
            amounts = _amounts(given, OF_EACH, currency, f"{name}.{one}.")
            if isinstance(amounts, Refusal):
                return amounts
            if amounts:
                kept[one] = amounts
        out[name] = kept
    return out


def _amounts(given: Mapping[str, str], names: tuple[str, ...], currency: str, path: str) -> dict[str, int] | Refusal:
    """Minor units by name, those left empty out."""
    out: dict[str, int] = {}
    for name in names:
        text = given.get(name, "").replace(",", "").strip()
        if not text:
            continue
        money = Money.parse(text, currency)
        if money is None or not 0 < money.amount < 10**12:
            return Refusal("limits_wrong", {"zh": FIGURES[name][0], "en": FIGURES[name][1]}, path + name)
        out[name] = money.amount
    if "case" in out and "agent_day" in out and out["case"] > out["agent_day"]:
        return Refusal("limits_wrong", {"zh": FIGURES["case"][0], "en": FIGURES["case"][1]}, path + "case")
    return out
