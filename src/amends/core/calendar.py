"""The clocks' arithmetic in one place (PO-9, PO-15): re-exports of hours, pauses, spans and holidays.

Time is always an argument: aware datetimes in, UTC out. Nothing here asks what time it is.
"""
from amends.core.holidays import StatutoryDays, cn_calendar, cn_days, years_unknown
from amends.core.hours import Calendar, NeverOpen, Problem, Tick, check, make_calendar, time_between
from amends.core.pauses import (
    Remaining,
    Suspension,
    applying,
    by_local_day,
    check_suspension,
    merged,
    outside_hours_notice,
    remaining_at_pause,
    resume,
    running_time,
    working_time,
)
from amends.core.spans import (
    Span,
    check_span,
    count_back,
    daily_cutoff,
    days,
    due,
    hours,
    minutes,
    working_days,
    working_days_kept,
    working_minutes,
)

__all__ = [
    "Calendar", "NeverOpen", "Problem", "Remaining", "Span", "StatutoryDays", "Suspension", "Tick", "applying", "by_local_day",
    "check", "check_span", "check_suspension", "cn_calendar", "cn_days", "count_back", "daily_cutoff", "days", "due", "hours",
    "make_calendar", "merged", "minutes", "outside_hours_notice", "remaining_at_pause", "resume", "running_time", "time_between",
    "working_days", "working_days_kept", "working_minutes", "working_time", "years_unknown",
]
