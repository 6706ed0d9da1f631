"""Limits played out over the past, so that a trial promises no more than its rows would do (SA-4, SA-7). Pure.

Kept between the pieces of a long trial: what each limited row has done on each day, and for each buyer in the last weeks; money of orders and pieces that rows gave and people did not. Cases come about in the order of time; where two
come the other way round, a buyer's thirty days are counted back from each.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from amends.core.strategy import Limits, Row

BUYER_DAYS = 30
KEPT_DAYS = 2 * BUYER_DAYS
"""What a buyer was given longer before the latest day is forgotten."""
NONE = Limits()


class Played:
    """The counts of limits so far. Money in minor units of the merchant's currency."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        kept = kept or {}
        self.days: dict[str, list[int]] = {key: list(counts) for key, counts in (kept.get("days") or {}).items()}
        self.buyers: dict[str, list[list[int]]] = {key: [list(one) for one in some] for key, some in (kept.get("buyers") or {}).items()}
        self._given: dict[str, list[tuple[str, int, int]]] = {order: [(line, pieces, amount) for line, pieces, amount in some] for order, some in (kept.get("given") or {}).items()}
        self._taken: dict[str, int] = dict(kept.get("taken") or {})

    def act(self, row: Row, buyer: str, day: date, amount: int, *, own_currency: bool = True) -> bool:
        """Whether the row would have acted within its limits, and then it counts. `amount`: what the act is worth; `own_currency`: it is in the merchant's."""
        limits, n = row.limits, day.toordinal()
        if limits == NONE:
            return True
        if limits.of_money and amount and not own_currency:
            return False
        done, spent = self.days.get(f"{row.id} {day.isoformat()}", [0, 0])
        mine = [one for one in self.buyers.get(f"{row.id} {buyer}", []) if n - BUYER_DAYS < one[0] <= n] if buyer else []
        times, given = sum(one[1] for one in mine), sum(one[2] for one in mine)
        walls = (
            (amount, limits.amount), (times + 1, limits.per_buyer), (given + amount, limits.amount_per_buyer), (done + 1, limits.per_day), (spent + amount, limits.amount_per_day),
        )
        if any(most is not None and value > most for value, most in walls):
            return False
        self.days[f"{row.id} {day.isoformat()}"] = [done + 1, spent + amount]
        if buyer and (limits.per_buyer is not None or limits.amount_per_buyer is not None):
            self.buyers.setdefault(f"{row.id} {buyer}", []).append([n, 1, amount])
        return True

    def give(self, order: str, line: str, pieces: int, amount: int) -> None:
        """Rows gave money of an order that people did not give."""
        self._given.setdefault(order, []).append((line, pieces, amount))

    def given(self, order: str) -> list[tuple[str, int, int]]:
        """What rows gave of an order so far and people did not: line, pieces, minor units."""
        return self._given.get(order, [])

    def take(self, sku: str, pieces: int) -> None:
        """Rows took pieces that people did not take."""
        self._taken[sku] = self._taken.get(sku, 0) + pieces

    def taken(self, sku: str) -> int:
        """Pieces that rows took so far and people did not."""
        return self._taken.get(sku, 0)

    def kept(self) -> dict[str, Any]:
        """The same as plain data, without what no limit can look at any more."""
        latest = max((one[0] for some in self.buyers.values() for one in some), default=0)
        buyers = {key: [one for one in some if one[0] > latest - KEPT_DAYS] for key, some in self.buyers.items()}
        return {"days": self.days, "buyers": {key: some for key, some in buyers.items() if some}, "given": self._given, "taken": self._taken}
