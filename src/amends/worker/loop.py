"""The worker: rings clocks, sends reminders, performs effects, works off batches and imports. Any number may run; none keeps anything.

Each round does what is due and answers how much that was; a round that did nothing is followed by a short sleep.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from amends.engine.house import House
from amends.engine.ringing import ring
from amends.store import clocks, outbox
from amends.store.turns import turn
from amends.worker.effects import perform
from amends.worker.log import log

IDLE_SECONDS = 0.25
ALSO_SECONDS = 1.0
ROUNDS_A_MERCHANT = 20


def round_of(house: House) -> int:
    """One round over everything that is due now; answers how many rows it moved."""
    now = house.clock.now()
    return ring_all(house, now) + perform_all(house, now)


def clocks_only(house: House) -> int:
    """A round of clocks alone: a worker kept free of effects, so that the world's slowness never makes a clock late."""
    return ring_all(house, house.clock.now())


def ring_all(house: House, now: datetime, most: int = 1000) -> int:
    """Clocks of every merchant with something due, the longest overdue first; a merchant with very many makes room for the others.

    Where another worker rings already this one comes last, and helps: two at one merchant would step over each other's cases all the time.
    """
    total, taken = 0, []
    for merchant in clocks.merchants_due(house.pool, now):
        with turn(house.pool, "ring", merchant) as ours:
            if ours:
                total += _ring(house, merchant, now, most)
            else:
                taken.append(merchant)
    return total + sum(_ring(house, merchant, now, most) for merchant in taken)


def _ring(house: House, merchant: str, now: datetime, most: int) -> int:
    total = 0
    try:
        total += clocks.remind_due(house.pool, merchant, now, most)
        for _ in range(ROUNDS_A_MERCHANT):
            done = ring(house.pool, merchant, now, most)
            total += done
            if done < most:
                break
    except Exception as error:  # one merchant's trouble must not stop the others; the clocks were put off
        log.error("clocks_failed", merchant=merchant, error=f"{type(error).__name__}: {error}")
    return total


def perform_all(house: House, now: datetime, most: int = 500) -> int:
    """Effects of every merchant with something due."""
    total = 0
    for merchant in outbox.merchants_waiting(house.pool, now):
        for _ in range(ROUNDS_A_MERCHANT):
            done = perform(house.pool, merchant, now, most)
            total += done
            if done < most:
                break
    return total


def run(house: House, stop: threading.Event, also: tuple[Callable[[House], int], ...] = (), work: Callable[[House], int] = round_of) -> None:
    """Rounds until `stop` is set. `also`: work that is looked for less often (batches, imports, receipts). Losing the database is waited out."""
    looked = 0.0
    while not stop.is_set():
        moved = 0
        try:
            moved = work(house)
            if time.monotonic() - looked >= ALSO_SECONDS:
                more = sum(more_work(house) for more_work in also)
                moved += more
                looked = 0.0 if more else time.monotonic()
        except Exception as error:
            log.error("round_failed", error=f"{type(error).__name__}: {error}")
            stop.wait(2)
        if not moved:
            stop.wait(IDLE_SECONDS)
