"""Holds whose time has run out are let go (ST-K2)."""

from __future__ import annotations

from amends.engine.holding import expire
from amends.engine.house import House


def end_holds(house: House) -> int:
    """How many holds of applications ended now, whichever merchant's."""
    return expire(house.pool, house.clock.now())
