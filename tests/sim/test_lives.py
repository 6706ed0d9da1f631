"""Thousands of lives of service orders keep every invariant, replay from their seed, and between them see all of the table."""

import random

import pytest

from amends.cli import main
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.machine import Decision
from amends.core.stock import Held
from amends.sim.lives import birth, live
from tests.sim.rows import rows_of, seen_by


@pytest.mark.parametrize("block", range(4))
def test_lives_keep_every_invariant(block):
    for seed in range(block * 500, block * 500 + 500):
        live(seed)


def test_a_life_is_decided_by_its_seed():
    assert live(7).story == live(7).story
    assert live(7).story != live(8).story


def test_the_lives_see_every_state_and_every_accepted_row():
    assert rows_of(SERVICE_ORDER) - seen_by(live, [*range(20_000, 26_000), *range(46_000, 46_250)]) == set()  # the last see a refund that was advanced fail on the way


@pytest.mark.parametrize("spoil", [
    lambda w: setattr(w.case, "granted", w.paid + 1), lambda w: w.stock.update(CUP=-1), lambda w: setattr(w.case, "state", "closed"), lambda w: setattr(w.case, "moved", 1),
    lambda w: w.failed.add("r1"), lambda w: w.charges.update(d1=1), lambda w: setattr(w, "held", (Held("CUP", "", 99),)),
], ids=["granted", "stock", "state", "moved", "failed", "charged", "held"])
def test_a_spoiled_world_is_noticed(spoil):
    world = birth(random.Random(0))
    assert list(world.broken()) == []
    spoil(world)
    assert list(world.broken())


def test_decisions_are_recorded_in_order():
    assert all(isinstance(d, Decision) for _, d in live(3).events)


def test_the_command_prints_a_story_and_its_end_for_each_kind(capsys):
    assert main(["sim", "--seed", "7", "--lives", "1", "--story"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("service_order, seed 7\n03-")
    assert "1 lives of a service_order from seed 7" in printed
    assert "cancellation, seed 7\n03-" in printed
    assert "1 lives of a cancellation from seed 7" in printed
