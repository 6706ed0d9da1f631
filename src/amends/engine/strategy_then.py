"""A merchant as it was when a past case was decided: return addresses, people, settings from the audit, prices from the orders of that time (SA-7).

Today's rows are put back step by step, the newest change first. What no record tells is as it is today, and a trial says which that is.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from amends.store import was_then
from amends.store.batch import Row
from amends.store.merchant_seen import MerchantSeen
from amends.store.was_then import Deed, OnRecord

AS_NOW = ("province", "buyer_level", "order_amount", "payment", "fulfilment_mode", "platform_delivery", "goods_state")
"""Facts of the order and its goods that are kept only as they stand: an order that was changed later is read with its change."""


@dataclass(slots=True)
class Stood:
    """The merchant at one instant: `addresses` and `staff` shaped as `store.batch` reads them."""

    seen: MerchantSeen
    addresses: list[Row]
    staff: list[Row]


@dataclass(slots=True)
class WasThen:
    """The merchant at any instant of a trial; what is the same between two changes is worked out once. `today`: what had to be taken as it is today, by kind."""

    seen: MerchantSeen
    record: OnRecord
    today: dict[str, set[str]] = field(default_factory=dict)
    _stood: dict[int, Stood] = field(default_factory=dict)

    def at(self, when: datetime) -> Stood:
        """As it stood at this instant."""
        later = next((n for n, deed in enumerate(self.record.deeds) if deed.at <= when), len(self.record.deeds))
        joined = sum(1 for row in self.record.people.values() if row["created_at"] <= when)
        key = later * 1_000_000 + joined
        if key not in self._stood:
            self._stood[key] = self._undone(self.record.deeds[:later], when)
        return self._stood[key]

    def price(self, sku: str, when: datetime) -> tuple[int, str] | None:
        """What the last order placed by then was asked for a piece of it, with its currency; None where no order tells."""
        known = self.record.prices.get(sku, [])
        place = bisect_right(known, when, key=lambda row: row[0])
        return known[place - 1][1:] if place else None

    def note(self, kind: str, *names: str) -> None:
        """These were taken as they are today."""
        if names:
            self.today.setdefault(kind, set()).update(names)

    def _undone(self, deeds: list[Deed], when: datetime) -> Stood:
        addresses = {i: dict(row) for i, row in self.record.addresses.items()}
        people = {i: dict(row) for i, row in self.record.people.items() if row["created_at"] <= when}
        settings = dict(self.seen.settings)
        for deed in deeds:
            if deed.action == "settings_changed":
                _settings(settings, deed.before)
            elif deed.action.startswith("person_"):
                _one(people, deed, made="person_made")
            elif deed.action == "address_default":
                _default(addresses, deed)
            else:
                _one(addresses, deed, made="address_made")
        return Stood(
            replace(self.seen, settings=settings), [(i, row["label"], row["is_default"]) for i, row in addresses.items() if row["active"]],
            [(i, row["name"]) for i, row in people.items() if row["active"]],
        )


def was(conn: Any, merchant: str, seen: MerchantSeen, instants: list[datetime]) -> WasThen:
    """The merchant as it was at these instants."""
    return WasThen(seen, was_then.read(conn, merchant, min(instants)) if instants else OnRecord())


def _one(rows: dict[str, dict[str, Any]], deed: Deed, made: str) -> None:
    if deed.action == made:
        rows.pop(deed.subject, None)
    elif deed.subject in rows:
        rows[deed.subject] |= {k: v for k, v in deed.before.items() if k in rows[deed.subject]}


def _default(rows: dict[str, dict[str, Any]], deed: Deed) -> None:
    """The default before is told by its label."""
    before = next((i for i, row in rows.items() if row["label"] == deed.before.get("label") and i != deed.subject), None)
    for i, row in rows.items():
        row["is_default"] = i == before


def _settings(settings: dict[str, Any], before: dict[str, Any]) -> None:
    """Sections written as `section.name` are not looked at by what decides a case."""
    for name, value in before.items():
        if "." in name:
            continue
        if value is None:
            settings.pop(name, None)
        else:
            settings[name] = value


__all__ = ["AS_NOW", "Stood", "WasThen", "was"]
