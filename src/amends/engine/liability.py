"""How often judgements found a merchant liable (DI-7, QU-4): of those that stand, corrected by appeals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from amends.store import judgements
from amends.store.connect import Pool, scope

DAYS = 30
LIABLE = ("merchant", "shared")
"""Faults that count against the merchant."""


@dataclass(frozen=True, slots=True)
class Liability:
    """Counts of so many days: judgements that stand, those the merchant is liable for, and orders placed. `opened`: disputes that were opened, judged or not."""

    judged: int
    liable: int
    opened: int
    orders: int

    @property
    def of_judged(self) -> float:
        """Liable among those judged, a ratio; 0 where nothing was judged."""
        return self.liable / self.judged if self.judged else 0.0

    @property
    def rate(self) -> float:
        """商责率: liable judgements for each order, a ratio; 0 without orders."""
        return self.liable / self.orders if self.orders else 0.0

    def with_one_more(self, *, liable: bool) -> Liability:
        """As it would be after one more judgement: what an arbiter sees before judging (UI-5)."""
        return Liability(self.judged + 1, self.liable + liable, self.opened, self.orders)


def of(pool: Pool, merchant: str, now: datetime, days: int = DAYS) -> Liability:
    """The counts of a merchant for the last so many days until now."""
    with scope(pool, UUID(merchant)) as conn:
        return Liability(*judgements.counts(conn, merchant, now - timedelta(days=days), now, LIABLE))


def by_day(pool: Pool, merchant: str, since: datetime, until: datetime, zone: str) -> dict[str, tuple[int, int]]:
    """Day of the merchant's clock (ISO) → judgements that stand, and of them liable; days without any are left out."""
    with scope(pool, UUID(merchant)) as conn:
        return {day: (judged, liable) for day, judged, liable in judgements.days(conn, merchant, since, until, zone, LIABLE)}
