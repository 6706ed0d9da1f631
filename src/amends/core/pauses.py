"""Time in which clocks stand still: a platform's suspensions (PO-15) and a case's own pauses.

Both are half-open [start, end): a clock due exactly when a suspension begins is due, not suspended.
A stopped clock goes on with exactly what was left, measured in the time that makes it run.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from amends.core.hours import MINUTES_A_DAY, ONE_DAY, ZERO, Calendar, Problem, Stretch, Tick, advance, time_between, utc


@dataclass(frozen=True, slots=True)
class Suspension:
    """A period (aware instants) in which named kinds of clock stop. Empty `clocks` or `regions` mean all (PO-15). `made_at`: when it was made, None where nobody asks."""

    start: datetime
    end: datetime
    clocks: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    name: str = ""
    id: str = ""
    made_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a paused clock has left: `left` of the time named by `tick`. Zero: it had run out already."""

    tick: Tick
    left: timedelta


def check_suspension(suspension: Suspension) -> list[Problem]:
    """Why this suspension must not be saved; empty when it may. Never raises."""
    if suspension.start.utcoffset() is None or suspension.end.utcoffset() is None:
        return [Problem("naive_instant", suspension.name)]
    if suspension.end <= suspension.start:
        return [Problem("empty_suspension", suspension.name)]
    return []


def applying(suspensions: Iterable[Suspension], clock: str, region: str | None) -> list[Suspension]:
    """Those that stop this kind of clock for this carrier region; a case of unknown region is stopped only by "all regions"."""
    return [s for s in suspensions if (not s.clocks or clock in s.clocks) and (not s.regions or region in s.regions)]


def since_promised(suspensions: Iterable[Suspension], given_at: datetime) -> list[Suspension]:
    """Those that move an instant promised then: it was given knowing the suspensions of its day, so only those made later do."""
    return [s for s in suspensions if s.made_at is not None and s.made_at > given_at]


def merged(suspensions: Iterable[Suspension]) -> list[Stretch]:
    """The stopped stretches in UTC, in order; overlapping and touching ones joined, empty ones dropped."""
    joined: list[Stretch] = []
    for start, end in sorted((utc(s.start), utc(s.end)) for s in suspensions):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def running_time(start: datetime, end: datetime, calendar: Calendar, tick: Tick = "open", suspensions: Iterable[Suspension] = ()) -> timedelta:
    """How long a clock runs between two instants, suspensions left out; zero when `end` is not after `start`."""
    start, end = utc(start), utc(end)
    total, at = ZERO, start
    for stopped, goes_on in merged(suspensions):
        if stopped >= end:
            break
        total += time_between(at, stopped, calendar, tick)
        at = max(at, goes_on)
    return total + time_between(at, end, calendar, tick)


def working_time(start: datetime, end: datetime, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> timedelta:
    """Time within opening hours between two instants, suspensions left out."""
    return running_time(start, end, calendar, "open", suspensions)


def run_for(start: datetime, need: timedelta, calendar: Calendar, tick: Tick, suspensions: Iterable[Suspension] = ()) -> datetime:
    """The first instant (UTC) at which a clock started at `start` has run for `need`. Raises NeverOpen if it cannot run."""
    at = utc(start)
    if need <= ZERO:
        return at
    for stopped, goes_on in merged(suspensions):
        if goes_on <= at:
            continue
        if stopped > at:
            runs = time_between(at, stopped, calendar, tick)
            if need <= runs:
                break
            need -= runs
        at = goes_on
    return advance(at, need, calendar, tick)


def remaining_at_pause(at: datetime, due_at: datetime, calendar: Calendar, tick: Tick, suspensions: Iterable[Suspension] = ()) -> Remaining:
    """What a clock due at `due_at` has left when a case's pause begins at `at`; suspensions between do not count."""
    return Remaining(tick, running_time(at, due_at, calendar, tick, suspensions))


def resume(remaining: Remaining, at: datetime, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> datetime:
    """When a clock that goes on at `at` is due (UTC). With nothing left it is due at once."""
    return run_for(at, remaining.left, calendar, remaining.tick, suspensions)


def by_local_day(start: datetime, end: datetime, calendar: Calendar) -> list[tuple[date, int, int]]:
    """A stretch as the merchant's wall clock shows it: one (date, from minute, to minute) a day, 1440 = 24:00."""
    zone = calendar.zone
    at, until = utc(start).astimezone(zone), utc(end).astimezone(zone)
    rows: list[tuple[date, int, int]] = []
    day = at.date()
    while utc(end) > utc(start) and day <= until.date():
        first = at.hour * 60 + at.minute if day == at.date() else 0
        last = until.hour * 60 + until.minute if day == until.date() else MINUTES_A_DAY
        if first < last:
            rows.append((day, first, last))
        day += ONE_DAY
    return rows


def outside_hours_notice(raised: datetime, read: datetime, replied: bool, calendar: Calendar) -> bool:
    """Whether to tell the writer that nobody is there: raised and read outside hours, unanswered, and no opening between (SL-050)."""
    if replied or calendar.is_open(raised) or calendar.is_open(read):
        return False
    return time_between(raised, read, calendar, "open") == ZERO


__all__ = [
    "Remaining", "Suspension", "applying", "by_local_day", "check_suspension", "merged", "outside_hours_notice",
    "remaining_at_pause", "resume", "run_for", "running_time", "since_promised", "working_time",
]
