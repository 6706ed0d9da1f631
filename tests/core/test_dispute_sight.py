"""What each side of a dispute reads of its judging: its own questions, without who of the platform asks (DI-6, DI-6a)."""

import pytest

from amends.core.buyer_sight import is_buyers
from amends.core.dispute_sight import for_side, with_others, without_names

ASKED = [{"n": 1, "side": "merchant", "words": "检测由谁做？", "by": "法官甲"}, {"n": 2, "side": "buyer", "words": "试过别的杯盖吗？", "by": "法官甲", "answer": "试过"}]


@pytest.mark.parametrize(("side", "n"), [("merchant", 1), ("buyer", 2)])
def test_a_side_reads_only_the_questions_put_to_it_and_not_who_asks(side, n):
    shown = for_side({"questions": ASKED, "dismissers": ["x"]}, side)
    assert list(shown) == ["questions"]
    assert [q["n"] for q in shown["questions"]] == [n]
    assert "法官甲" not in str(shown)


@pytest.mark.parametrize(("event", "given"), [
    pytest.param("side_asked", {"side": "buyer", "words": "试过别的杯盖吗？"}, id="question"), pytest.param("question_answered", {"question": 2, "words": "试过"}, id="answer"),
])
def test_a_question_and_its_answer_are_between_the_platform_and_one_side(event, given):
    body = {"input": given, "changes": {"questions": ASKED}}
    assert with_others(event, body, "merchant")
    assert not with_others(event, body, "buyer")
    assert not with_others("evidence_filed", body, "merchant")


def test_names_of_the_platforms_people_are_taken_out_of_tickets_and_calls():
    facts = {"other_side": "platform", "by_staff": "夏平台", "decision": {"by": "夏平台", "finding": "退"}, "call_answer": {"by": "夏平台", "words": "好"}, "parts": [{"by": "别的"}]}
    assert without_names(facts) == {"other_side": "platform", "decision": {"finding": "退"}, "call_answer": {"words": "好"}, "parts": [{"by": "别的"}]}
    assert without_names({"by_staff": "阿海"}) == {"by_staff": "阿海"}


def test_a_ticket_is_a_buyers_when_the_buyer_is_its_other_side():
    assert [is_buyers(*c) for c in (("ticket", {"other_side": "platform"}), ("ticket", {}), ("ticket", {"other_side": "buyer"}), ("dispute", {}))] == [False, False, True, True]
