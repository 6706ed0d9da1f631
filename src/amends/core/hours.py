"""Opening hours, working days and the arithmetic of time that counts.

Instants are aware datetimes; results are UTC. A *tick* names which time makes a clock run:
``all`` (every second), ``open`` (inside opening hours), ``working_day`` (the 24 hours of working days).
Rules: PO-9 (clocks), SL-063 of the shared cases (a calendar without an open hour is refused when saved).
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Tick = Literal["all", "open", "working_day"]
Window = tuple[int, int]
"""Minutes from local midnight, opening and closing; 1440 is 24:00."""
Stretch = tuple[datetime, datetime]
"""A half-open stretch of real time in UTC."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
MINUTES_A_DAY = 1440
_CACHED_DAYS = 20_000


class NeverOpen(ValueError):
    """The clock asked for can never run in this calendar. `check` refuses such a calendar before it is saved."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a calendar, span or suspension cannot be saved: a stable `code` and the offending `detail`."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Calendar:
    """One wall clock with its opening hours and its days off.

    `hours`: seven tuples of windows, Monday first. `workdays`: weekdays (0 = Monday) that are working days.
    `holidays`: local dates on which nothing is open and which are no working days.
    `makeup_workdays`: local dates worked in exchange; they win over weekday and holiday.
    `known_years`: years the holiday table covers; None = this calendar follows no yearly table.
    `open_247`: every second is open, holidays too. `open_on_holidays`: the hours hold on holidays, which still
    are not working days (a service desk answering 09:00-21:00 all year).
    """

    tz: str
    hours: tuple[tuple[Window, ...], ...] = ((),) * 7
    holidays: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()
    open_247: bool = False
    open_on_holidays: bool = False
    workdays: frozenset[int] = frozenset(range(5))
    known_years: frozenset[int] | None = None
    # Stretches already worked out; the calendar never changes, so neither do they.
    _seen: dict[tuple[date, Tick], tuple[Stretch, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def zone(self) -> ZoneInfo:
        """The wall clock. Raises ZoneInfoNotFoundError for a name `check` would have refused."""
        return _zone(self.tz)

    def local_date(self, at: datetime) -> date:
        """The merchant's date at an aware instant. Raises ValueError for a naive one."""
        return utc(at).astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """00:00 of a local date, in UTC."""
        return self.at(day, 0)

    def at(self, day: date, minute: int, *, last: bool = False) -> datetime:
        """A wall-clock minute (0-1440) of a local date in UTC. Of an hour the clock repeats, the first, or the `last`."""
        days, rest = divmod(minute, MINUTES_A_DAY)
        local = datetime.combine(day + days * ONE_DAY, time(rest // 60, rest % 60), self.zone)
        first = local.astimezone(UTC)
        if last:
            # In a skipped hour fold=1 lies *before* fold=0; only a repeated hour has a later reading.
            return max(first, local.replace(fold=1).astimezone(UTC))
        return first

    def is_working_day(self, day: date) -> bool:
        """Make-up workday, or a weekday of `workdays` that is no holiday. Unknown years: no holidays, never an error."""
        return day in self.makeup_workdays or (day.weekday() in self.workdays and day not in self.holidays)

    def hours_on(self, day: date) -> tuple[Window, ...]:
        """The opening windows of a local date, in minutes."""
        if self.open_247:
            return ((0, MINUTES_A_DAY),)
        if day in self.makeup_workdays:
            # A make-up Saturday is worked as the weekday it stands for, not by the Saturday's short hours.
            return next((self.hours[w] for w in range(5) if self.hours[w]), self.hours[day.weekday()])
        if day in self.holidays and not self.open_on_holidays:
            return ()
        return self.hours[day.weekday()]

    def stretches(self, day: date, tick: Tick) -> tuple[Stretch, ...]:
        """The real time of a local date during which a clock of that tick runs, in order, never overlapping."""
        known = self._seen.get((day, tick))
        if known is not None:
            return known
        found: list[Stretch] = []
        if tick == "open":
            for opens, closes in sorted(self.hours_on(day)):
                start = self.at(day, opens)
                # 24:00 is the next day's first midnight, so that two neighbouring days meet without overlap.
                end = self.at(day, closes, last=closes < MINUTES_A_DAY)
                if found:
                    start = max(start, found[-1][1])
                if start < end:
                    found.append((start, end))
        elif tick == "all" or self.is_working_day(day):
            found.append((self.midnight(day), self.midnight(day + ONE_DAY)))
        if len(self._seen) >= _CACHED_DAYS:
            self._seen.clear()
        result = self._seen[(day, tick)] = tuple(found)
        return result

    def runs(self, tick: Tick) -> bool:
        """Whether a clock of that tick ever runs. Only the week counts: dates run out, weeks do not."""
        if tick == "open":
            return self.open_247 or any(opens < closes for windows in self.hours for opens, closes in windows)
        return tick == "all" or bool(self.workdays)

    def is_open(self, at: datetime) -> bool:
        """Whether an instant lies within opening hours; the closing instant does not."""
        at = utc(at)
        return any(start <= at < end for start, end in self.stretches(self.local_date(at), "open"))


def make_calendar(
    tz: str,
    hours: Mapping[str, Iterable[str]],
    *,
    holidays: Iterable[date] = (),
    makeup_workdays: Iterable[date] = (),
    open_247: bool = False,
    open_on_holidays: bool = False,
    workdays: Iterable[int] = range(5),
    known_years: Iterable[int] | None = None,
) -> Calendar:
    """A calendar from texts: `hours` maps mon..sun to windows like "09:00-21:00" (24:00 allowed).

    Raises ValueError for an unreadable window or an unknown weekday; what the values mean is for `check`.
    """
    unknown = set(hours) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"unknown weekday: {', '.join(sorted(unknown))}")
    week = tuple(tuple(_window(text) for text in hours.get(name, ())) for name in WEEKDAYS)
    return Calendar(
        tz, week, frozenset(holidays), frozenset(makeup_workdays), open_247, open_on_holidays, frozenset(workdays),
        None if known_years is None else frozenset(known_years),
    )


def check(calendar: Calendar) -> list[Problem]:
    """Why this calendar must not be saved; empty when it may. Never raises: a refusal is data."""
    problems: list[Problem] = []
    try:
        _zone(calendar.tz)
    except (KeyError, ValueError, OSError):
        problems.append(Problem("unknown_timezone", calendar.tz))
    if len(calendar.hours) != 7:
        problems.append(Problem("week_without_seven_days", str(len(calendar.hours))))
    for name, windows in zip(WEEKDAYS, calendar.hours, strict=False):
        last = 0
        for opens, closes in sorted(windows):
            text = f"{name} {opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
            if not 0 <= opens < closes <= MINUTES_A_DAY:
                # Hours over midnight are two windows, so that a holiday closes exactly its own date.
                problems.append(Problem("bad_window", text))
            elif opens < last:
                problems.append(Problem("overlapping_windows", text))
            last = max(last, closes)
    if not calendar.runs("open"):
        problems.append(Problem("no_open_hour"))
    if not calendar.workdays or not calendar.workdays <= frozenset(range(7)):
        problems.append(Problem("bad_workdays", ",".join(map(str, sorted(calendar.workdays)))))
    both = calendar.holidays & calendar.makeup_workdays
    problems.extend(Problem("holiday_and_makeup_workday", day.isoformat()) for day in sorted(both))
    return problems


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive datetime, whose instant nobody knows."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError("an aware datetime is required")
    return at.astimezone(UTC)


def time_between(start: datetime, end: datetime, calendar: Calendar, tick: Tick = "open") -> timedelta:
    """How long a clock of that tick runs between two instants; zero when `end` is not after `start`."""
    start, end = utc(start), utc(end)
    if end <= start:
        return ZERO
    if tick == "all" or (tick == "open" and calendar.open_247):
        return end - start
    total = ZERO
    for opens, closes in _stretches_from(start, calendar, tick):
        if opens >= end:
            return total
        total += min(closes, end) - max(opens, start)
        if closes >= end:
            return total
    return total


def advance(start: datetime, need: timedelta, calendar: Calendar, tick: Tick = "open") -> datetime:
    """The first instant (UTC) at which a clock of that tick has run for `need` since `start`.

    Running out exactly at closing time stays at closing time (SL-034, SL-075). Raises NeverOpen when it cannot run.
    """
    start = utc(start)
    if need <= ZERO:
        return start
    if tick == "all" or (tick == "open" and calendar.open_247):
        return start + need
    if not calendar.runs(tick):
        raise NeverOpen(f"no {tick} time in this calendar")
    for opens, closes in _stretches_from(start, calendar, tick):
        begin = max(opens, start)
        if need <= closes - begin:
            return begin + need
        need -= closes - begin
    raise NeverOpen("the calendar ended")  # pragma: no cover - the stretches never end before year 9999


def _stretches_from(start: datetime, calendar: Calendar, tick: Tick) -> Iterator[Stretch]:
    """Stretches that end after `start`, without end. Lazy, so a need that fits today looks at no other day."""
    day = calendar.local_date(start)
    if not calendar.runs(tick):
        # Only make-up dates could still run; after the last of them there is nothing to wait for.
        last = max(calendar.makeup_workdays, default=day)
        while day <= last:
            yield from (s for s in calendar.stretches(day, tick) if s[1] > start)
            day += ONE_DAY
        return
    while True:
        for stretch in calendar.stretches(day, tick):
            if stretch[1] > start:
                yield stretch
        day += ONE_DAY


def _window(text: str) -> Window:
    opens, dash, closes = text.partition("-")
    if not dash:
        raise ValueError(f"not a window like 09:00-21:00: {text!r}")
    return clock_minute(opens), clock_minute(closes)


def clock_minute(text: str) -> int:
    """Minutes from midnight of a wall-clock text "HH:MM" (00:00-24:00). Raises ValueError otherwise."""
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        raise ValueError(f"not a time like 09:00: {text!r}")
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > MINUTES_A_DAY:
        raise ValueError(f"not a time of day: {text!r}")
    return value


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
