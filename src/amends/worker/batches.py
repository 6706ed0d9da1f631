"""Batches that a request could not finish are worked off here, piece by piece, in turn between merchants (SO-7)."""

from __future__ import annotations

from amends.engine import batches
from amends.engine.house import House
from amends.store.batches import waiting


def run_waiting_batches(house: House) -> int:
    """One piece of 500 cases of each waiting batch; answers how many batches were moved on. The loop calls it again while it is not 0."""
    moved = 0
    for merchant_id, batch_id in waiting(house.pool):
        batches.work(house.pool, merchant_id, batch_id, house.clock.now())
        moved += 1
    return moved
