"""Work that nobody waits for: looked for when the worker starts, then once an hour."""

from __future__ import annotations

import time
from collections.abc import Callable

from amends.engine.house import House
from amends.store import inbox

EVERY_SECONDS = 3600.0


class Hourly:
    """Called in every round; does its work at most once an hour."""

    def __init__(self, work: Callable[[House], int]) -> None:
        self._work = work
        self._looked: float | None = None

    def __call__(self, house: House) -> int:
        """How much was done now."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < EVERY_SECONDS:
            return 0
        self._looked = now
        return self._work(house)


OLD_MESSAGES = Hourly(lambda house: inbox.forget_old(house.pool, house.clock.now()))
"""Messages that were understood a month ago go."""
