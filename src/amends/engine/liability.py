"""How often judgements found a merchant liable (DI-7, QU-4): of those that stand, corrected by appeals; shared out and measured as the pack says (PO-12).

The one source that writes the formula down shares liable disputes out on the refunds that ended (S1, shop score: 判定为商家责任的纠纷单量 / 完结的退款单量); the others name the figure without its base. So every pack is shared out
so. What a pack asks for, and over how many days, is its measure of `disputes_merchant_liable`; without one the rate is shown over 30 days (our own figure) and nothing is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from amends.core import measures
from amends.core.pack import Pack
from amends.core.pack_measures import Measure
from amends.store import judgements
from amends.store.connect import Pool, scope
from amends.store.judgements import Counted

DAYS = 30
LIABLE = ("merchant", "shared")
"""Faults that count against the merchant (S1: 双方有责 too)."""
COUNTS, OVER = "disputes_merchant_liable", "refunds_ended"
OWN = Measure("merchant_liable_rate", "纠纷商责率", "Merchant-liable dispute rate", "rate", (COUNTS,), OVER, DAYS, "own", "own")
"""What is shown where a pack has no measure of its own: no line."""
LISTED = 500


def measure_of(pack: Pack) -> Measure:
    """The pack's measure of liable disputes, else our own."""
    return next((m for m in pack.measures if m.counts == (COUNTS,) and m.over == OVER), OWN)


@dataclass(frozen=True, slots=True)
class Liability:
    """Counts of so many days: judgements that stand, those the merchant is liable for, and refunds that ended (granted or closed). `opened`: disputes that were opened, judged or not."""

    judged: int
    liable: int
    opened: int
    ended: int

    @property
    def of_judged(self) -> float:
        """Liable among those judged, a ratio; 0 where nothing was judged."""
        return self.liable / self.judged if self.judged else 0.0

    @property
    def rate(self) -> float:
        """纠纷商责率: liable judgements for each refund that ended, a ratio; 0 without any."""
        return self.liable / self.ended if self.ended else 0.0

    def with_one_more(self, *, liable: bool) -> Liability:
        """As it would be after one more judgement: what an arbiter sees before judging (UI-5)."""
        return Liability(self.judged + 1, self.liable + liable, self.opened, self.ended)

    def passes(self, measure: Measure) -> bool | None:
        """Whether the line of a pack is kept; None where it draws none."""
        return measures.passes(measure, {COUNTS: self.liable, OVER: self.ended})


def of(pool: Pool, merchant: str, now: datetime, days: int = DAYS) -> Liability:
    """The counts of a merchant for the last so many days until now."""
    with scope(pool, UUID(merchant)) as conn:
        return Liability(*judgements.counts(conn, merchant, now - timedelta(days=days), now, LIABLE))


def counted(pool: Pool, merchant: str, now: datetime, days: int = DAYS) -> list[Counted]:
    """The disputes that count against a merchant now, newest first."""
    with scope(pool, UUID(merchant)) as conn:
        return judgements.counted(conn, merchant, now - timedelta(days=days), now, LIABLE, LISTED)


def by_day(pool: Pool, merchant: str, since: datetime, until: datetime, zone: str) -> dict[str, tuple[int, int]]:
    """Day of the merchant's clock (ISO) → judgements that stand, and of them liable; days without any are left out."""
    with scope(pool, UUID(merchant)) as conn:
        return {day: (judged, liable) for day, judged, liable in judgements.days(conn, merchant, since, until, zone, LIABLE)}
