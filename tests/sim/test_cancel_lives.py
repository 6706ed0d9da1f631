"""Thousands of lives of cancellations keep every invariant whatever the order becomes, and between them see all of the table and all of its ends."""

import random

import pytest

from amends.core.cases.cancellation import CANCELLATION
from amends.sim.cancel_lives import Parcel, birth, live
from amends.sim.life import Broken
from tests.sim.rows import rows_of, seen_by


@pytest.mark.parametrize("block", range(4))
def test_lives_keep_every_invariant(block):
    for seed in range(block * 500, block * 500 + 500):
        live(seed)


def test_a_life_is_decided_by_its_seed():
    assert live(7).story == live(7).story
    assert live(7).story != live(8).story


def test_the_lives_see_every_state_and_every_accepted_row():
    assert rows_of(CANCELLATION) - seen_by(live, range(20_000, 23_500)) == set()


def test_the_lives_see_every_end_and_every_answer_of_a_carrier():
    worlds = [live(seed) for seed in range(1000)]
    assert {s.name for s in CANCELLATION.states.values() if s.final} <= {w.case.state for w in worlds}
    assert {w.case.body.get("ended") for w in worlds if w.case.state == "closed"} == {"received", "unpaid", "judged"}
    assert {w.case.body.get("intercept") for w in worlds} == {None, "asked", "succeeded", "failed", "silent"}


SPOILS = {
    "granted": lambda w: setattr(w.case, "granted", w.paid + 1), "goods given up for nothing": lambda w: setattr(w, "given_up", 1), "moved": lambda w: setattr(w.case, "moved", 1),
    "ended with a clock": lambda w: setattr(w.case, "state", "rejected"), "asked twice": lambda w: w.parcels.update(SF9=Parcel(asked=2)),
    "refunding for ever": lambda w: (setattr(w.case, "state", "refunding"), setattr(w, "given_up", w.pieces)),
    "closed as received": lambda w: (setattr(w.case, "state", "closed"), setattr(w, "clock", None), w.case.body.update(ended="received")),
    "closed as unpaid": lambda w: (setattr(w.case, "state", "closed"), setattr(w, "clock", None), setattr(w, "given_up", w.pieces), w.case.body.update(ended="unpaid")),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_world_is_noticed(name):
    world = birth(random.Random(2))
    assert (world.order, world.paid > 0, list(world.broken())) == ("preparing", True, [])
    SPOILS[name](world)
    assert list(world.broken())


def test_a_refund_after_receipt_is_told_with_its_story(monkeypatch):
    """Were the table without its guard, the lives would say so."""
    [row] = [s for s in CANCELLATION.states["intercepting"].steps if s.command.__name__ == "InterceptionSucceeded"]
    monkeypatch.setattr(row, "only_if", ())
    with pytest.raises(Broken, match="after receipt was confirmed"):
        any(live(seed) is None for seed in range(4000))
