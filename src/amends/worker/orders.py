"""What time does to orders that have not been received: changes nobody saved end (OR-7), balances are reminded of (OR-10)."""

from amends.engine import balances, order_changes
from amends.engine.house import House


def end_order_changes(house: House) -> int:
    """Changes of orders whose two hours are over."""
    return order_changes.end_abandoned(house.pool, house.clock.now())


def remind_balances(house: House) -> int:
    """Buyers whose balance is due soon."""
    return balances.remind_balances(house.pool, house.clock.now())
