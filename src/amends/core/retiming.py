"""When a clock is due and reminds under any set of suspensions, worked out from what it was without one (PO-15).

A clock is three instants and the time that makes it run: when it began, when it would be due, when it would remind. From these, and from nothing else,
follows where it stands under a set of suspensions; making one, changing it and taking it back all give the same answer as if it had always been so.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.core.hours import ZERO, Calendar, Tick, utc
from amends.core.pauses import Suspension, merged, run_for, running_time

TICKS: tuple[Tick, ...] = ("all", "open", "working_day")


@dataclass(frozen=True, slots=True)
class Plain:
    """A clock as it would be if nothing stood still. `start`, `due_at`, `remind_at` are aware; `runs`: for an instant that was promised, how long it runs until then.

    A promise was given knowing the suspensions of its day, so its running time is kept and not worked out again; and it is never due before the instant promised.
    """

    start: datetime
    due_at: datetime
    tick: Tick = "all"
    remind_at: datetime | None = None
    runs: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When a clock is due and when it reminds (None: never), both UTC."""

    due_at: datetime
    remind_at: datetime | None


def times(plain: Plain, calendar: Calendar, stops: Sequence[Suspension]) -> Times:
    """Where a clock stands under these suspensions, which all stop it: each instant later by exactly what would have run meanwhile."""
    remind_at = None if plain.remind_at is None else moved(plain.start, plain.remind_at, plain.tick, calendar, stops)
    if plain.runs is None:
        return Times(moved(plain.start, plain.due_at, plain.tick, calendar, stops), remind_at)
    due_at = max(utc(plain.due_at), run_for(plain.start, plain.runs, calendar, plain.tick, stops))
    # An instant promised within a pause that was known: it is kept, and the clock rings when it goes on.
    due_at = next((goes_on for stopped, goes_on in merged(stops) if stopped < due_at < goes_on), due_at)
    before = None if plain.remind_at is None else plain.runs - (utc(plain.due_at) - utc(plain.remind_at))
    return Times(due_at, run_for(plain.start, before, calendar, plain.tick, stops) if before is not None and before > ZERO else None)


def moved(start: datetime, instant: datetime, tick: Tick, calendar: Calendar, stops: Iterable[Suspension]) -> datetime:
    """An instant of a clock that began at `start`, under these suspensions. Without a stop between the two it stands as it is, wherever it lies."""
    start, instant = utc(start), utc(instant)
    stops = list(stops)
    if not any(stopped < instant and goes_on > start for stopped, goes_on in merged(stops)):
        return instant
    return run_for(start, running_time(start, instant, calendar, tick), calendar, tick, stops)


def left(plain: Plain, at: datetime, calendar: Calendar, stops: Sequence[Suspension]) -> timedelta:
    """What a clock has left at an instant, in the time that makes it run; zero once it is due."""
    return running_time(at, times(plain, calendar, stops).due_at, calendar, plain.tick, stops)


def promised(start: datetime, until: datetime, remind_at: datetime | None, calendar: Calendar, stops: Sequence[Suspension]) -> Plain:
    """The clock of an instant that was promised while these suspensions were known (ST-K5)."""
    return Plain(start, until, "all", remind_at, running_time(start, until, calendar, "all", stops))


def to_facts(plain: Plain, came: Times) -> dict[str, Any]:
    """What has to stay with a case so that `from_facts` finds the clock again; nothing for one that nothing has moved and that runs day and night."""
    out: dict[str, Any] = {} if plain.tick == "all" else {"tick": plain.tick}
    if plain.runs is not None:
        out["runs"] = plain.runs.total_seconds()
    if came.due_at != plain.due_at or plain.runs is not None:
        out["plain_due_at"] = utc(plain.due_at).isoformat()
    if plain.remind_at is not None and came.remind_at != plain.remind_at:
        out["plain_remind_at"] = utc(plain.remind_at).isoformat()
    return out


def from_facts(kept: dict[str, Any], began: datetime, due_at: datetime, remind_at: datetime | None) -> Plain:
    """A clock out of what stays with its case and its row. What reminded already (no `remind_at`) does not remind again; `began` counts unless the case says otherwise."""
    tick = kept.get("tick", "all")
    started, plain_due, plain_remind, runs = (kept.get(name) for name in ("started_at", "plain_due_at", "plain_remind_at", "runs"))
    return Plain(
        datetime.fromisoformat(started) if started else began, datetime.fromisoformat(plain_due) if plain_due else due_at, tick if tick in TICKS else "all",
        None if remind_at is None else datetime.fromisoformat(plain_remind) if plain_remind else remind_at, None if runs is None else timedelta(seconds=runs),
    )


__all__ = ["TICKS", "Plain", "Times", "from_facts", "left", "moved", "promised", "times", "to_facts"]
