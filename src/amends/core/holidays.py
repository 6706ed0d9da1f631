"""Statutory holidays and make-up workdays of mainland China, 2004-2026, as facts for calendars.

Source: State Council notices, tabulated in the shared data `cn_holidays` (checked against two public packages).
Rule: a working day is a make-up workday, or Monday to Friday not in a holiday. A year outside the table is no
error: its weekdays count as working days, and `years_unknown` warns from 1 November of the year before.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files

from amends.core.hours import Calendar, make_calendar

_WARN_FROM_MONTH = 11
_EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class StatutoryDays:
    """Local dates: `holidays` (with the weekends inside them), `makeup_workdays`, and the years covered."""

    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    years: frozenset[int]


@lru_cache(maxsize=1)
def cn_days() -> StatutoryDays:
    """The packaged table. Raises FileNotFoundError or ValueError only for a broken installation."""
    text = files("amends.core.packs").joinpath("cn_days.json").read_text("utf-8")
    years: dict[str, dict[str, list[str]]] = json.loads(text)["years"]

    def dates(kind: str) -> frozenset[date]:
        return frozenset(date(int(year), int(day[:2]), int(day[2:])) for year, table in years.items() for day in table[kind])

    return StatutoryDays(dates("off"), dates("work"), frozenset(map(int, years)))


def cn_calendar(opens: str = "09:00", closes: str = "21:00", *, open_on_holidays: bool = False) -> Calendar:
    """Asia/Shanghai, open daily (PO-9: 09:00-21:00), working days by the statutory table. Raises ValueError for a bad time."""
    table = cn_days()
    return make_calendar(
        "Asia/Shanghai", {name: [f"{opens}-{closes}"] for name in _EVERY_DAY}, holidays=table.holidays,
        makeup_workdays=table.makeup_workdays, open_on_holidays=open_on_holidays, known_years=table.years,
    )


def years_unknown(calendar: Calendar, now: datetime) -> list[int]:
    """Years to warn about at `now` (aware): this one, and from 1 November (wall clock) the next, if the table lacks them."""
    if calendar.known_years is None:
        return []
    today = calendar.local_date(now)
    asked = [today.year] + ([today.year + 1] if today.month >= _WARN_FROM_MONTH else [])
    return [year for year in asked if year not in calendar.known_years]
