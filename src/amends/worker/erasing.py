"""What is due for erasure goes by itself where the platform has said so (ST-10), looked for once an hour."""

from __future__ import annotations

from amends.core.refusal import Refusal
from amends.engine import erasure
from amends.engine.house import House
from amends.worker.hourly import Hourly
from amends.worker.log import log


def erase_due(house: House) -> int:
    """One turn of it, if it is switched on; answers how much went. What is left goes with the next."""
    if not erasure.retention(house.pool).by_itself:
        return 0
    done = erasure.erase_due(house.pool, erasure.ITSELF, house.clock.now())
    if isinstance(done, Refusal) or not done.gone:
        return 0
    log.info("erased", **done.gone)
    return done.gone.total()


ERASING = Hourly(erase_due)
"""Beside the rounds, once an hour."""
