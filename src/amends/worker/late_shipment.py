"""Orders that were not shipped in time are found and paid for (CO-1); looked for every few seconds, by whichever worker comes first."""

from __future__ import annotations

import time

from amends.engine import late_shipment
from amends.engine.house import House
from amends.worker.aside import Aside

EVERY_SECONDS = 5.0


class NowAndThen:
    """True at most once in EVERY_SECONDS; at once when the worker starts, so that an outage is made up for without delay."""

    def __init__(self) -> None:
        self._looked: float | None = None

    def __call__(self, house: House) -> bool:
        """Whether it is time to look again."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < EVERY_SECONDS:
            return False
        self._looked = now
        return True


def pay(house: House) -> int:
    """One look at every merchant that pays late shipment by itself; answers how many orders were paid for."""
    return late_shipment.pay_all(house.pool, house.clock.now())


LATE_SHIPMENT = Aside("late-shipment", NowAndThen(), pay)
