"""A mail's subject is told from its words by the house's keywords, or not at all (TI-4, KW-1)."""

import pytest

from amends.core.cases.ticket import TICKET
from amends.core.keywords import starter
from amends.core.machine import decide
from amends.core.policy import load_pack
from amends.core.refusal import Refusal
from amends.core.ticket_subjects import BY_SCENARIO, BY_SET, guess
from amends.core.verbs import ticket as v
from amends.engine.keywords import compiled
from amends.engine.ticket_guess import _scanner
from tests.core.test_tickets import Party, look, ticket

TICKETS = load_pack("jd").pack.tickets
SETS = compiled(starter().sets).scanner


def told(text, origin="email"):
    return guess(text, _scanner(TICKETS, origin).scan(text), SETS.scan(text), TICKETS, origin)


@pytest.mark.parametrize(("text", "subject", "words"), [
    pytest.param("怀疑假货，请提供授权书", "authenticity", ("假货",), id="name-of-a-scenario"), pytest.param("包裝的重量不對", "weight", ("重量",), id="traditional"),
    pytest.param("申请退款半个月了", "refund_late", ("申请退",), id="keyword-set"), pytest.param("质量太差，我要退款", "quality", ("质量",), id="name-before-wish-by-order"),
    pytest.param("杯子漏电", "quality", ("漏电",), id="safety"), pytest.param("The AUTHENTICITY is in doubt", "authenticity", ("AUTHENTICITY",), id="english-as-written"),
])
def test_what_the_words_speak_for(text, subject, words):
    found = told(text)
    assert (found.subject, found.words[: len(words)]) == (subject, words)


@pytest.mark.parametrize("text", [pytest.param("你好", id="greeting"), pytest.param("We sent you our mail", id="english"), pytest.param("", id="nothing")])
def test_nothing_is_told_from_nothing(text):
    assert told(text) is None


def test_only_what_the_origin_offers_is_told():
    assert told("催发货", "enquiry") is None


def test_sets_and_scenarios_speak_for_subjects_that_there_are():
    codes = {s.code for s in TICKETS.subjects}
    assert {of for some in BY_SET.values() for of in some} | set(BY_SCENARIO.values()) <= codes
    assert {s.code for s in starter().sets} == set(BY_SET)


def test_a_merchant_puts_a_guess_right_and_no_more():
    guessed = ticket(origin="email", subject="other", body={"guessed": {"words": []}})
    done = decide(TICKET, look(guessed, v.SetSubject("weight")))
    assert (done.state, done.changes["reason"], done.changes["reason_zh"], done.changes["guessed"]) == ("awaiting_merchant", "weight", "质疑重量、含量", None)
    chosen = ticket(origin="email", subject="authenticity")
    for side, code in ((Party.MERCHANT, "ticket_subject_chosen"), (Party.PLATFORM, "")):
        answer = decide(TICKET, look(chosen, v.SetSubject("other"), side))
        assert (answer.code if isinstance(answer, Refusal) else "") == code
    assert decide(TICKET, look(guessed, v.SetSubject("moon"))).code == "ticket_subject_unknown"
