"""What the worker does for orders that have not been received, at the house's own time (OR-7, OR-10)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from amends.worker import orders
from amends.worker.command import ALSO
from tests.engine.order_shop import begin, fresh, shop_with_goods, stands


def test_changes_end_and_balances_are_reminded_of_in_the_rounds(pool):
    shop = shop_with_goods(pool)
    at = [shop.now]
    house = SimpleNamespace(pool=pool, clock=SimpleNamespace(now=lambda: at[0]))
    changed = fresh(shop)
    owed = fresh(shop, state="pending_payment", balance_due_at=shop.now + timedelta(hours=25))
    begin(shop, changed)
    assert (orders.end_order_changes(house), orders.remind_balances(house)) == (0, 0)
    at[0] += timedelta(hours=2)
    assert (orders.end_order_changes(house), orders.remind_balances(house)) == (1, 1)
    assert (orders.end_order_changes(house), orders.remind_balances(house)) == (0, 0)
    assert stands(shop, changed) == ("preparing", None)
    assert shop.all("select reader, event from notices where order_id = %s", owed) == [("buyer", "balance_due")]
    assert {orders.end_order_changes, orders.remind_balances} <= set(ALSO)
