"""Suspended clocks: what was left stays left, to the second, whatever was made, changed and taken back in between (PO-15)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core import spans
from amends.core.holidays import cn_calendar
from amends.core.pack import CLOCKS
from amends.core.pauses import Suspension, merged, running_time
from amends.core.policy import load_pack
from amends.core.retiming import Plain, from_facts, left, promised, times, to_facts
from amends.core.spans import Span, due

CALENDAR = cn_calendar()
START = datetime(2026, 2, 10, 3, 17, 42, tzinfo=UTC)
SPRING = Suspension(datetime(2026, 2, 14, 16, tzinfo=UTC), datetime(2026, 2, 24, 16, tzinfo=UTC))
SPANS = {
    "elapsed": spans.hours(150), "calendar_days": spans.days(7), "working_time": spans.working_minutes(60 * 70), "working_days": spans.working_days(6),
    "working_days_kept": spans.working_days_kept(6), "cutoff": spans.daily_cutoff(),
}
instants = st.integers(0, 40 * 86400).map(lambda s: START + timedelta(seconds=s))
some_spans = st.one_of(
    st.integers(1, 20 * 86400).map(lambda n: Span("elapsed", n)), st.integers(1, 20).map(spans.days), st.integers(1, 9000).map(spans.working_minutes),
    st.integers(1, 15).map(spans.working_days), st.integers(1, 15).map(spans.working_days_kept), st.just(spans.daily_cutoff()),
)
suspensions = st.lists(st.tuples(instants, st.integers(1, 12 * 86400)).map(lambda t: Suspension(t[0], t[0] + timedelta(seconds=t[1]))), max_size=4)


def plain_of(start: datetime, span: Span) -> Plain:
    return Plain(start, due(start, span, CALENDAR), span.tick)


@pytest.mark.parametrize("kind", SPANS)
def test_ten_days_of_spring_festival_leave_every_kind_of_clock_what_it_had_left(kind: str) -> None:
    span = SPANS[kind]
    start = START if kind != "cutoff" else SPRING.start - timedelta(minutes=5)
    plain = plain_of(start, span)
    seen = SPRING.start
    before, after = left(plain, seen, CALENDAR, ()), left(plain, seen, CALENDAR, (SPRING,))
    assert before == after > timedelta(0)
    assert left(plain, SPRING.end, CALENDAR, (SPRING,)) == before
    assert times(plain, CALENDAR, (SPRING,)).due_at > SPRING.end


@pytest.mark.parametrize("name", CLOCKS)
def test_every_clock_of_the_pack_keeps_what_it_had_left(name: str) -> None:
    pack = load_pack("jd").pack
    assert pack is not None
    start = SPRING.start - timedelta(hours=20)
    plain = plain_of(start, pack.clocks[name].span)
    assert left(plain, SPRING.end, CALENDAR, (SPRING,)) == left(plain, SPRING.start, CALENDAR, ())


@settings(max_examples=150, deadline=None)
@given(instants, some_spans, suspensions)
def test_moving_an_armed_clock_and_arming_it_knowing_are_the_same(start: datetime, span: Span, stops: list[Suspension]) -> None:
    assert times(plain_of(start, span), CALENDAR, stops).due_at == due(start, span, CALENDAR, stops)


@settings(max_examples=150, deadline=None)
@given(instants, some_spans, suspensions)
def test_what_was_left_stays_left_until_and_after_every_stop(start: datetime, span: Span, stops: list[Suspension]) -> None:
    plain = plain_of(start, span)
    whole = running_time(start, plain.due_at, CALENDAR, span.tick)
    for stopped, goes_on in merged(stops):
        if stopped >= start:
            assert left(plain, stopped, CALENDAR, stops) == left(plain, goes_on, CALENDAR, stops)
    assert running_time(start, times(plain, CALENDAR, stops).due_at, CALENDAR, span.tick, stops) == whole


@settings(max_examples=150, deadline=None)
@given(instants, some_spans, st.lists(suspensions, min_size=1, max_size=4), st.integers(1, 86400))
def test_made_changed_and_withdrawn_through_the_row_is_as_if_it_never_was(start: datetime, span: Span, rounds: list[list[Suspension]], before: int) -> None:
    """The row keeps only what `to_facts` says; after any rounds of re-timing and a withdrawal of everything it reads as on the first day."""
    due_at = due(start, span, CALENDAR)
    remind_at = due_at - timedelta(seconds=before)
    first = Plain(start, due_at, span.tick, remind_at if remind_at > start else None)
    kept, row = {"tick": span.tick}, (first.due_at, first.remind_at)
    for stops in [*rounds, []]:
        plain = from_facts(kept, start, *row)
        came = times(plain, CALENDAR, stops)
        assert came == times(first, CALENDAR, stops)
        kept, row = {**{k: v for k, v in kept.items() if not k.startswith("plain")}, **to_facts(plain, came)}, (came.due_at, came.remind_at)
    assert row == (first.due_at, first.remind_at)


@settings(max_examples=100, deadline=None)
@given(instants, st.integers(2, 10 * 86400), suspensions, suspensions)
def test_a_promise_is_never_due_before_the_instant_promised(start: datetime, seconds: int, known: list[Suspension], later: list[Suspension]) -> None:
    until = start + timedelta(seconds=seconds)
    plain = promised(start, until, None, CALENDAR, known)
    inside = next((goes_on for stopped, goes_on in merged(known) if stopped < until < goes_on), until)
    assert times(plain, CALENDAR, known).due_at == inside
    assert times(plain, CALENDAR, [*known, *later]).due_at >= until
    assert times(plain, CALENDAR, ()).due_at == until


def test_a_suspension_made_after_a_promise_moves_it_by_what_it_would_have_run() -> None:
    plain = promised(START, SPRING.start + timedelta(hours=6), None, CALENDAR, ())
    assert times(plain, CALENDAR, (SPRING,)).due_at == SPRING.end + timedelta(hours=6)


def test_a_reminder_stands_still_too_and_none_falls_into_the_pause() -> None:
    due_at = SPRING.start + timedelta(hours=10)
    plain = Plain(START, due_at, "all", due_at - timedelta(hours=5))
    came = times(plain, CALENDAR, (SPRING,))
    assert (came.remind_at, came.due_at) == (SPRING.end + timedelta(hours=5), SPRING.end + timedelta(hours=10))


def test_what_reminded_before_the_pause_does_not_remind_again() -> None:
    kept = to_facts(Plain(START, SPRING.start + timedelta(hours=1)), times(Plain(START, SPRING.start + timedelta(hours=1)), CALENDAR, (SPRING,)))
    assert times(from_facts(kept, START, SPRING.end, None), CALENDAR, ()).remind_at is None


def test_a_clock_due_exactly_when_a_suspension_begins_is_due() -> None:
    assert times(Plain(START, SPRING.start), CALENDAR, (SPRING,)).due_at == SPRING.start
