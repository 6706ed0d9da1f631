"""Lives over the real engine and a real database keep every invariant of OP-8 after every step."""

import pytest

from amends.sim.days import live_days


@pytest.mark.parametrize("seed", range(3))
def test_days_of_a_marketplace_keep_every_invariant(pool, seed):
    lived = live_days(pool, seed, 60)
    assert lived.lives >= 55
    assert lived.acts > 300
