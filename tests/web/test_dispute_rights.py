"""What each side of a dispute may do, and until when, read off its state and facts (DI-6a); reports told by their codes."""

from datetime import timedelta

import pytest

from amends.web.disputes import reported
from amends.web.disputes.rights import rights
from tests.cast import NOON

DAY = timedelta(days=1)
OPENED = {"evidence_until": (NOON + 3 * DAY).isoformat()}
JUDGED = {**OPENED, "judged_at": (NOON + 4 * DAY).isoformat(), "appeal_until": (NOON + 10 * DAY).isoformat()}


def stands(state, facts, now, happened=(), due=None):
    return {(r.side, r.what): r.stands for r in rights(state, facts, set(happened), NOON, due, now)}


@pytest.mark.parametrize(("state", "facts", "after", "happened", "expected"), [
    pytest.param("awaiting_merchant", OPENED, DAY / 2, (), {("merchant", "escalate"): "open", ("buyer", "escalate"): "later", ("buyer", "evidence"): "open", ("merchant", "appeal"): "later"}, id="the merchant's turn"),
    pytest.param("awaiting_buyer_confirmation", OPENED, DAY, (), {("merchant", "escalate"): "over", ("buyer", "escalate"): "open"}, id="the buyer's turn"),
    pytest.param("awaiting_evidence", OPENED, DAY, ("judgement_asked",), {("merchant", "escalate"): "used", ("buyer", "escalate"): "over"}, id="asked by the merchant"),
    pytest.param("awaiting_adjudication", OPENED, 3 * DAY, ("settlement_refused",), {("buyer", "escalate"): "used", ("merchant", "evidence"): "over"}, id="evidence is closed"),
    pytest.param("awaiting_adjudication", {**OPENED, "finished": {"buyer": NOON.isoformat()}}, DAY, (), {("buyer", "evidence"): "open", ("merchant", "evidence"): "open"}, id="one is done"),
    pytest.param("awaiting_adjudication", {**OPENED, "finished": {"buyer": NOON.isoformat(), "merchant": NOON.isoformat()}}, DAY, (), {("buyer", "evidence"): "over", ("merchant", "evidence"): "over"}, id="both are done"),
    pytest.param("adjudicated", {**JUDGED, "judged_at": (NOON + DAY).isoformat()}, 2 * DAY, (), {("buyer", "evidence"): "over", ("merchant", "appeal"): "open"}, id="judged before the closing date"),
    pytest.param("adjudicated", JUDGED, 5 * DAY, (), {("merchant", "appeal"): "open", ("buyer", "appeal"): "open"}, id="judged"),
    pytest.param("adjudicated", JUDGED, 10 * DAY, (), {("merchant", "appeal"): "over", ("buyer", "appeal"): "over"}, id="too late to appeal"),
    pytest.param("appealing", {**JUDGED, "appeals": {"buyer": NOON.isoformat()}}, 5 * DAY, (), {("buyer", "appeal"): "used", ("merchant", "appeal"): "over", ("buyer", "evidence"): "open"}, id="under appeal"),
    pytest.param("settled", OPENED, DAY, (), {("buyer", "evidence"): "over", ("buyer", "appeal"): "over"}, id="settled"),
])
def test_rights_stand_as_state_and_times_say(state, facts, after, happened, expected):
    found = stands(state, facts, NOON + after, happened, NOON + 2 * DAY)
    assert {k: found[k] for k in expected} == expected
    assert set(found.values()) <= {"later", "open", "used", "over"}


def test_a_question_opens_the_time_for_evidence_to_whom_it_was_put():
    facts = {**OPENED, "questions": [{"n": 1, "side": "merchant"}]}
    found = stands("awaiting_adjudication", facts, NOON + 4 * DAY)
    assert (found["merchant", "evidence"], found["buyer", "evidence"]) == ("open", "over")


def test_reports_are_told_by_their_codes_in_both_languages():
    told = {"code": "dispute_received", "words": "中文"}
    assert "确认收货" in reported.reason(told, "zh")
    assert "confirmed receipt" in reported.reason(told, "en")
    assert reported.reason({"code": "nobody_knows", "words": "原话"}, "en") == "原话"
    assert reported.in_words("remedy_applied", {"acts": []}, "zh") == "原单不用改动"
