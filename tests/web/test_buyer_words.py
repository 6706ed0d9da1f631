"""Every code that can reach a buyer's page has words: states, events, verbs, fields, parts of a refund."""

from __future__ import annotations

import typing

import pytest

from amends.core import refund
from amends.core.actor import Party
from amends.core.cases import TABLES
from amends.core.commands import inputs
from amends.core.pack import TYPES
from amends.core.verbs.buyer import RATINGS
from amends.web.buyer import cancelled
from amends.web.buyer.case import BESIDE, MAIN
from amends.web.buyer.story import CLOCKS, ROADS, TOLD
from amends.web.catalogue import words

MACHINE = TABLES["service_order"]
BUYERS = {t.command for s in MACHINE.states.values() for t in s.steps if Party.BUYER in t.by}
ORDER_STATES = "pending_payment preparing awaiting_pickup on_hold locked shipped delivered received completed cancelled".split()  # noqa: SIM905


def test_every_verb_of_the_buyers_stands_on_the_page():
    verbs = {v for v, c in MACHINE.commands.items() if c in BUYERS}
    assert verbs == {*MAIN, *BESIDE, "rate", "improve_rating", "say"}


@pytest.mark.parametrize("state", list(MACHINE.states))
def test_every_state_has_a_head_and_a_sentence(state):
    assert {f"buyer.now_{state}", f"buyer.then_{state}"} <= set(words())
    if not MACHINE.states[state].final:
        assert f"buyer.step_{state}" in words()


@pytest.mark.parametrize("verb", sorted({*MAIN, *BESIDE}))
def test_every_verb_has_a_button_an_effect_a_thanks_and_its_fields(verb):
    needed = {f"buyer.do_{verb}", f"buyer.effect_{verb}", f"buyer.done_{verb}"} | {f"buyer.field_{verb}_{f.name}" for f in inputs(MACHINE.commands[verb])}
    assert needed <= set(words())


def test_every_event_is_either_told_or_the_merchants_own():
    own = {"claimed", "released", "assigned", "noted", "alert_acknowledged", "alert_raised", "priority_set", "said", "ran_out", "refund_failed", "refund_retried", "marked_unreasonable", "findings_recorded"}
    events = {c.event for c in MACHINE.commands.values()}
    assert events - own <= TOLD, events - own - TOLD
    assert {f"buyer.event_{e}" for e in TOLD} <= set(words())


def test_every_clock_that_can_run_out_has_its_sentence():
    for state in MACHINE.states.values():
        for step in state.steps:
            if step.command is MACHINE.run_out:
                for target in step.targets():
                    assert f"buyer.ran_out_{state.name}_{target}" in words()


def test_every_road_knows_what_is_next():
    assert set(ROADS) == set(TYPES)
    for road in ROADS.values():
        for state in road[1:]:
            assert state in CLOCKS
            assert {f"buyer.next_{state}", f"buyer.next_{state}_by"} <= set(words())


def test_every_type_rating_and_order_state_has_words():
    assert {f"buyer.{p}_{t}" for t in TYPES for p in ("type", "type_what", "why")} <= set(words())
    assert {f"buyer.rating_{r}" for r in RATINGS} | {f"buyer.order_{s}" for s in ORDER_STATES} <= set(words())


def test_every_part_of_a_refund_that_is_given_has_words():
    assert set(typing.get_args(refund.Medium)) == {"money", "compensation", "coupon", "points", "kept"}
    labels = {
        "paid_money", "earlier_money", "points_granted_money", "coupon_share_coupon", "coupon_share_kept", "points_spent_points", "freight_out_money", "return_freight_money",
        "return_freight_compensation", "freight_insurance_compensation", "not_below_zero_money", "order_cap_money",
    }
    assert {f"buyer.part_{x}" for x in labels} <= set(words())


def test_every_state_event_and_end_of_a_cancellation_has_words():
    table = TABLES["cancellation"]
    own = {"claimed", "released", "assigned", "noted", "alert_acknowledged", "alert_raised", "priority_set", "said", "ran_out", "refund_failed", "refund_retried", "marked_unreasonable", "call_answered"}
    events = {c.event for c in table.commands.values()} | {"cancel_applied"}
    assert events - own == cancelled.TOLD
    needed = {f"cancellation.buyer_event_{e}" for e in cancelled.TOLD} | {f"cancellation.buyer_now_{state}" for state in table.states}
    for state in table.states.values():
        needed |= {f"cancellation.buyer_step_{state.name}"} | {f"cancellation.buyer_next_{ahead}" for ahead in cancelled.AHEAD[state.name]} if not state.final else set()
        needed |= {f"cancellation.buyer_ran_out_{to}" for step in state.steps if step.command is table.run_out for to in step.targets() if to != state.name}
    assert needed <= set(words())
