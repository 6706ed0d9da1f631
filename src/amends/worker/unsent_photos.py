"""Pictures that were uploaded and never sent are removed after a day; looked for once an hour, for nobody waits for it."""

from __future__ import annotations

import time

from amends.engine.house import House
from amends.engine.photos import remove_unsent

EVERY_SECONDS = 3600.0


class UnsentPhotos:
    """Called in every round; does something at most once an hour, the first time when the worker starts."""

    def __init__(self) -> None:
        self._looked: float | None = None

    def __call__(self, house: House) -> int:
        """How many pictures were removed."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < EVERY_SECONDS:
            return 0
        self._looked = now
        return remove_unsent(house.pool, house.clock.now())
