"""What decides by itself, beside the worker's rounds: cases that entered a node, runs over many cases, and another look when time has passed (SA-4, SA-7, SA-8)."""

from __future__ import annotations

import os
from uuid import UUID

from amends.engine import automate, strategy_trial, strategy_waiting
from amends.engine.house import House
from amends.store import considering
from amends.store import strategy_runs as runs
from amends.store.connect import scope
from amends.store.turns import turn
from amends.worker.aside import Aside
from amends.worker.late_shipment import NowAndThen
from amends.worker.log import log

ROUNDS_A_MERCHANT = 20
A_TURN = 1000


def consider_all(house: House, most: int = A_TURN) -> int:
    """What waits to be considered, of every merchant in turn; answers how many cases were looked at. Safe from any number of workers.

    A worker goes first where no other one is: limits are counted under a lock, so two at one merchant would mostly wait for each other (SA-4).
    Where others are it helps with one batch at a time, when nothing else is left.
    """
    looked, been = 0, set[str]()
    while todo := _due(house, been):
        merchant, done = _alone(house, todo, most)
        if merchant is None:
            merchant = todo[0]
            done = _consider(house, merchant, most, rounds=1)
            if done >= most:  # others may have finished meanwhile, and more may have come
                looked += done
                continue
        been.add(merchant)
        looked += done
    return looked


def _due(house: House, been: set[str]) -> list[str]:
    """Merchants to go to, each worker's beginning at another one."""
    due = [merchant for merchant in considering.merchants_due(house.pool, house.clock.now()) if merchant not in been]
    first = os.getpid() % max(1, len(due))
    return due[first:] + due[:first]


def _alone(house: House, todo: list[str], most: int) -> tuple[str | None, int]:
    """The first of these merchants that no other worker is at, and how many of its cases were looked at; (None, 0) if there is none."""
    for merchant in todo:
        with turn(house.pool, "consider", merchant) as ours:
            if ours:
                return merchant, _consider(house, merchant, most, ROUNDS_A_MERCHANT)
    return None, 0


def _consider(house: House, merchant: str, most: int, rounds: int) -> int:
    looked = 0
    try:
        for _ in range(rounds):
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
