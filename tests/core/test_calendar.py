"""Clocks: round trips, pauses, suspensions, clock changes, cut-offs, statutory days."""
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core import calendar as c

CN = c.cn_calendar()
WEEK = ("mon", "tue", "wed", "thu", "fri")
BERLIN = c.make_calendar("Europe/Berlin", {d: ["01:00-12:00", "13:00-24:00"] for d in (*WEEK, "sun")}, holidays=[date(2026, 4, 3)])
OFFICE = c.make_calendar("Asia/Shanghai", {d: ["09:00-12:30", "13:30-18:00"] for d in WEEK}, holidays=CN.holidays, makeup_workdays=CN.makeup_workdays)
ALWAYS = c.make_calendar("Asia/Shanghai", {}, open_247=True)
CALENDARS = st.sampled_from([CN, BERLIN, OFFICE, ALWAYS])
INSTANTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
AMOUNTS = st.integers(1, 9000)
SPANS = st.one_of(
    st.integers(1, 9000).map(c.minutes), st.integers(1, 20).map(c.days), st.integers(1, 9000).map(c.working_minutes),
    st.integers(1, 12).map(c.working_days), st.integers(1, 12).map(c.working_days_kept),
    st.booleans().map(lambda w: c.daily_cutoff(next_working=w)),
)
STOPS = st.lists(st.tuples(INSTANTS, st.integers(1, 20_000)).map(lambda x: c.Suspension(x[0], x[0] + timedelta(minutes=x[1]))), max_size=4)


def cn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@given(INSTANTS, AMOUNTS, CALENDARS, STOPS)
def test_working_time_until_due_is_what_was_asked(start: datetime, n: int, cal: c.Calendar, stops: list[c.Suspension]) -> None:
    due = c.due(start, c.working_minutes(n), cal, stops)
    assert c.working_time(start, due, cal, stops) == timedelta(minutes=n)
    assert c.working_time(start, due - timedelta(microseconds=1), cal, stops) < timedelta(minutes=n)


@given(INSTANTS, st.integers(0, 4000), st.sampled_from([CN, BERLIN, OFFICE]))
@settings(max_examples=25, deadline=None)
def test_working_time_agrees_with_counting_minutes(start: datetime, n: int, cal: c.Calendar) -> None:
    start = start.replace(second=0, microsecond=0)
    counted = sum(cal.is_open(start + timedelta(minutes=m)) for m in range(n))
    assert c.working_time(start, start + timedelta(minutes=n), cal) == timedelta(minutes=counted)


@given(INSTANTS, SPANS, CALENDARS, st.integers(0, 8000), st.integers(0, 30_000))
def test_pause_and_resume_keep_what_was_left(start: datetime, span: c.Span, cal: c.Calendar, after: int, paused: int) -> None:
    due = c.due(start, span, cal)
    stop = start + timedelta(minutes=after)
    goes_on = stop + timedelta(minutes=paused)
    left = c.remaining_at_pause(stop, due, cal, span.tick)
    moved = c.resume(left, goes_on, cal)
    assert c.remaining_at_pause(goes_on, moved, cal, span.tick) == left
    if stop < due and left.left:
        assert c.due(start, span, cal, [c.Suspension(stop, goes_on)]) == moved


@given(INSTANTS, SPANS, CALENDARS, st.integers(-3 * 1440, 20 * 1440))
def test_ten_days_of_suspension_leave_every_clock_what_it_had(start: datetime, span: c.Span, cal: c.Calendar, offset: int) -> None:
    stop = c.Suspension(start + timedelta(minutes=offset), start + timedelta(minutes=offset, days=10))
    plain, moved = c.due(start, span, cal), c.due(start, span, cal, [stop])
    had = c.running_time(start, plain, cal, span.tick)
    assert c.running_time(start, moved, cal, span.tick, [stop]) == had
    assert moved >= plain
    if span.tick == "all" and start <= stop.start < plain:
        assert moved == plain + timedelta(days=10)


@given(STOPS)
def test_merged_suspensions_are_apart_and_cover_the_same(stops: list[c.Suspension]) -> None:
    joined = c.merged(stops)
    assert all(a[1] < b[0] for a, b in pairwise(joined))
    for s in stops:
        assert any(a <= s.start and s.end <= b for a, b in joined)
    assert sum((b - a for a, b in joined), timedelta()) <= sum((s.end - s.start for s in stops), timedelta())


@pytest.mark.parametrize(("sent", "due"), [
    ("2026-03-06T15:59:59", "2026-03-06T18:00"), ("2026-03-06T16:00", "2026-03-07T18:00"), ("2026-03-06T23:00", "2026-03-07T18:00"),
])
def test_mail_cut_off(sent: str, due: str) -> None:
    assert c.due(cn(sent), c.daily_cutoff(), CN) == cn(due)


def test_mail_cut_off_on_working_days_skips_holidays_and_uses_makeup_days() -> None:
    span = c.daily_cutoff(next_working=True)
    assert c.due(cn("2026-02-13T16:00"), span, CN) == cn("2026-02-14T18:00")  # a make-up Saturday
    assert c.due(cn("2026-02-14T16:00"), span, CN) == cn("2026-02-24T18:00")  # Spring Festival 15-23
    assert c.due(cn("2026-02-18T09:00"), span, CN) == cn("2026-02-24T18:00")


def test_days_end_at_midnight_of_the_nth_day() -> None:
    assert c.due(cn("2026-03-01T00:00"), c.days(7), CN) == cn("2026-03-09T00:00")
    assert c.due(cn("2026-03-01T23:59"), c.days(7), CN) == cn("2026-03-09T00:00")
    assert c.due(cn("2026-02-13T10:00"), c.working_days(2), CN) == cn("2026-02-25T00:00")
    assert c.due(cn("2026-03-01T10:00"), c.hours(48), CN) == cn("2026-03-03T10:00")


def test_clock_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    plain = c.make_calendar("Europe/Berlin", {"sun": ["00:00-24:00"]})
    for day, length in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        start = datetime(day.year, day.month, day.day, tzinfo=zone)
        assert c.working_time(start, start + timedelta(days=2), plain) == timedelta(hours=length)
        assert c.due(start - timedelta(days=1), c.days(1), plain) == start + timedelta(days=1)
    skipped = c.make_calendar("Europe/Berlin", {"sun": ["01:00-02:30"]})
    assert c.working_time(datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC), skipped) == timedelta(minutes=90)
    assert c.working_time(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC), skipped) == timedelta(minutes=150)


def test_refusals_are_data() -> None:
    def codes(cal: c.Calendar) -> list[str]:
        return [p.code for p in c.check(cal)]

    assert codes(CN) == codes(BERLIN) == codes(ALWAYS) == []
    assert codes(c.make_calendar("Mars/Base", {"mon": ["09:00-10:00"]})) == ["unknown_timezone"]
    assert codes(c.make_calendar("UTC", {"mon": ["22:00-02:00"]})) == ["bad_window", "no_open_hour"]
    assert codes(c.make_calendar("UTC", {"mon": ["09:00-12:00", "11:00-13:00"]})) == ["overlapping_windows"]
    day = date(2026, 1, 1)
    assert codes(c.make_calendar("UTC", {"mon": ["09:00-12:00"]}, holidays=[day], makeup_workdays=[day])) == ["holiday_and_makeup_workday"]
    assert [p.code for p in c.check_span(c.hours(0))] == ["bad_amount"]
    assert [p.code for p in c.check_span(c.daily_cutoff("18:00", "16:00"))] == ["bad_cutoff"]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert [p.code for p in c.check_suspension(c.Suspension(now, now))] == ["empty_suspension"]
    with pytest.raises(ValueError, match="aware"):
        c.due(now.replace(tzinfo=None), c.hours(1), CN)


def test_suspensions_name_clocks_and_regions() -> None:
    now = datetime(2026, 2, 1, tzinfo=UTC)
    one = c.Suspension(now, now + timedelta(days=1), frozenset({"audit"}), frozenset({"north"}))
    every = c.Suspension(now, now + timedelta(days=1))
    assert c.applying([one, every], "audit", "north") == [one, every]
    assert c.applying([one, every], "audit", None) == c.applying([one, every], "refund", "north") == [every]


def test_statutory_table() -> None:
    table = c.cn_days()
    assert (len(table.holidays), len(table.makeup_workdays)) == (621, 150)
    assert table.years == frozenset(range(2004, 2027))
    assert not table.holidays & table.makeup_workdays
    assert CN.is_working_day(date(2026, 2, 28))
    assert not CN.is_working_day(date(2026, 10, 7))


def test_unknown_years_count_weekdays_and_warn_from_november() -> None:
    assert c.due(cn("2031-09-30T10:00"), c.working_days(1), CN) == cn("2031-10-02T00:00")
    assert c.years_unknown(CN, cn("2026-10-31T23:59")) == []
    assert c.years_unknown(CN, cn("2026-11-01T00:00")) == [2027]
    assert c.years_unknown(CN, cn("2027-03-01T00:00")) == [2027]
    assert c.years_unknown(BERLIN, cn("2027-03-01T00:00")) == []
