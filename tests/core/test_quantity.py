"""Quantities on service orders never exceed what was received (SO-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.quantity import FREED, HELD, AskedBefore, Claim, Fits, TooMany, ask_for, held, left


def claim(state="reviewing", quantity=1, again=0, n=1):
    return Claim(f"case-{n}", f"S-2026-00000{n}", state, quantity, again)


@pytest.mark.parametrize("state", sorted(SERVICE_ORDER.states))
def test_a_state_holds_its_pieces_unless_it_gave_them_back(state):
    final = SERVICE_ORDER.states[state].final
    c = claim(state, 2)
    assert c.open is not final
    assert c.held == (0 if state in ("rejected", "withdrawn", "closed") else 2)


def test_the_states_named_here_are_states_of_the_table():
    assert {name for name, s in SERVICE_ORDER.states.items() if s.final} == FREED | HELD


def test_what_fits_says_what_is_left():
    assert ask_for(2, 3, [claim()]) == Fits(0)
    assert ask_for(1, 3, [claim()]) == Fits(1)
    assert ask_for(3, 3, []) == Fits(0)


def test_more_than_is_left_names_the_number_left_and_the_open_request():
    assert ask_for(3, 3, [claim()]) == TooMany(3, 2, "S-2026-000001")
    assert ask_for(200, 3, []) == TooMany(200, 3, None)
    assert ask_for(1, 1, [claim("completed")]) == TooMany(1, 0, None)


@pytest.mark.parametrize("wanted", [0, -1])
def test_nothing_cannot_be_asked_for(wanted):
    assert ask_for(wanted, 3, []) == TooMany(wanted, 3, None)
    assert ask_for(wanted, 1, [claim()]) == TooMany(wanted, 0, "S-2026-000001")


def test_the_same_goods_twice_gives_the_first_open_request():
    claims = [claim("rejected", n=1), claim("completed", n=2), claim(n=3), claim(n=4)]
    assert ask_for(1, 3, claims) == AskedBefore("case-3", "S-2026-000003")


def test_a_request_that_holds_nothing_any_more_is_not_the_one_in_the_way():
    assert ask_for(1, 1, [claim("awaiting_delivery", again=1, n=1), claim(n=2)]) == AskedBefore("case-2", "S-2026-000002")


CLAIMS = st.lists(st.builds(Claim, st.just("c"), st.just("n"), st.sampled_from(sorted(SERVICE_ORDER.states)), st.integers(1, 5), st.integers(0, 6)), max_size=5)


@given(st.integers(-1, 8), st.integers(0, 8), CLAIMS)
def test_what_fits_never_takes_the_sum_above_what_was_received(wanted, received, claims):
    answer = ask_for(wanted, received, claims)
    if isinstance(answer, Fits):
        assert held([*claims, claim(quantity=wanted)]) + answer.left == received
    else:
        assert wanted <= 0 or held(claims) + wanted > received
    assert 0 <= left(received, claims) <= received
