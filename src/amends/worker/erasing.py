"""What is due for erasure goes by itself where the platform has said so, what somebody asked for goes on, and copies made for buyers go when they are over (ST-10); looked for once an hour."""

from __future__ import annotations

from amends.core.refusal import Refusal
from amends.engine import buyer_erasure, buyer_export, erasure
from amends.engine.house import House
from amends.worker.hourly import Hourly
from amends.worker.log import log


def erase_due(house: House) -> int:
    """One turn of everything; answers how much went. What is left goes with the next."""
    now, gone = house.clock.now(), 0
    if asked := buyer_erasure.run_asked(house.pool, erasure.ITSELF, now):
        log.info("erased", asked=asked)
    if over := buyer_export.remove_over(house.pool, now):
        log.info("copies_gone", copies=over)
    if erasure.retention(house.pool).by_itself:
        gone = _by_itself(house)
    return asked + over + gone


def _by_itself(house: House) -> int:
    done = erasure.erase_due(house.pool, erasure.ITSELF, house.clock.now())
    matters = buyer_erasure.erase_due(house.pool, erasure.ITSELF, house.clock.now())
    if isinstance(done, Refusal) or isinstance(matters, Refusal):
        return 0
    total = done.gone.total() + matters
    if total:
        log.info("erased", **done.gone, matter=matters)
    return total


ERASING = Hourly(erase_due)
"""Beside the rounds, once an hour."""
