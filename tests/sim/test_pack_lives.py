"""Lives of both kinds under each of the four packs keep every invariant; no clock pays but where the pack says so (SO-29, OP-8)."""

import pytest

from amends.sim import cancel_lives, life, lives
from amends.sim.life import Broken
from amends.sim.rules import pack_for

NAMES = ("jd", "kuaishou", "pdd", "tmall")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("live", [lives.live, cancel_lives.live], ids=["service_order", "cancellation"])
def test_lives_under_each_pack_keep_every_invariant(name, live):
    for seed in range(150):
        live(seed, pack=name)


def test_each_pack_has_its_turn():
    assert [pack_for(seed).id for seed in range(5)] == [*NAMES, "jd"]
    assert pack_for(0, "pdd").id == "pdd"
    with pytest.raises(KeyError):
        pack_for(0, "nobody")


def ended_by_silence(name):
    """The states that the end of a review led to."""
    found = set()
    for seed in range(250):
        world = lives.live(seed, pack=name)
        state = world.began
        for verb, decision in world.events:
            if (state, verb) == ("reviewing", "run_out"):
                found.add(decision.state)
            state = decision.state
    return found


@pytest.mark.parametrize(("name", "states"), [
    ("jd", {"awaiting_return", "fulfilling"}), ("pdd", {"awaiting_return", "fulfilling", "confirming"}), ("kuaishou", {"awaiting_return", "fulfilling", "reviewing"}),
    ("tmall", {"awaiting_return", "fulfilling", "confirming"}),
])
def test_what_silence_led_to(name, states):
    assert ended_by_silence(name) == states


def test_money_that_silence_gave_without_a_rule_is_told_with_its_story(monkeypatch):
    monkeypatch.setattr(life, "pays_by_rule", lambda *_: False)
    with pytest.raises(Broken, match="SO-29"):
        any(lives.live(seed, pack="pdd") is None for seed in range(400))
