"""How long a clock runs, as a policy pack writes it, and when it is due (PO-9).

Days are counted from the day after the start and end at 24:00 of the Nth day on the merchant's wall clock
(decision on ST-041, SL-081, SL-082); hours and minutes are exact instants.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from amends.core.hours import MINUTES_A_DAY, ONE_DAY, Calendar, NeverOpen, Problem, Tick, clock_minute, utc
from amends.core.pauses import Suspension, merged, run_for, running_time

Kind = Literal["elapsed", "calendar_days", "working_time", "working_days", "working_days_kept", "cutoff"]

_TICKS: dict[Kind, Tick] = {
    "elapsed": "all", "calendar_days": "all", "cutoff": "all",
    "working_time": "open", "working_days": "working_day", "working_days_kept": "working_day",
}
_LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in a pack.

    `amount`: seconds for `elapsed` and `working_time`, days for the kinds named days, unused for `cutoff`.
    `working_days_kept` keeps the time of day (SL-077..079). `cutoff`: `before` and `by` are wall-clock minutes:
    earlier than `before` is due the same day at `by`, else the next day (next working day if `next_working`) at `by`.
    """

    kind: Kind
    amount: int = 0
    before: int = 0
    by: int = 0
    next_working: bool = False

    @property
    def tick(self) -> Tick:
        """The time that makes this clock run, which is what a pause saves."""
        return _TICKS[self.kind]


def minutes(n: int) -> Span:
    """Exactly n minutes, day and night."""
    return Span("elapsed", n * 60)


def hours(n: int) -> Span:
    """Exactly n hours, day and night."""
    return Span("elapsed", n * 3600)


def days(n: int) -> Span:
    """n calendar days, ending at 24:00 of the nth day after the start's day."""
    return Span("calendar_days", n)


def working_minutes(n: int) -> Span:
    """n minutes within opening hours."""
    return Span("working_time", n * 60)


def working_days(n: int) -> Span:
    """n working days, ending at 24:00 of the nth working day after the start's day."""
    return Span("working_days", n)


def working_days_kept(n: int) -> Span:
    """n working days later at the same time of day; a start out of hours counts from the next opening."""
    return Span("working_days_kept", n)


def daily_cutoff(before: str = "16:00", by: str = "18:00", *, next_working: bool = False) -> Span:
    """TI-4 (S1): sent before 16:00 is due 18:00 the same day, at or after 16:00 the next day. Raises ValueError for a bad time."""
    return Span("cutoff", 0, clock_minute(before), clock_minute(by), next_working)


def check_span(span: Span) -> list[Problem]:
    """Why a pack must not be saved with this span; empty when it may. Never raises."""
    if span.kind not in _TICKS:
        return [Problem("unknown_span", span.kind)]
    if span.kind == "cutoff":
        # An answer due before the cut-off could be due before it was asked.
        return [] if 0 <= span.before <= span.by <= MINUTES_A_DAY else [Problem("bad_cutoff", f"{span.before}-{span.by}")]
    longest = _LONGEST_DAYS * (86400 if span.kind in ("elapsed", "working_time") else 1)
    return [] if 0 < span.amount <= longest else [Problem("bad_amount", str(span.amount))]


def due(start: datetime, span: Span, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> datetime:
    """When a clock armed at `start` (aware) runs out, in UTC.

    A suspension moves it by exactly the time that would have run during it; a clock armed during one keeps its whole length.
    Raises NeverOpen if the calendar has no time of the needed kind (refused by `check`), ValueError for a naive start or negative amount.
    """
    start = utc(start)
    if span.amount < 0:
        raise ValueError("a span does not run backwards; see count_back")
    if span.kind in ("elapsed", "working_time"):
        return run_for(start, timedelta(seconds=span.amount), calendar, span.tick, suspensions)
    suspensions = list(suspensions)
    plain = _plain_due(start, span, calendar)
    # Without a stop before the plain due time, the wall-clock instant stands as it is.
    if not any(stopped < plain and goes_on > start for stopped, goes_on in merged(suspensions)):
        return plain
    return run_for(start, running_time(start, plain, calendar, span.tick), calendar, span.tick, suspensions)


def count_back(end: datetime, span: Span, calendar: Calendar) -> datetime:
    """00:00 (UTC instant of the wall clock) of the nth calendar or working day before the day of `end` (SL-085..087).

    Raises ValueError for spans that are not counted in whole days.
    """
    if span.kind == "calendar_days":
        return calendar.midnight(calendar.local_date(end) - span.amount * ONE_DAY)
    if span.kind == "working_days":
        return calendar.midnight(_nth_working_day(calendar.local_date(end), span.amount, calendar, step=-ONE_DAY))
    raise ValueError(f"{span.kind} is not counted in whole days")


def _plain_due(start: datetime, span: Span, calendar: Calendar) -> datetime:
    day = calendar.local_date(start)
    if span.kind == "calendar_days":
        return calendar.midnight(day + (span.amount + 1) * ONE_DAY)
    if span.kind == "working_days":
        return calendar.midnight(_nth_working_day(day, span.amount, calendar) + ONE_DAY)
    if span.kind == "cutoff":
        # Compared as instants, so that the hour a clock change repeats cannot put a later mail before an earlier one.
        if start < calendar.at(day, span.before) and (calendar.is_working_day(day) or not span.next_working):
            return calendar.at(day, span.by)
        return calendar.at(_nth_working_day(day, 1, calendar) if span.next_working else day + ONE_DAY, span.by)
    return _same_time_later(start, span.amount, calendar)


def _same_time_later(start: datetime, n: int, calendar: Calendar) -> datetime:
    """Roll into a working day's hours first, then count days, keeping the time of day within that day's hours."""
    day = calendar.local_date(start)
    closes = [end for _, end in calendar.stretches(day, "open")]
    if not calendar.is_working_day(day) or (closes and start >= closes[-1]):
        day = _nth_working_day(day, 1, calendar)
        start = calendar.midnight(day)
    start = _into_hours(start, day, calendar)
    # The wall clock's time of day is kept, not the number of seconds: a clock change must not shift it.
    wall = start.astimezone(calendar.zone)
    day = _nth_working_day(day, n, calendar)
    exact = calendar.at(day, wall.hour * 60 + wall.minute) + timedelta(seconds=wall.second, microseconds=wall.microsecond)
    return _into_hours(exact, day, calendar)


def _into_hours(at: datetime, day: date, calendar: Calendar) -> datetime:
    """The instant itself if open, else the day's next opening, else its closing. A working day without hours bounds nothing."""
    stretches = calendar.stretches(day, "open")
    for opens, closes in stretches:
        if at <= closes:
            return max(at, opens)
    return stretches[-1][1] if stretches else at


def _nth_working_day(day: date, n: int, calendar: Calendar, step: timedelta = ONE_DAY) -> date:
    if n and not calendar.runs("working_day"):
        raise NeverOpen("no working day in this calendar")
    while n > 0:
        day += step
        n -= calendar.is_working_day(day)
    return day


__all__ = [
    "Kind", "Span", "check_span", "count_back", "daily_cutoff", "days", "due", "hours", "minutes",
    "working_days", "working_days_kept", "working_minutes",
]
