"""Fast review: what has to hold, who takes part when, when the shorter time begins (SO-31)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amends.core.fast_review import Seen, begins, failing, leaves_at, member
from amends.core.holidays import cn_calendar
from amends.core.policy import load_pack

PACK = load_pack("jd").pack
assert PACK is not None
assert PACK.fast_review is not None
RULE = PACK.fast_review
CALENDAR = cn_calendar()
GOOD = Seen(19_999, 2, no_reason=True, eligible=True, alert=False)
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("changed", "fails"), [
    ({}, []), ({"paid": 20_000}, ["amount"]), ({"pieces": 3}, ["pieces"]), ({"no_reason": False}, ["no_reason"]), ({"eligible": False}, ["eligible"]),
    ({"alert": True}, ["no_alert"]), ({"paid": 50_000, "pieces": 5, "alert": True}, ["amount", "pieces", "no_alert"]),
], ids=["all", "amount", "pieces", "reason", "window", "alert", "several"])
def test_every_condition_has_to_hold_and_what_fails_has_a_name(changed: dict[str, object], fails: list[str]) -> None:
    assert failing(RULE, replace(GOOD, **changed)) == fails  # type: ignore[arg-type]


def test_one_takes_part_from_joining_until_leaving_takes_effect() -> None:
    leaving = leaves_at(RULE, NOW, CALENDAR)
    assert leaving == datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "00:00 of the next day on the merchant's wall clock"
    assert leaves_at(replace(RULE, leaving_takes_effect="at_once"), NOW, CALENDAR) == NOW
    settings = {"fast_review_time": {"from": NOW.isoformat(), "until": leaving.isoformat()}}
    asked = [NOW - timedelta(seconds=1), NOW, leaving - timedelta(seconds=1), leaving]
    assert [member(settings, at) for at in asked] == [False, True, True, False]
    assert not member({"fast_review": True}, NOW)


@pytest.mark.parametrize(("start", "began"), [
    (datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 4, tzinfo=UTC)),
    (datetime(2026, 2, 16, 4, tzinfo=UTC), datetime(2026, 2, 23, 16, tzinfo=UTC)),
    (datetime(2026, 2, 14, 12, tzinfo=UTC), datetime(2026, 2, 23, 16, tzinfo=UTC)),
    (datetime(2026, 2, 14, 10, tzinfo=UTC), datetime(2026, 2, 14, 10, tzinfo=UTC)),
], ids=["working day", "in the holiday", "would end in it", "ends at midnight before it"])
def test_the_six_hours_begin_after_statutory_holidays(start: datetime, began: datetime) -> None:
    assert begins(start, RULE.else_span, CALENDAR) == began
