"""Other systems' calendar and pause scenarios through one adapter; every figure is read from the shared file."""
from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from amends.core import calendar as c

ROOT = Path(__file__).parents[2]
FILE = ROOT.parent / "shared" / "cases" / "peer_cases.yaml"
if not FILE.exists():
    pytest.skip(f"the shared peer cases are not here: {FILE}", allow_module_level=True)

AREAS = {"sla_calendar", "sla_pause", "outside_hours"}
CASES: list[dict[str, Any]] = [x for x in yaml.safe_load(FILE.read_text("utf-8"))["cases"] if x["area"] in AREAS]
# Case id -> why it cannot run here. The same table stands in docs/calendar_cases.md.
NOT_APPLICABLE: dict[str, str] = {}
# The README decided these against the peer's own figure.
DECIDED_AGAINST = {"SL-063"}


def _calendar(given: dict[str, Any]) -> c.Calendar:
    spec = given.get("calendar") or {"tz": given["tz"], "hours": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
    return c.make_calendar(spec["tz"], spec["hours"], holidays=[date.fromisoformat(x) for x in spec.get("holidays", [])])


def _at(text: str, calendar: c.Calendar) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=calendar.zone)).astimezone(UTC)


def _shape(case: dict[str, Any]) -> str:
    given = case["given"]
    for shape, key in (("business_days", "business_days"), ("full_days", "days"), ("split", "pause")):
        if key in given:
            return shape
    if case["area"] == "outside_hours":
        return "notice"
    if not given["calendar"]["hours"]:
        return "closed"
    return "targets"


def _run(case: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(ours, expected) pairs of a case; the adapter of this area."""
    given, expected = case["given"], case["expected"]
    shape = _shape(case)
    if shape == "split":
        clock, length = re.fullmatch(r"(\d\d:\d\d) \+ (\d+)h", given["pause"]).groups()  # type: ignore[union-attr]
        utc = c.make_calendar("UTC", {"mon": ["00:00-24:00"]})
        start = datetime.fromisoformat(f"2026-03-02T{clock}+00:00")
        rows = c.by_local_day(start, start + timedelta(hours=int(length)), utc)
        shown = [{f"{a // 60:02}:{a % 60:02}": f"{b // 60:02}:{b % 60:02}"} for _, a, b in rows]
        return [(shown, [expected["day1"], expected["day2"]])]
    calendar = _calendar(given)
    if shape == "notice":
        return _notice(case, calendar)
    assert c.check(calendar) == []
    start = _at(given["start"], calendar)
    if shape == "business_days":
        return [(c.due(start, c.working_days_kept(given["business_days"]), calendar), _at(expected["due_at"], calendar))]
    if shape == "full_days":
        span = (c.working_days if given["working_days"] else c.days)(abs(given["days"]))
        ours = c.due(start, span, calendar) if given["days"] > 0 else c.count_back(start, span, calendar)
        return [(ours, _at(expected["due_at"], calendar))]
    stops = [c.Suspension(_at(a, calendar), _at(b, calendar)) for a, b in given.get("pauses", [])]
    pairs: list[tuple[Any, Any]] = []
    for name, at in expected["due_at"].items():
        minutes = given["targets_minutes"][name]
        pairs.append((c.due(start, c.working_minutes(minutes), calendar, stops), _at(at, calendar)))
        # The same case by pausing and resuming one clock, instead of knowing the pauses beforehand.
        pairs.append((_stepwise(start, minutes, stops, calendar), _at(at, calendar)))
    for measured in expected.get("elapsed_business_minutes", {}).values():
        worked = c.working_time(start, _at(measured["until"], calendar), calendar, stops)
        pairs.append((worked, timedelta(minutes=measured["minutes"])))
    if found := re.search(r"With (\d+) s of hold the due time is (\S+?)\.$", case.get("note", "")):
        longer = [c.Suspension(stops[0].start, stops[0].start + timedelta(seconds=int(found[1])))]
        (minutes,) = given["targets_minutes"].values()
        pairs.append((c.due(start, c.working_minutes(minutes), calendar, longer), _at(found[2], calendar)))
    return pairs


def _stepwise(start: datetime, minutes: int, stops: list[c.Suspension], calendar: c.Calendar) -> datetime:
    due = c.due(start, c.working_minutes(minutes), calendar)
    for stop in stops:
        if stop.start < due:
            due = c.resume(c.remaining_at_pause(stop.start, due, calendar, "open"), stop.end, calendar)
    return due


def _notice(case: dict[str, Any], calendar: c.Calendar) -> list[tuple[Any, Any]]:
    monday = date(2026, 3, 2)
    offsets = {"Mon": 0, "Sat": 5}
    raised = [
        datetime.fromisoformat(f"{monday + timedelta(days=offsets[day])}T{clock}").replace(tzinfo=ZoneInfo(calendar.tz))
        for day, clock in re.findall(r"(Mon|Sat) (\d\d:\d\d)", case["when"])
    ]
    expected = case["expected"]
    first = raised[0]
    return [
        ([not calendar.is_open(at) for at in raised], expected["raised_outside"]),
        ([c.outside_hours_notice(at, at, False, calendar) for at in raised], expected["raised_outside"]),
        (c.outside_hours_notice(first, first, True, calendar), expected["banner_after_reply"]),
        (c.outside_hours_notice(first, first + timedelta(days=1), False, calendar), expected["banner_next_working_day"]),
    ]


@pytest.mark.parametrize("case", [x for x in CASES if x["id"] not in NOT_APPLICABLE and _shape(x) != "closed"], ids=lambda x: x["id"])
def test_peer_figure(case: dict[str, Any]) -> None:
    expected = case["correct"] if case["verdict"] == "do_not_adopt" else case["expected"]
    pairs = _run({**case, "expected": expected})
    assert pairs
    for ours, theirs in pairs:
        assert ours == theirs


@pytest.mark.parametrize("case", [x for x in CASES if x["id"] not in NOT_APPLICABLE and _shape(x) == "closed"], ids=lambda x: x["id"])
def test_a_calendar_that_never_opens_is_refused_and_no_clock_loops(case: dict[str, Any]) -> None:
    calendar = _calendar(case["given"])
    assert "no_open_hour" in [p.code for p in c.check(calendar)]
    (minutes,) = case["given"]["targets_minutes"].values()
    with pytest.raises(c.NeverOpen):
        c.due(_at(case["given"]["start"], calendar), c.working_minutes(minutes), calendar)
    assert (case["id"] in DECIDED_AGAINST) == ("due_at" in case["expected"])


def test_every_case_is_run_or_listed_with_a_reason() -> None:
    ids = {x["id"] for x in CASES}
    assert len(ids) == len(CASES) > 40
    assert set(NOT_APPLICABLE) <= ids
    assert ids >= DECIDED_AGAINST
    page = (ROOT / "docs" / "calendar_cases.md").read_text("utf-8")
    for listed in set(NOT_APPLICABLE) | DECIDED_AGAINST:
        assert listed in page
