"""What an exchange for another SKU costs more or less: today's prices, and back only what was paid."""

import random

import pytest

from amends.core.price_difference import Priced, back, difference


def cny(amount):
    return Priced(amount, "CNY")


@pytest.mark.parametrize(("old", "new", "pieces", "paid", "listed", "more"), [
    (cny(1000), cny(1300), 1, 1000, 1000, 300),
    (cny(1000), cny(1300), 2, 500, 2000, 600),
    (cny(1000), cny(700), 1, 1000, 1000, -300),
    (cny(1000), cny(700), 1, 500, 1000, -150),
    (cny(1000), cny(999), 1, 500, 1000, -1),
    (cny(1000), cny(700), 1, 0, 1000, 0),
    (cny(1000), cny(1000), 3, 2000, 3000, 0),
    (cny(1000), None, 1, 1000, 1000, 0),
    (None, cny(1000), 1, 1000, 1000, 0),
    (cny(1000), Priced(2000, "USD"), 1, 1000, 1000, 0),
    (cny(1000), cny(0), 1, 1000, 0, 0),
])
def test_the_difference_in_minor_units(old, new, pieces, paid, listed, more):
    assert difference(old, new, pieces, paid, listed) == more


@pytest.mark.parametrize("seed", range(30))
def test_never_more_comes_back_than_the_price_fell_or_was_paid(seed):
    chance = random.Random(seed)
    listed = chance.randint(1, 10_000)
    paid, less = chance.randint(0, listed), chance.randint(0, listed)
    assert 0 <= back(less, paid, listed) <= min(less, paid)
    assert back(listed, paid, listed) == paid
