"""The story of the issue in a browser: a merchant without technical knowledge builds a row, tries it on the shop's history, switches it on for what waits, and off again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from amends.core.verbs import review as v
from amends.engine import strategies
from amends.engine.house import House
from amends.engine.people import Person
from amends.worker import automation
from tests.shop import Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import PASSWORD, walk_in

UNOPENED = "不想要了，没有拆封，吊牌都在"


@pytest.fixture(scope="module")
def goods(house: House, shop: Person) -> Shop:
    """Four returns of the last days decided by people, one of them against; three that wait, one of them with an alert."""
    goods = stock_shop(house, shop)
    today = goods.now
    goods.now = today - timedelta(days=3)
    decided = [ask(goods, 8900) for _ in range(4)]
    goods.now += timedelta(hours=2)
    for case in decided[:3]:
        assert goods.say(case, v.ApproveReturn()).refusal is None
    assert goods.say(decided[3], v.Reject("false_proof", "不是本店发出的商品，麻烦再核对一下订单")).refusal is None
    goods.now = today
    return goods


def ask(goods: Shop, paid: int, description: str = UNOPENED) -> str:
    """One cup back without a reason; answers the id of the service order."""
    order = goods.order(("CUP", 1, paid), delivered_at=goods.now - timedelta(days=1))
    return goods.apply(order, "return", "no_reason", description=description)


def state(goods: Shop, case: str) -> str:
    return str(goods.row(case, "state")[0])


def work(house: House) -> None:
    """The worker's turn: what waits, and long runs, to their end."""
    for _ in range(6):
        if not automation.consider_all(house) + automation.work_runs(house):
            return


def test_built_tried_switched_on_for_what_waits_and_off(house: House, shop: Person, goods: Shop, site: str, page: Page) -> None:
    waiting = [ask(goods, 8900), ask(goods, 5000)]
    dear = ask(goods, 15900)
    walk_in(page, site, shop.email, "/m/strategies")
    page.get_by_role("link", name="加一行").click()
    page.get_by_label("名称").fill("七天无理由、未拆封、百元内")
    build(page)
    page.get_by_role("button", name="放进草稿").click()
    expect(page.locator(".toast-x")).to_contain_text("已放进草稿")
    row = page.locator("tr[data-row]")
    expect(row).to_contain_text("实付 < ¥100")

    page.get_by_role("button", name="试一试").click()
    expect(page.locator("#trial")).to_contain_text("正在试")
    work(house)
    expect(page.locator("#trial .kpis")).to_contain_text("75.0%")
    expect(page.locator("#trial .kpis a b")).to_have_text("1")
    expect(page.locator("#trial .tl")).to_contain_text("客服：审核不通过")
    page.locator("td.against a").click()
    expect(page.locator("table")).to_contain_text("不是本店发出的商品")
    page.go_back()

    page.get_by_label("先影子运行 7 天").uncheck()
    page.get_by_label("也用于已在等的 3 单").check()
    page.locator("#trial").get_by_role("button", name="发布版本 1").click()
    expect(page.get_by_label("马上打开")).to_be_checked()
    expect(page.locator(".s-diff")).to_contain_text("行“七天无理由、未拆封、百元内”")
    page.get_by_role("button", name="发布版本 1").click()
    expect(page.locator(".toast-x")).to_contain_text("正在办已在等的单")
    expect(page.locator(".trial-prog").first).to_contain_text("0 / 3 单")
    work(house)
    expect(page.locator(".trial-prog").first).to_contain_text("办了 2 单")
    assert [state(goods, case) for case in (*waiting, dear)] == ["awaiting_return", "awaiting_return", "reviewing"]
    page.reload()
    page.get_by_role("link", name="2 单", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").first.click()
    expect(page.locator(".col-m")).to_contain_text("七天无理由、未拆封、百元内")

    later = ask(goods, 6000)
    work(house)
    assert state(goods, later) == "awaiting_return", "what comes later is decided too"
    page.goto(f"{site}/m/strategies")
    page.locator(".sw summary").click()
    expect(page.locator(".sw-panel")).to_contain_text("符合的单留给人")
    page.locator(".sw-panel").get_by_label(re.compile("^关")).check()
    page.get_by_role("button", name="切换", exact=True).click()
    expect(page.locator(".toast-x")).to_contain_text("不再自动处理")
    last = ask(goods, 6000)
    work(house)
    assert state(goods, last) == "reviewing"
    assert strategies.table(house.pool, str(shop.merchant_id), "service_order", "review").rows[0].mode == "off"


def build(page: Page) -> None:
    """Four conditions and what to do, chosen from lists as a person would."""
    for i, (fact, op, value) in enumerate((("期望", "", "退货"), ("收货天数", "不超过 ≤", "7天"), ("商品状态", "", "未拆封"), ("实付", "低于 <", "100元"))):
        if i:
            page.get_by_role("button", name="加一个条件").click()
        page.locator(f"#f-fact-{i}").select_option(label=fact)
        expect(page.locator(f"#f-op-{i}")).to_be_visible()
        if op:
            page.locator(f"#f-op-{i}").select_option(label=op)
            page.wait_for_load_state("networkidle")
            page.locator(f"[name='value.{i}']").fill(value)
        else:
            page.locator(".if").nth(i).get_by_label(value, exact=True).check()
    page.get_by_label("做什么").select_option(label="同意客户发货")
    expect(page.locator("#says")).to_contain_text("就同意客户发货")


def test_on_a_phone_it_is_read_and_switched(house: House, shop: Person, goods: Shop, site: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    walk_in(page, site, shop.email, "/m/strategies")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".sw summary").click()
    page.locator(".sw-panel").get_by_label(re.compile("^影子")).check()
    page.get_by_role("button", name="切换", exact=True).click()
    expect(page.locator(".toast-x")).to_contain_text("影子运行中")
    expect(page.locator("tr[data-row]")).to_contain_text("影子至")


def test_what_is_typed_outlives_a_session_that_ends(house: House, shop: Person, goods: Shop, site: str, page: Page) -> None:
    walk_in(page, site, shop.email, "/m/strategies/receipt/rows/new")
    page.get_by_label("名称").fill("收货小额")
    page.locator("#f-fact-0").select_option(label="实付")
    expect(page.locator("#f-op-0")).to_be_visible()
    page.locator("[name='value.0']").fill("88")
    page.context.clear_cookies(name="amends_session")
    page.get_by_label("做什么").select_option(label="收货登记")
    expect(page.locator(".toast-x")).to_contain_text("登录已过期，你填写的内容还在")
    page.get_by_role("button", name="放进草稿").last.click()
    page.get_by_role("link", name="去登录").click()
    page.get_by_label("邮箱").fill(shop.email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/receipt/rows/new")
    expect(page.locator(".toast-x")).to_contain_text("已恢复上次没提交的内容")
    expect(page.get_by_label("名称")).to_have_value("收货小额")
    expect(page.locator("[name='value.0']")).to_have_value("88")
    page.get_by_label("做什么").select_option(label="收货登记")
    page.get_by_role("button", name="放进草稿").last.click()
    page.wait_for_url("**/strategies/receipt**")
    page.goto(f"{site}/m/strategies/receipt/rows/new")
    expect(page.get_by_label("名称")).to_have_value("")
