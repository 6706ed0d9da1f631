"""A Spring Festival notice in Chromium: the platform makes it, the merchant's queue and the buyer's phone stand still, and withdrawn everything is as before (PO-15, PO-16)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from amends.engine import buyers
from amends.store.suspensions import merchants_behind
from amends.worker.suspensions import retime_all
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in
from tests.web.test_buyer_phone import CHECK, CONTRAST

PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what the tests see, when somebody wants to look."""


def look(page: Page, name: str) -> None:
    """Nothing on the screen is unreadable, nameless or wider than it; a picture, if asked for."""
    page.wait_for_load_state("load")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    found = page.evaluate(CONTRAST)
    assert found == []


def settle(house: Any) -> None:
    """The worker, until every merchant has followed."""
    while merchants_behind(house.pool):
        retime_all(house)


def test_a_notice_stops_the_clocks_everywhere_and_withdrawn_they_are_as_before(house: Any, page: Page, browser: Any, site: str, operator: Any, shop: Any) -> None:
    goods = stock_shop(house, shop)
    # Due within the hour: what would be urgent must not be while it stands still.
    goods.now = house.clock.now() - timedelta(hours=47, minutes=20)
    case = goods.apply(goods.order(("CUP", 1, 13900)))
    goods.now = house.clock.now()
    number = goods.row(case, "number")[0]

    desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    walk_in(desk, site, "xiaoman@chengwu.test", "/m/q/review")
    badge = desk.locator(f"#r-{case} .cd")
    expect(badge).to_have_class("cd cd-urgent")

    walk_in(page, site, "ping@platform.test", "/p/suspensions")
    page.get_by_role("link", name="新建暂停").first.click()
    page.get_by_label("中文名称").fill("春节期间暂停")
    page.get_by_label("英文名称").fill("Paused for Spring Festival")
    began, ends = (goods.now + timedelta(hours=8) + d for d in (-timedelta(hours=1), timedelta(days=9)))
    page.locator("#f-starts_at").fill(began.strftime("%Y-%m-%dT%H:%M"))
    page.locator("#f-ends_at").fill(ends.strftime("%Y-%m-%dT00:00"))
    look(page, "form")
    page.get_by_role("button", name="查看影响").click()
    expect(page.locator("#effect")).to_contain_text("1 个商家的 1 个倒计时会调整")
    expect(page.locator("#effect")).to_contain_text(number)
    look(page, "effect")
    page.get_by_role("button", name="暂停这些时限").click()
    page.wait_for_url("**/p/suspensions?**")
    expect(page.get_by_text("生效中")).to_be_visible()
    settle(house)
    look(page, "list")

    desk.goto(f"{site}/m/q/review")
    expect(badge).to_have_class("cd cd-paused")
    expect(badge).to_contain_text("暂停 · 1 小时 4")
    expect(desk.locator(f"#r-{case} .c-due")).to_contain_text("00:00 起继续")
    look(desk, "queue")
    desk.goto(f"{site}/m/q/review?due=urgent")
    expect(desk.locator(f"#r-{case}")).to_have_count(0)
    desk.goto(f"{site}/m/cases/{case}")
    expect(desk.locator(".case-h .cd")).to_contain_text("春节期间暂停")
    look(desk, "case")
    desk.goto(f"{site}/m/settings/clocks")
    expect(desk.locator("#suspended")).to_contain_text("春节期间暂停")
    look(desk, "clocks")

    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    phone.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', goods.now, name='小林')}")
    phone.goto(f"{site}/b/cases/{number}")
    expect(phone.locator(".cd").first).to_contain_text("起继续，还剩 1 小时")
    assert phone.evaluate(CHECK) == []
    look(phone, "phone")
    phone.goto(f"{site}/b/rules")
    expect(phone.get_by_text("暂停计时")).to_be_visible()
    expect(phone.get_by_text("48 小时内").first).to_be_visible()
    assert phone.evaluate(CHECK) == []
    look(phone, "rules")

    page.get_by_role("link", name="春节期间暂停").click()
    page.get_by_role("link", name="撤回").click()
    look(page, "withdraw")
    page.get_by_role("button", name="撤回“春节期间暂停”").click()
    page.wait_for_url("**/p/suspensions?**")
    settle(house)
    desk.goto(f"{site}/m/q/review")
    expect(badge).to_have_class("cd cd-urgent")
    phone.goto(f"{site}/b/cases/{number}")
    expect(phone.locator(".cd").first).to_have_class("cd cd-urgent cd-lg")
