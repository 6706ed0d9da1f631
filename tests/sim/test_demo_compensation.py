"""The demo has compensation of every kind, and its clock may jump: history is never paid for (CO-1)."""

from datetime import timedelta

from amends.engine import late_shipment
from tests.sim.test_demo import furnished, rows

__all__ = ["furnished"]


def test_every_kind_is_there_given_and_waiting(furnished):
    house, _ = furnished
    found = set(rows(house, "select kind, state from compensations"))
    assert found >= {
        ("late_shipment", "granted"), ("goodwill", "granted"), ("goodwill", "paid"), ("goodwill", "asked"), ("goodwill", "refused"), ("price_protection", "asked"), ("return_freight", "asked"),
    }


def test_a_jump_of_the_clock_pays_nothing_for_furniture(furnished):
    house, _ = furnished
    unshipped = rows(house, "select count(*) from orders where state = 'preparing' and shipped_at is null")
    assert unshipped[0][0] > 10
    assert late_shipment.pay_all(house.pool, house.clock.now() + timedelta(days=60)) == 0
