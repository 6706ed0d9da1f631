"""What decides by itself, beside the worker's rounds: cases that entered a node, runs over many cases, and another look when time has passed (SA-4, SA-7, SA-8)."""

from __future__ import annotations

import os
from uuid import UUID

from amends.engine import automate, strategy_trial, strategy_waiting
from amends.engine.house import House
from amends.store import considering
from amends.store import strategy_runs as runs
from amends.store.connect import scope
from amends.worker.aside import Aside
from amends.worker.late_shipment import NowAndThen
from amends.worker.log import log

ROUNDS_A_MERCHANT = 20
A_TURN = 1000


def consider_all(house: House, most: int = A_TURN) -> int:
    """What waits to be considered, of every merchant in turn; answers how many cases were looked at. Safe from any number of workers."""
    looked, been = 0, set[str]()
    todo = _in_turn(house, been)
    while todo:
        merchant = todo.pop(0)
        been.add(merchant)
        done = _consider(house, merchant, most)
        looked += done
        if done >= most:  # that took a while: others may have come to where this one meant to go
            todo = _in_turn(house, been)
    return looked


def _in_turn(house: House, been: set[str]) -> list[str]:
    """Merchants to go to, those no worker is at first: where limits are counted two would wait for each other (SA-4). Each worker begins at another one."""
    due = [row for row in considering.merchants_due(house.pool, house.clock.now()) if row[0] not in been]
    free = [merchant for merchant, taken in due if not taken]
    first = os.getpid() % max(1, len(free))
    return free[first:] + free[:first] + [merchant for merchant, taken in due if taken]


def _consider(house: House, merchant: str, most: int) -> int:
    looked = 0
    try:
        for _ in range(ROUNDS_A_MERCHANT):
            done = automate.work(house.pool, merchant, house.clock.now(), most)
            looked += done
            if done < most:
                break
    except Exception as error:  # one merchant's trouble must not stop the others; the lease runs out and they are tried again
        log.error("consider_failed", merchant=merchant, error=f"{type(error).__name__}: {error}")
    return looked


def work_runs(house: House) -> int:
    """One piece of each run that nobody is at; answers how many were moved on."""
    moved = 0
    for merchant, run_id in runs.waiting(house.pool, house.clock.now()):
        moved += work_run(house, merchant, run_id)
    return moved


def work_run(house: House, merchant: str, run_id: str) -> int:
    """One piece of one run; 0 if it is over or somebody else's."""
    now = house.clock.now()
    with scope(house.pool, UUID(merchant)) as conn:
        run = runs.claim(conn, merchant, run_id, now)
    if run is None:
        return 0
    failed_before, run.last_error = run.last_error is not None, None
    try:
        work = strategy_waiting.work_waiting if run.sort == "waiting" else strategy_trial.work_trial
        finished = work(house.pool, merchant, run, now)
    except Exception as error:
        log.error("run_failed", run=run_id, error=f"{type(error).__name__}: {error}")
        run.last_error, finished = f"{type(error).__name__}: {error}"[:500], failed_before
    with scope(house.pool, UUID(merchant)) as conn:
        runs.note(conn, merchant, run, house.clock.now(), finished=finished)
    return 1


def _waits(house: House) -> bool:
    return bool(considering.merchants_due(house.pool, house.clock.now()))


def _runs(house: House) -> bool:
    return bool(runs.waiting(house.pool, house.clock.now(), 1))


CONSIDER = Aside("consider", _waits, consider_all)
RUNS = Aside("strategy-runs", _runs, work_runs)
LOOK_AGAIN = Aside("look-again", NowAndThen(), lambda house: strategy_waiting.sweep(house.pool, house.clock.now()))
AUTOMATION = (CONSIDER, RUNS, LOOK_AGAIN)
