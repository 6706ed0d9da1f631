"""Uploaded order files, taken in by the worker so that the browser can be closed; one that a killed worker left is gone on with."""

from __future__ import annotations

from amends.engine.house import House
from amends.engine.importing import uploads


def run_waiting_imports(house: House) -> int:
    """Take in what waits; answers how many imports ended here. Safe in any number of workers at once."""
    return uploads.run_waiting(house.pool, house.clock.now())
