"""Cancelling in Chromium: the buyer on a phone, with and without scripts; the agent at the desk by mouse and key; widths, contrast, touch, names."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from amends.core.verbs import cancel as c
from amends.engine import buyers
from amends.store.connect import PLATFORM, scope
from tests.engine.cancel_desk import on_the_way, opened, unshipped
from tests.shop import open_shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in
from tests.web.test_buyer_phone import CHECK, CONTRAST

LONG = "北欧风陶瓷马克杯套装带勺带盖情侣款礼盒装（月白、松石绿各一只）送礼推荐家用办公室大容量耐高温可微波"


def sound(page: Any) -> None:
    """Nothing on the screen is unreadable, nameless, too low to be touched, or wider than it."""
    page.wait_for_load_state("load")
    assert [*page.evaluate(CHECK), *page.evaluate(CONTRAST)] == []


def number(shop: Any, order: str) -> str:
    return shop.all("select number from orders where id = %s", order)[0][0]


def longer(shop: Any, order: str) -> str:
    """The order with a title that does not end."""
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set title = %s where order_id = %s and position = 0", (LONG, order))
    return order


@pytest.fixture
def phone(house: Any, page: Any, site: str) -> SimpleNamespace:
    """A buyer on a phone, let in by the shop's link."""
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now, name='小林')}")
    return SimpleNamespace(page=page, site=site, shop=shop)


def test_a_whole_order_is_cancelled_followed_and_withdrawn_on_a_phone(phone):
    page, order = phone.page, longer(phone.shop, unshipped(phone.shop, ("CUP", 1, 123456789)))
    page.goto(f"{phone.site}/b/orders/{number(phone.shop, order)}")
    sound(page)
    page.get_by_role("link", name="取消订单、退款").click()
    expect(page.get_by_text("¥1,234,567.89").first).to_be_visible()
    sound(page)
    page.get_by_role("button", name="提交取消申请").click()
    expect(page.get_by_text("请选择取消原因")).to_be_visible()
    sound(page)
    page.get_by_label("为什么取消").select_option(label="不想要了")
    page.get_by_role("button", name="提交取消申请").click()
    expect(page.get_by_role("heading", name="等商家审核")).to_be_visible()
    expect(page.get_by_text("否则系统自动同意，全额退款")).to_be_visible()
    expect(page.locator(".cd[data-due]").first).to_contain_text("还剩")
    sound(page)
    page.emulate_media(color_scheme="dark")
    page.reload()
    sound(page)
    page.emulate_media(color_scheme="light")
    page.goto(f"{page.url.split('?')[0]}?lang=en")
    sound(page)
    page.goto(f"{page.url.split('?')[0]}?lang=zh")
    page.get_by_role("link", name="撤回取消申请").click()
    sound(page)
    page.get_by_label("为什么撤回").fill("还是要")
    page.locator(".ph-f button").click()
    expect(page.get_by_role("heading", name="已撤回")).to_be_visible()
    expect(page.get_by_role("link", name="再次申请取消")).to_be_visible()
    sound(page)


def test_some_pieces_are_cancelled_after_a_look_at_what_comes_back(phone):
    page, order = phone.page, longer(phone.shop, unshipped(phone.shop, ("CUP", 3, 30000), ("MUG", 1, 9900)))
    page.goto(f"{phone.site}/b/orders/{number(phone.shop, order)}/cancel")
    expect(page.get_by_text("¥399.00").last).to_be_visible()
    page.get_by_text("只取消一部分").click()
    expect(page.get_by_text("¥399.00").last).to_be_hidden()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("spinbutton").first.fill("2")
    sound(page)
    page.get_by_role("button", name="看看能退多少").click()
    expect(page.get_by_text("¥200.00").last).to_be_visible()
    sound(page)
    page.get_by_label("为什么取消").select_option(label="拍错、多拍")
    page.get_by_role("button", name="提交取消申请").click()
    expect(page.get_by_role("heading", name="取消部分商品")).to_be_visible()
    expect(page.get_by_text(f"{LONG} × 2")).to_be_visible()
    sound(page)


def test_the_wrong_side_leads_to_the_right_one_in_both_directions(phone):
    page = phone.page
    before, after = on_the_way(phone.shop), phone.shop.order(("CUP", 1, 9900))
    page.goto(f"{phone.site}/b/orders/{number(phone.shop, before)}/apply/what")
    expect(page.locator(".alert-red")).to_contain_text("请走“取消订单”")
    sound(page)
    page.get_by_role("link", name="取消订单、退款").click()
    expect(page.get_by_role("button", name="提交取消申请")).to_be_visible()
    expect(page.get_by_text("已发货的订单只能整单取消")).to_be_visible()
    page.goto(f"{phone.site}/b/orders/{number(phone.shop, after)}/cancel")
    expect(page.locator(".alert-red")).to_contain_text("请走“申请售后”")
    sound(page)
    page.get_by_role("link", name="申请售后").click()
    expect(page.get_by_role("link", name=re.compile("退货"))).to_be_visible()


def test_without_scripts_all_of_it_works(house, browser, site):
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    order = unshipped(shop, ("CUP", 3, 30000), ("MUG", 1, 9900))
    context = browser.new_context(viewport={"width": 360, "height": 780}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now)}")
    page.goto(f"{site}/b/orders/{number(shop, order)}/cancel")
    page.get_by_role("radio", name=re.compile("只取消一部分")).check()
    page.get_by_role("checkbox").last.check()
    page.get_by_label("为什么取消").select_option("changed_mind")
    page.get_by_role("button", name="提交取消申请").click()
    assert "/b/cases/C-" in page.url
    assert "商品 MUG × 1" in page.content()
    context.close()


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def desk(page, site, shop, goods):
    """An agent at the desk, with four cancellations of their own to review: two not shipped, two on their way."""
    with scope(goods.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now(), due_at = null where merchant_id = %s and closed_at is null", (goods.merchant,))
        conn.execute("delete from clocks where merchant_id = %s", (goods.merchant,))
    kept = [opened(goods, unshipped(goods, ("CUP", 1, 10000), receiver="周小满")) for _ in range(2)]
    sent = [opened(goods, on_the_way(goods, ("CUP", 1, 20000), waybill=f"SF{n}")) for n in range(2)]
    walk_in(page, site, shop.email, "/m/q/cancel-review")
    return SimpleNamespace(page=page, site=site, shop=goods, kept=kept, sent=sent)


def state(desk, case):
    return desk.shop.row(case, "state")[0]


def becomes(desk, case, wanted):
    """The answer was given: the page tells it, and the case stands where it leads. The address says it only until the page has told it."""
    desk.page.locator(".toast-x").wait_for()
    assert state(desk, case) == wanted


def test_one_after_the_other_is_answered_by_key_and_mouse(desk):
    page, (first, second), (third, fourth) = desk.page, desk.kept, desk.sent
    page.goto(f"{desk.site}/m/cases/{first}?q=cancel-review")
    expect(page.get_by_role("heading", name="每个答复会怎样")).to_be_visible()
    page.keyboard.press("a")
    becomes(desk, first, "refunding")
    page.goto(f"{desk.site}/m/cases/{second}?q=cancel-review")
    page.keyboard.press("r")
    page.wait_for_url("**/do/reject_cancellation**")
    page.get_by_label("不通过原因").select_option("buyer_agreed")
    page.get_by_label("向客户说明").fill("和客户电话确认，客户同意收货")
    page.locator("#act .btn-primary").click()
    becomes(desk, second, "rejected")
    page.goto(f"{desk.site}/m/cases/{third}?q=cancel-review")
    expect(page.locator("#act")).to_contain_text("请 顺丰 拦截 SF0")
    page.keyboard.press("a")
    becomes(desk, third, "intercepting")
    page.goto(f"{desk.site}/m/cases/{fourth}?q=cancel-review")
    page.keyboard.press("w")
    page.wait_for_url("**/do/follow_up_parcel**")
    page.locator("#act .btn-primary").click()
    becomes(desk, fourth, "logistics_follow_up")
    page.goto(f"{desk.site}/m/cases/{fourth}")
    page.get_by_role("link", name="强制退款").click()
    page.wait_for_url("**/do/force_refund**")
    page.get_by_label("原因").fill("客户急用，快递联系不上")
    page.locator("#act .btn-primary").click()
    becomes(desk, fourth, "refunding")


def test_chosen_ones_are_approved_at_once_and_the_rest_say_why_not(desk):
    page = desk.page
    page.keyboard.press("j")
    for _ in range(4):
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("#q-effect")).to_contain_text("2 单将同意取消并退款")
    expect(page.locator("#q-effect")).to_contain_text("2 单跳过")
    expect(page.locator("#q-effect")).to_contain_text("¥200.00")
    page.get_by_role("button", name="同意取消 2 单").click()
    expect(page.locator("#q-done")).to_contain_text("已同意取消 2 单，2 单未执行")
    assert [state(desk, case) for case in (*desk.kept, *desk.sent)] == ["refunding", "refunding", "reviewing", "reviewing"]
    page.locator("#q-all").check()
    page.keyboard.press("i")
    page.get_by_role("button", name="通过并拦截 2 单").click()
    expect(page.locator("#q-done")).to_contain_text("已发起拦截 2 单")
    page.keyboard.press("g")
    page.keyboard.press("2")
    page.wait_for_url(re.compile("/m/q/cancel-intercept"))
    expect(page.locator("#q-rows tr")).to_have_count(2)


def test_the_filter_is_a_link_with_chips_and_the_lists_stand_side_by_side(desk):
    page = desk.page
    expect(page.get_by_role("navigation", name="取消订单的各个队列").get_by_role("link")).to_have_count(5)
    page.keyboard.press("f")
    page.get_by_label("是否发货").select_option("yes")
    page.get_by_role("button", name="应用").first.click()
    expect(page.locator("#q-rows tr")).to_have_count(2)
    expect(page.locator(".chip.filter")).to_contain_text("是否发货 已发货")
    assert "shipped=yes" in page.url


@pytest.mark.parametrize(("width", "height"), [(360, 780), (1024, 768), (1440, 900)])
def test_nothing_moves_sideways_in_lists_and_on_the_page(desk, width, height):
    page = desk.page
    desk.shop.say(desk.sent[1], c.FollowUpParcel())
    page.set_viewport_size({"width": width, "height": height})
    for path in ("/m/q/cancel-review", "/m/q/cancel-follow", "/m/q/cancel-all", f"/m/cases/{desk.sent[0]}", f"/m/cases/{desk.sent[0]}/do/reject_cancellation", "/m/home"):
        for lang in ("zh", "en"):
            page.goto(f"{desk.site}{path}?lang={lang}")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} {lang}: sideways by {wide}"
            assert page.evaluate(CONTRAST) == [], f"{path} {lang}"
    page.goto(f"{desk.site}/m/home?lang=zh")
