"""Work beside the worker's rounds, each kind in a thread of its own, so that what waits for others never makes a clock late."""

from __future__ import annotations

import threading
from collections.abc import Callable

from amends.engine.house import House
from amends.worker.log import log


class Aside:
    """Called in every round; begins with a thread when `due` says so and none runs, answers 0 at once.

    `turn` does one piece and answers how much that was; it is called until it answers 0. The thread dies with the process: whatever it does must be
    such that the next worker can go on with it.
    """

    def __init__(self, name: str, due: Callable[[House], bool], turn: Callable[[House], int]) -> None:
        self.name, self._due, self._turn = name, due, turn
        self._thread: threading.Thread | None = None

    def __call__(self, house: House) -> int:
        """Look whether something is due and begin with it."""
        if (self._thread is None or not self._thread.is_alive()) and self._due(house):
            self._thread = threading.Thread(target=self._work, args=(house,), name=self.name, daemon=True)
            self._thread.start()
        return 0

    def join(self, seconds: float) -> None:
        """Wait for what is under way, before the house is closed."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self, house: House) -> None:
        try:
            while self._turn(house):
                pass
        except Exception as error:  # the database is gone, or the house is closing; the next worker goes on
            log.error("aside_failed", work=self.name, error=f"{type(error).__name__}: {error}")
