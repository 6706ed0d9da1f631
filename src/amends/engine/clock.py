"""The house's one clock: the real one, or the demo's, which every process reads from the database (OP-11)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from amends.store import demo_clock
from amends.store.connect import Pool


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present instant."""


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)


@dataclass(slots=True)
class DemoClock:
    """The machine's clock plus the demo's lead; moved forward by anybody, seen by every process at once."""

    pool: Pool

    def now(self) -> datetime:
        """The present instant of the demo."""
        return datetime.now(UTC) + demo_clock.ahead(self.pool)

    def forward(self, by: timedelta) -> datetime:
        """Move on by `by`. Raises ValueError for a step back."""
        return datetime.now(UTC) + demo_clock.forward(self.pool, by)
