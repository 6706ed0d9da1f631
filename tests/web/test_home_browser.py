"""The first page in Chromium: one click opens exactly what a line counts, and the next one the case; the keyboard; live; a phone without sideways scrolling (UI-1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from amends.store.connect import PLATFORM, scope
from tests.shop import Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in

MAIN, OPERATOR = "xiaoman@chengwu.test", "ping@platform.test"


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    made = stock_shop(house, shop)
    made.now = house.clock.now()
    return made


def made(goods: Shop, *ahead: timedelta) -> list[str]:
    """Cases in review, due so long from now, and nothing else open."""
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now() where merchant_id = %s and closed_at is null", (goods.merchant,))
    cases = [goods.apply(goods.order(("CUP", 1, 9900))) for _ in ahead]
    with scope(goods.pool, PLATFORM) as conn:
        for case, left in zip(cases, ahead, strict=True):
            conn.execute("update cases set due_at = %s where merchant_id = %s and id = %s", (goods.now + left, goods.merchant, case))
    return cases


def test_one_click_opens_what_is_counted_the_next_the_case_and_keys_do_too(page: Page, site: str, goods: Shop) -> None:
    late, second, soon = made(goods, timedelta(minutes=-30), timedelta(minutes=-10), timedelta(minutes=40))
    walk_in(page, site, MAIN, "/m/home")
    line = page.locator('[data-line="red-review"]')
    expect(line.locator(".day-n")).to_have_text("2")
    expect(page.locator('[data-line="hour-review"] .day-n')).to_have_text("1")
    expect(line).to_contain_text("已超时 30 分")
    line.locator(".day-open").click()
    page.wait_for_url("**/m/q/review?due=red")
    expect(page.locator("#q-rows > tr")).to_have_count(2)
    page.locator(f"#r-{late} a").first.click()
    page.wait_for_url(f"**/m/cases/{late}**")
    expect(page.locator("h1")).to_contain_text(goods.row(late, "number")[0])
    page.goto(f"{site}/m/home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/q/review?due=red")
    page.goto(f"{site}/m/home")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/m/q/review?due=hour")
    expect(page.locator(f"#r-{soon}")).to_be_visible()
    page.goto(f"{site}/m/home")
    page.locator('[data-line="red-review"] .day-first a').click()
    page.wait_for_url(f"**/m/cases/{late}**")
    assert second


def test_the_page_stays_true_by_itself(page: Page, site: str, goods: Shop) -> None:
    made(goods, timedelta(hours=9))
    walk_in(page, site, MAIN, "/m/home")
    expect(page.locator(".day-calm")).to_contain_text("没有超时的")
    made(goods, timedelta(minutes=-1))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator('[data-line="red-review"] .day-n')).to_have_text("1")


@pytest.mark.parametrize(("who", "path"), [(MAIN, "/m/home"), (OPERATOR, "/p/home")], ids=["merchant", "platform"])
def test_on_a_phone_nothing_scrolls_sideways_and_a_line_is_one_tap(page: Page, site: str, goods: Shop, operator: Any, who: str, path: str) -> None:
    made(goods, timedelta(minutes=-30), timedelta(minutes=20))
    page.set_viewport_size({"width": 360, "height": 780})
    walk_in(page, site, who, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if who == MAIN:
        page.locator('[data-line="red-review"] .day-open').click()
        page.wait_for_url(re.compile(r"/m/q/review\?due=red"))
        expect(page.locator("#q-rows > tr")).to_have_count(1)
