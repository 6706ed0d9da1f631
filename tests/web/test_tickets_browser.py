"""Tickets in a browser: a merchant answers by keyboard and the draft outlives a reload; the platform takes and writes back; a phone shows both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from amends.engine import buyers
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from tests.shop import LIN, Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    return stock_shop(house, shop)


def opened(goods: Shop, house: Any, words: str) -> tuple[str, str]:
    goods.now = house.clock.now() - timedelta(minutes=130)
    order = goods.order(("CUP", 1, 12900))
    number = goods.all("select number from orders where id = %s", order)[0][0]
    answer = open_ticket(house.pool, goods.merchant, NewTicket("complaint", "quality", words, number=number), LIN, goods.now, new_id())
    assert not isinstance(answer, list)
    return answer.ticket_id, answer.number


def test_a_merchant_answers_by_keyboard_and_what_was_typed_survives_a_reload(house, goods, shop, site, page):
    ticket, number = opened(goods, house, "杯子有裂纹，能不能退")
    walk_in(page, site, shop.email, "/m/q/ticket-answer")
    page.get_by_text(number).wait_for()
    assert page.locator("tr", has_text=number).locator(".cd-urgent").count() == 1
    page.goto(f"{site}/m/cases/{ticket}")
    page.keyboard.press("a")
    page.wait_for_url("**/do/reply**")
    page.locator("#act textarea[name=words]").fill("您好，给您换新，运费我们承担")
    with page.expect_response(lambda r: r.url.endswith("/draft") or "/draft" in r.url):
        page.locator("#act textarea[name=words]").blur()
    page.reload()
    assert page.locator("#act textarea[name=words]").input_value() == "您好，给您换新，运费我们承担"
    page.locator("#act select[name=result]").select_option("approve")
    page.locator("#act button.btn-primary").click()
    page.locator(".toast-x").wait_for()
    page.goto(f"{site}/m/cases/{ticket}")
    page.get_by_text("本轮已回复过").first.wait_for()


def test_both_sides_on_a_phone(house, goods, operator, site, page):
    ticket, number = opened(goods, house, "第一次倒热水就裂了")
    page.set_viewport_size({"width": 390, "height": 844})
    walk_in(page, site, operator.email, f"/p/tickets/{goods.merchant}/{ticket}")
    page.locator("#do-follow_up textarea").fill("请尽快答复客户")
    page.locator("#do-follow_up button.btn-primary").click()
    page.locator(".toast-x").wait_for()
    assert page.locator(".turns .ours", has_text="请尽快答复客户").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now(), name='小林')}")
    page.goto(f"{site}/b/tickets/{number}")
    page.get_by_text("请尽快答复客户").wait_for()
    page.get_by_role("button", name="问题已解决").click()
    page.get_by_text("已标记为解决").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_the_platform_types_survives_a_reload(house, goods, operator, site, page):
    ticket, _ = opened(goods, house, "还没有人答复我")
    walk_in(page, site, operator.email, f"/p/tickets/{goods.merchant}/{ticket}")
    with page.expect_response(lambda r: "/draft/follow_up" in r.url):
        page.locator("#do-follow_up textarea").fill("写到一半的追问")
    page.reload()
    assert page.locator("#do-follow_up textarea").input_value() == "写到一半的追问"
    page.get_by_text("已恢复上次没提交的内容").wait_for()
