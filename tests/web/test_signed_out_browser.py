"""A session that ends while somebody types: the page stays, says so and offers to sign in beside it; nothing is drawn into the effect line (SO-22)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.web.case_cast import leaking_cup, stock_shop
from tests.web.conftest import PASSWORD, walk_in


def test_the_case_page_stays_and_goes_on_after_signing_in_beside_it(house: Any, shop: Any, site: str, page: Page) -> None:
    goods = stock_shop(house, shop)
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}/do/ask_buyer")
    words = page.locator("#do textarea").first
    words.fill("请补一张杯盖的照片")
    page.context.clear_cookies(name="amends_session")
    words.dispatch_event("change")
    expect(page.locator(".toast-x")).to_contain_text("登录已过期，你填写的内容还在")
    assert page.locator("#effect .door-in").count() == 0, "no sign-in page within the page"
    expect(words).to_have_value("请补一张杯盖的照片")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="去登录").click()
    beside = opened.value
    beside.get_by_label("邮箱").fill(shop.email)
    beside.get_by_label("密码").fill(PASSWORD)
    beside.get_by_role("button", name="登录", exact=True).click()
    beside.wait_for_url("**/me")
    words.dispatch_event("change")
    page.locator("#effect", has_text="待客户反馈").wait_for()
    expect(words).to_have_value("请补一张杯盖的照片")
