"""What-if runs are worked off here, piece by piece (PO-14)."""

from __future__ import annotations

from amends.engine import what_if
from amends.engine.house import House


def replay_cases(house: House) -> int:
    """One piece of one run; the loop calls it again while it is not 0."""
    return what_if.work(house.pool, house.clock.now())
