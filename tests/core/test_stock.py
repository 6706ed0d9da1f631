"""Pure rules of stock: one warehouse gives all, all lines or none, a hold ends for a reason, late messages do no harm."""

import random

import pytest

from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.stock import HOLDS_IN, Held, Short, cannot_hold, choose, hold_all, hold_days, judge, switched, together, why_ended


@pytest.mark.parametrize(("free", "quantity", "warehouse"), [
    ({"": 3}, 3, ""), ({"": 2, "SOUTH": 3}, 3, "SOUTH"), ({"": 3, "A": 9}, 3, ""), ({"B": 5, "A": 5}, 5, "A"), ({"": 2, "SOUTH": 2}, 3, None), ({}, 1, None),
])
def test_all_pieces_leave_one_warehouse(free, quantity, warehouse):
    assert choose(free, quantity) == warehouse


def test_all_lines_are_held_or_none():
    free = {"CUP": {"": 2}, "MUG": {"": 1}}
    assert hold_all(free, [("CUP", 2), ("MUG", 1)]) == [Held("CUP", "", 2), Held("MUG", "", 1)]
    assert hold_all(free, [("CUP", 1), ("MUG", 2)]) == Short(1, "MUG", 2, 1)
    assert hold_all(free, [("VASE", 1)]) == Short(0, "VASE", 1, None)
    assert free == {"CUP": {"": 2}, "MUG": {"": 1}}


def test_holds_of_one_place_are_one_hold():
    assert together([Held("MUG", "", 1), Held("CUP", "B", 1), Held("CUP", "", 1), Held("MUG", "", 2)]) == [Held("CUP", "", 1), Held("CUP", "B", 1), Held("MUG", "", 3)]


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_held_that_is_not_there(seed):
    chance = random.Random(seed)
    free = {sku: {place: chance.randint(0, 5) for place in ("", "A", "B")} for sku in ("CUP", "MUG")}
    wants = [(chance.choice(("CUP", "MUG", "VASE")), chance.randint(1, 4)) for _ in range(chance.randint(1, 5))]
    found = hold_all(free, wants)
    if isinstance(found, Short):
        assert all(left is None or left < found.wanted for left in [found.left])
        return
    assert [(h.sku, h.quantity) for h in found] == wants
    assert all(h.quantity <= free[h.sku][h.warehouse] for h in together(found))


def test_every_state_either_keeps_a_hold_or_ends_it():
    for state in SERVICE_ORDER.states.values():
        ended = why_ended("processing", state.name, state.final, "exchange", "exchange")
        assert (ended is None) == (state.name in HOLDS_IN)
        assert why_ended(state.name, state.name, state.final, "exchange", "return") is not None


@pytest.mark.parametrize(("state", "to", "final", "why"), [
    ("reviewing", "rejected", True, "case_ended"), ("processing", "confirming", False, "not_sent"), ("collecting", "processing", False, "not_paid"),
    ("awaiting_buyer", "processing", False, None), ("collecting", "fulfilling", False, None),
])
def test_a_hold_ends_for_a_reason(state, to, final, why):
    assert why_ended(state, to, final, "exchange", "exchange") == why


@pytest.mark.parametrize(("version", "known", "seen", "verdict"), [(2, 1, False, "new"), (1, 1, False, "stale"), (1, 2, False, "stale"), (None, 9, False, "new"), (3, 1, True, "again")])
def test_late_and_repeated_messages_do_no_harm(version, known, seen, verdict):
    assert judge(version, known, seen) == verdict


def test_stock_that_cannot_be_held_says_why():
    assert cannot_hold({}) is None
    assert cannot_hold({"stock_partitioned": True}).code == "stock_partitioned"
    assert cannot_hold({"stock_connector": {"name": "ERP-A", "holds": False}}).code == "connector_without_holds"
    assert cannot_hold({"stock_connector": {"name": "ERP-A", "holds": True}}) is None
    assert cannot_hold({"stock_connector": {}}) is None


def test_a_switch_stands_still_while_holding_is_not_possible():
    on = {"exchange_locks_stock": True, "deduct_offline": True, "stock_partitioned": True}
    assert not switched(on, "exchange_locks_stock")
    assert switched(on, "deduct_offline")
    assert switched({"exchange_locks_stock": True}, "exchange_locks_stock")
    assert hold_days({}) == 20
    assert hold_days({"hold_days": 3}) == 3
