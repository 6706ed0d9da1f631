"""What a shop's own record says while its order is changed here, or after: the world's facts end a change, ignorance undoes nothing (OR-6, OR-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.core.order_change import Wish
from amends.engine import order_changes, order_parcels
from amends.engine.order_wish import Details
from amends.engine.orders import take_in
from amends.store.connect import PLATFORM, scope
from tests.engine.order_shop import BUYER, begin, by, change, goods_of, look, save, shop_with_goods, stands


@pytest.fixture
def shop(pool):
    made = shop_with_goods(pool)
    yield made
    order_changes.end_abandoned(pool, made.now + timedelta(days=1))


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def said(shop: Any, number: str, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record as the shop sends it, paid an hour ago."""
    record = {
        "number": number, "state": "preparing", "buyer_id": BUYER, "currency": "CNY", "placed_at": (shop.now - timedelta(hours=2)).isoformat(),
        "paid_at": (shop.now - timedelta(hours=1)).isoformat(), "receiver": "林小满", "phone": "13800000000", "province": "河北省", "city": "廊坊市", "district": "广阳区", "detail": "银河大街 1 号",
        "lines": list(lines) or [line("CUP", 2, 12000), line("MUG", 1, 4000)], **more,
    }
    return {k: v for k, v in record.items() if v is not None}


def line(sku: str, quantity: int, paid: int, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "title": f"商品 {sku}", "quantity": quantity, "unit_price": money(paid // quantity), "paid": money(paid), **more}


def told(shop: Any, record: dict[str, Any]) -> Any:
    answer = take_in(shop.pool, shop.merchant, [record], shop.now, with_skus=False)[0]
    assert answer.status != "refused", [r.say("zh") for r in answer.refusals]
    return answer


def ids(shop: Any, order: str) -> list[str]:
    return [row[0] for row in shop.all("select id::text from order_lines where order_id = %s order by position", order)]


@pytest.mark.parametrize(("more", "state"), [
    ({"sub_state": "printed"}, "preparing"), ({"state": "shipped"}, "shipped"), ({"state": "cancelled"}, "cancelled"), ({"state": "delivered"}, "delivered"),
], ids=["printed", "shipped", "cancelled", "delivered"])
def test_what_happened_in_the_world_ends_a_change(shop, more, state):
    order = told(shop, said(shop, f"M-{state}-{len(more)}")).id
    begun = begin(shop, order)
    wish = Wish({ids(shop, order)[0]: 1})
    seen = look(shop, order, begun.change, wish).seen
    assert told(shop, said(shop, f"M-{state}-{len(more)}", **more)).status == "changed"
    assert stands(shop, order, "state, lock_id, lock_state, locked_until") == (state, None, None, None)
    assert [r.code for r in save(shop, order, begun.change, seen, wish)] == ["change_over"]


def test_a_shop_that_says_the_same_again_does_not_unlock(shop):
    order = told(shop, said(shop, "M-same")).id
    begun = begin(shop, order)
    assert told(shop, said(shop, "M-same")).status == "same"
    assert stands(shop, order) == ("locked", begun.change) or str(stands(shop, order)[1]) == begun.change


def test_payment_that_comes_while_it_is_changed_is_what_it_goes_back_to(shop):
    unpaid = {"state": "pending_payment", "paid_at": None}
    order = told(shop, said(shop, "M-paid", **unpaid)).id
    begun = begin(shop, order)
    wish = Wish(added={"LAMP": 1})
    seen = look(shop, order, begun.change, wish).seen
    told(shop, said(shop, "M-paid"))
    assert stands(shop, order, "state, lock_state") == ("locked", "preparing")
    assert [r.code for r in save(shop, order, begun.change, seen, wish)] == ["change_overtaken"]
    assert [r.code for r in look(shop, order, begun.change, wish).refusals] == ["change_dearer"]
    order_changes.give_up(shop.pool, shop.merchant, order, BUYER, begun.change, shop.hai, shop.now)
    assert stands(shop, order, "state")[0] == "preparing"


def test_a_shop_that_does_not_know_of_a_change_does_not_undo_it_and_one_that_does_is_right(shop):
    order = told(shop, said(shop, "M-stale")).id
    assert change(shop, order, Wish({ids(shop, order)[0]: 1}, {"MUG": 1}), Details(phone="13912345678", receiver="周小满")).back == 2000
    after = goods_of(shop, order)
    assert [row[:2] for row in after] == [("CUP", 1), ("MUG", 1), ("MUG", 1), ("SPOON", 1)]
    told(shop, said(shop, "M-stale", remarks="电联"))
    assert goods_of(shop, order) == after
    assert stands(shop, order, "receiver, phone, remarks") == ("周小满", "13912345678", "电联")
    told(shop, said(shop, "M-stale", line("CUP", 1, 6000), line("MUG", 2, 8000), line("SPOON", 1, 0, gift=True), receiver="周大满"))
    assert [row[:2] for row in goods_of(shop, order)] == [("CUP", 1), ("MUG", 2), ("SPOON", 1)]
    assert stands(shop, order, "receiver, phone") == ("周大满", "13800000000")


def test_steps_and_shipment_registered_here_are_not_forgotten(shop):
    order = told(shop, said(shop, "M-steps")).id
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set sub_state = 'picked' where id = %s", (order,))
    told(shop, said(shop, "M-steps", remarks="x"))
    assert stands(shop, order, "state, sub_state") == ("preparing", "picked")
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'shipped', shipped_at = %s, facts = facts || '{\"shipped_here\": true}' where id = %s", (shop.now, order))
    told(shop, said(shop, "M-steps", remarks="y"))
    assert stands(shop, order, "state, remarks") == ("shipped", "y")
    told(shop, said(shop, "M-steps", state="cancelled"))
    assert stands(shop, order, "state")[0] == "cancelled"


def test_a_balance_and_the_goods_of_a_gift_come_in_with_the_order(shop):
    due = shop.now + timedelta(days=3)
    order = told(shop, said(shop, "M-pre", line("LAMP", 1, 10000), line("SPOON", 1, 0, gift=True, gift_of="LAMP"), state="pending_payment", paid_at=None, balance_due_at=due.isoformat())).id
    assert stands(shop, order, "balance_due_at")[0] == due
    lamp, spoon = ids(shop, order)
    assert shop.all("select gift_of::text from order_lines where id = %s", spoon) == [(lamp,)]


def test_a_waybill_put_right_here_does_not_come_back_wrong(shop):
    sent = {"state": "shipped", "shipped_at": shop.now.isoformat(), "parcels": [{"carrier": "顺丰", "waybill": "SF-OLD"}]}
    order = told(shop, said(shop, "M-waybill", **sent)).id
    parcel = shop.all("select id::text from parcels where order_id = %s", order)[0][0]
    assert order_parcels.correct_waybill(shop.pool, by(shop), shop.merchant, order, parcel, "顺丰", "SF-NEW", shop.now) is None
    told(shop, said(shop, "M-waybill", **sent, remarks="x"))
    assert shop.all("select waybill from parcels where order_id = %s", order) == [("SF-NEW",)]
