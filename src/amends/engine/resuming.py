"""A clock that stood still while the buyer had a proposal, and goes on with what it had left (SO-28). Seconds are of the time that makes the clock run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from amends.core.case import Case
from amends.core.pauses import run_for, running_time
from amends.core.retiming import TICKS, Plain, times, to_facts
from amends.engine.deadlines import Deadline, Deadlines


def seconds_left(clocks: Deadlines, case: Case, now: datetime) -> int:
    """What the clock of a case has left; 0 for one that is due, or that runs no clock."""
    kept = case.body.get("clock") or {}
    if case.due_at is None or not kept.get("clock"):
        return 0
    stops = clocks.stops(kept["clock"], case.body.get("region", ""))
    return int(running_time(now, case.due_at, clocks.calendar, _tick(kept), stops).total_seconds())


def resumed(clocks: Deadlines, goes_on: dict[str, Any], type_: str, now: datetime, region: str) -> Deadline:
    """The clock `goes_on["clock"]`, due after `goes_on["seconds"]` of its own time; a suspension that is made later moves it as any other."""
    armed = clocks.arm(goes_on["clock"], type_, now, region)
    tick = _tick(armed.why)
    due_at, before = run_for(now, timedelta(seconds=goes_on["seconds"]), clocks.calendar, tick), clocks.pack.clocks[armed.name].remind_before
    remind_at = None if before is None else due_at - timedelta(seconds=before)
    plain = Plain(now, due_at, tick, remind_at if remind_at is not None and remind_at > now else None)
    came = times(plain, clocks.calendar, clocks.stops(armed.name, region))
    why = {name: value for name, value in armed.why.items() if name in ("clock", "then", "source", "pack", "version")}
    return Deadline(armed.name, came.due_at, came.remind_at, {**why, "resumed": True, **to_facts(plain, came)})


def _tick(kept: dict[str, Any]) -> Any:
    return kept["tick"] if kept.get("tick") in TICKS else "all"
