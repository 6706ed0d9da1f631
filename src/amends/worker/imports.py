"""Uploaded order files, taken in by the worker so that the browser can be closed; one that a killed worker left is gone on with."""

from __future__ import annotations

import threading

from amends.engine.house import House
from amends.engine.importing import uploads
from amends.worker.log import log


def run_waiting_imports(house: House) -> int:
    """Take in what waits and let old uploads go; answers how many imports ended here. Safe in any number of workers at once."""
    now = house.clock.now()
    uploads.forget_old(house.pool, now)
    return uploads.run_waiting(house.pool, now)


class ImportsAside:
    """The same beside the worker's rounds, in a thread, so that a long import makes no clock late.

    The thread dies with the process; what it had not committed is done by the next worker.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def __call__(self, house: House) -> int:
        """Look whether something waits and begin with it; answers 0 at once."""
        if (self._thread is None or not self._thread.is_alive()) and uploads.anything_to_do(house.pool, house.clock.now()):
            self._thread = threading.Thread(target=self._work, args=(house,), name="imports", daemon=True)
            self._thread.start()
        return 0

    def _work(self, house: House) -> None:
        try:
            run_waiting_imports(house)
        except Exception as error:  # the import is marked as broken, or goes on in the next round
            log.error("import_failed", error=f"{type(error).__name__}: {error}")
