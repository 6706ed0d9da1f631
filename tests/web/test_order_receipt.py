"""Receipt on the pages: the buyer's button, and the staff's form with its reason (OR-4, OR-4a)."""

from __future__ import annotations

from typing import Any

import pytest

from amends.engine import buyers
from tests.shop import Shop
from tests.web.case_cast import grant, stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    """The merchant with an address and stock."""
    return stock_shop(house, shop)


def sent_order(shop: Shop, **more: Any) -> tuple[str, str]:
    order = shop.order(("CUP", 1, 12900), received=False, **more)
    return order, shop.all("select number from orders where id = %s", order)[0][0]


def test_the_buyer_confirms_by_a_plain_form_and_twice_is_harmless(house, goods, client):
    _, number = sent_order(goods)
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    page = client.get(f"/b/orders/{number}").content.decode()
    assert "确认后可申请售后，不能再取消订单" in page
    for _ in range(2):
        done = client.post(f"/b/orders/{number}/received")
        assert (done.status_code, done["Location"]) == (302, f"/b/orders/{number}?done=received")
    page = client.get(done["Location"]).content.decode()
    assert "已确认收货，可以申请售后了" in page
    assert "type=return" in page
    assert "/received" not in page
    early, number = sent_order(goods, state="preparing")
    refused = client.post(f"/b/orders/{number}/received")
    assert refused.status_code == 409
    assert "发货后才能确认收货" in refused.content.decode()
    assert client.post("/b/orders/nothing/received").status_code == 404
    assert goods.all("select state from orders where id = %s", early) == [("preparing",)]


def test_staff_set_the_day_with_the_permission_only(house, goods, shop, clerk, client):
    order = goods.order(("CUP", 1, 12900), delivered_at=None)
    grant(house, shop, clerk, "read")
    enter(client, house, clerk)
    assert "填写收货日期" not in client.get(f"/m/orders/{order}").content.decode()
    assert client.post(f"/m/orders/{order}/received-on", {"day": "2026-03-01", "why": "x"}).status_code == 403
    enter(client, house, shop)
    today = house.clock.now().date().isoformat()
    refused = client.post(f"/m/orders/{order}/received-on", {"day": today, "why": ""})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请写明依据" in page
    assert f'value="{today}"' in page
    assert client.post(f"/m/orders/{order}/received-on", {"day": today, "why": "客户发来签收照片"}).status_code == 302
    assert "小满 填写：客户发来签收照片" in client.get(f"/m/orders/{order}").content.decode()
    dated = goods.order(("CUP", 1, 12900))
    assert "填写收货日期" not in client.get(f"/m/orders/{dated}").content.decode()
