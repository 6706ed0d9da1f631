"""Pack releases whose day has come are given to their merchants (PO-18)."""

from __future__ import annotations

from amends.engine import pack_releases
from amends.engine.house import House


def carry_out_releases(house: House) -> int:
    """Any number of workers may do it: each release is carried out under its pack's lock, by whoever is first."""
    return pack_releases.carry_out_due(house.pool, house.clock.now())
