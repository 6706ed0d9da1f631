"""Ten thousand lives keep every invariant, replay from their seed, and between them see all of the table."""

import random

import pytest

from amends.cli import main
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.machine import Decision
from amends.sim.lives import birth, broken, live


@pytest.mark.parametrize("block", range(20))
def test_lives_keep_every_invariant(block):
    for seed in range(block * 500, block * 500 + 500):
        live(seed)


def test_a_life_is_decided_by_its_seed():
    assert live(7).story == live(7).story
    assert live(7).story != live(8).story


def test_the_lives_see_every_state_and_every_accepted_row():
    seen = set()
    for seed in range(3000):
        state = "reviewing"
        for name, decision in live(seed).events:
            seen.add((state, name))
            state = decision.state
    rows = {(s, v) for s, row in SERVICE_ORDER.steps.items() for v in row}
    assert rows - seen == set()


@pytest.mark.parametrize("spoil", [
    lambda w: setattr(w.case, "granted", w.paid + 1), lambda w: w.stock.update(CUP=-1), lambda w: setattr(w.case, "state", "closed"), lambda w: setattr(w.case, "moved", 1),
])
def test_a_spoiled_world_is_noticed(spoil):
    world = birth(random.Random(1))
    assert list(broken(world)) == []
    spoil(world)
    assert list(broken(world))


def test_decisions_are_recorded_in_order():
    assert all(isinstance(d, Decision) for _, d in live(3).events)


def test_the_command_prints_a_story_and_its_end(capsys):
    assert main(["sim", "--seed", "7", "--lives", "1", "--story"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("seed 7\n03-")
    assert "1 lives from seed 7" in printed
