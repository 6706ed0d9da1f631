"""Messages in Chromium: the bell in the navigation, the page on a desk and on a phone, nothing sideways, reading by opening."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from amends.core.verbs import desk as d
from amends.core.verbs import review as v
from amends.engine import buyers
from amends.worker.effects import perform
from tests.shop import LIN
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in


def picture(page: Any, name: str) -> None:
    """Kept to be looked at, where AMENDS_PICTURES names a directory."""
    if place := os.environ.get("AMENDS_PICTURES"):
        page.screenshot(path=Path(place) / f"{name}.png")


def sideways(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_messages_from_the_bell_to_the_case_and_the_buyers_news(page: Any, site: str, house: Any, shop: Any) -> None:
    goods = stock_shop(house, shop)
    goods.now = house.clock.now()
    case = goods.apply(goods.order(("CUP", 1, 12900)))
    goods.say(case, d.Say("杯盖合不上，能先看一下吗"), LIN)
    other = goods.apply(goods.order(("CUP", 2, 25800)))
    goods.say(other, v.ApproveReturn())
    perform(house.pool, goods.merchant, goods.now)
    walk_in(page, site, shop.email, "/m/notices")
    bell = page.get_by_role("navigation").get_by_role("link", name="消息")
    assert bell.inner_text().split() == ["消息", "3"]
    assert page.locator(".news li.fresh").count() == 3
    assert page.get_by_role("link", name="客户提交了申请，请在").count() == 1, "of the two, one has been reviewed"
    picture(page, "notices-desk")
    page.set_viewport_size({"width": 390, "height": 844})
    assert sideways(page) <= 0
    picture(page, "notices-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="客户发来消息").click()
    page.wait_for_url(f"**/m/cases/{case}*")
    page.goto(f"{site}/m/notices")
    assert page.locator(".news li.fresh").count() == 1
    page.get_by_role("button", name="全部标为已读").click()
    page.wait_for_url("**/m/notices")
    assert page.locator(".news li.fresh").count() == 0
    picture(page, "notices-read")
    sent = goods.order(("CUP", 1, 12900), received=False, placed_at=goods.now - timedelta(days=2))
    number = goods.all("select number from orders where id = %s", sent)[0][0]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    assert page.get_by_role("link", name="商家同意了你的申请").count() == 1
    assert sideways(page) <= 0
    picture(page, "buyer-news")
    page.goto(f"{site}/b/orders/{number}")
    picture(page, "buyer-receipt")
    page.get_by_role("button", name="确认收货").dblclick()
    page.wait_for_url("**?done=received")
    assert page.get_by_role("status").filter(has_text="已确认收货").count() == 1
    assert page.get_by_role("link", name="退货").count() == 1
    picture(page, "buyer-received")
    dated = goods.order(("CUP", 1, 12900), delivered_at=None)
    page.goto(f"{site}/m/orders/{dated}")
    page.get_by_text("填写收货日期").click()
    assert sideways(page) <= 0
    picture(page, "order-dated")
