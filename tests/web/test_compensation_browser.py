"""Goodwill by an agent and the freight claim of a buyer in a real browser: limits, refusals kept, approval, a photo from the phone, no scripts needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import review as v
from amends.engine import buyers
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN, Shop
from tests.web.buyer_cast import picture
from tests.web.case_cast import grant, photo, stock_shop
from tests.web.conftest import walk_in

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    return stock_shop(house, shop)


@pytest.fixture(scope="module")
def giver(house: Any, shop: Any, clerk: Any) -> Any:
    grant(house, shop, clerk, "read", "give_goodwill")
    return clerk


def shot(page: Any, name: str) -> None:
    """A picture for whoever wants to look: set AMENDS_SHOTS to a directory."""
    if directory := os.environ.get("AMENDS_SHOTS"):
        page.screenshot(path=Path(directory) / f"{name}.png", full_page=True)


def fits(page: Any) -> bool:
    """No sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_an_agent_gives_goodwill_from_the_order_is_stopped_and_asks(page, site, goods, giver, shop):
    order = goods.order(("CUP", 1, 13900), receiver="周小满")
    walk_in(page, site, giver.email, f"/m/orders/{order}")
    page.get_by_role("link", name="给补偿").click()
    page.get_by_text("现在最多可补偿").wait_for()
    shot(page, "goodwill")
    page.get_by_label("金额（CNY）").fill("26.00")
    page.get_by_label("原因").select_option(label="物流问题")
    page.get_by_label("情况（员工可见）").fill("杯盖磕了一角，客户愿意留下")
    page.get_by_role("button", name="给客户补偿").click()
    page.get_by_text("这一单最多补偿 ¥20.00").wait_for()
    assert page.get_by_label("金额（CNY）").input_value() == "26.00"
    assert page.get_by_label("情况（员工可见）").input_value() == "杯盖磕了一角，客户愿意留下"
    shot(page, "goodwill-refused")
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("已提交审批").wait_for()
    assert goods.all("select state, asked_minor from compensations where order_id = %s", order) == [("asked", 2600)]
    page.goto(f"{site}/m/orders/{order}/goodwill")
    page.get_by_label("金额（CNY）").fill("12")
    page.get_by_role("radio", name="优惠券").check()
    page.get_by_label("满多少可用").fill("60")
    page.get_by_label("原因").select_option(label="处理时间长")
    page.get_by_role("button", name="给客户补偿").click()
    page.get_by_text("已发给客户").wait_for()
    shot(page, "coupon")
    assert fits(page)


def test_the_main_account_decides_from_the_list(page, site, goods, giver, shop, house):
    order = goods.order(("CUP", 1, 13900))
    walk_in(page, site, giver.email, f"/m/orders/{order}/goodwill")
    page.get_by_label("金额（CNY）").fill("33")
    page.get_by_label("原因").select_option(label="处理时间长")
    page.get_by_role("button", name="给客户补偿").click()
    page.get_by_role("button", name="提交审批").click()
    page.get_by_text("已提交审批").wait_for()
    page.context.clear_cookies()
    walk_in(page, site, shop.email, "/m/compensations?state=asked")
    shot(page, "list")
    assert fits(page)
    page.get_by_role("link", name="K-2026-").first.click()
    page.get_by_role("button", name="不同意").wait_for()
    page.get_by_label("同意金额（CNY）").fill("40")
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("最多 ¥33.00，你填写了 ¥40.00").wait_for()
    shot(page, "decide-refused")
    page.get_by_label("同意金额（CNY）").fill("30")
    page.get_by_label("答复").fill("按 30 元补偿")
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("已同意，正在付款").wait_for()
    shot(page, "decided")
    assert goods.all("select state, amount_minor from compensations where order_id = %s", order) == [("granted", 3000)]


def sent_back(goods: Shop) -> str:
    """A return that is not the buyer's fault, sent back; its number."""
    case = goods.apply(goods.order(("CUP", 1, 13900)), "return", "wrong_goods", photos=[photo(goods)])
    assert goods.say(case, v.ApproveReturn()).refusal is None
    assert goods.say(case, b.ShipBack("顺丰", f"SF{case[-8:]}"), LIN).refusal is None
    return str(goods.row(case, "number")[0])


def let_in(page: Any, site: str, house: Any, goods: Shop) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now(), name='小林')}")


def test_a_buyer_claims_the_way_back_on_a_phone(page, site, goods, house, shop):
    number = sent_back(goods)
    let_in(page, site, house, goods)
    page.goto(f"{site}/b/cases/{number}")
    page.get_by_role("link", name="申请退货运费").click()
    page.get_by_label("运费单上的金额（CNY）").fill("十八")
    page.locator("input[type=file]").set_input_files({"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": picture().read()})
    page.get_by_role("button", name="提交").click()
    page.get_by_text("“金额”的格式不对").wait_for()
    shot(page, "freight-refused")
    assert page.locator("input[name=photos_keep]").count() == 1
    assert fits(page)
    page.get_by_label("运费单上的金额（CNY）").fill("18.00")
    page.get_by_role("button", name="提交").click()
    page.get_by_text("已提交，商家会核对").wait_for()
    shot(page, "freight-claimed")
    (one,), = goods.all("select id::text from compensations where kind = 'return_freight' and case_id = (select id from cases where merchant_id = %s and number = %s)", goods.merchant, number)
    page.set_viewport_size({"width": 1440, "height": 900})
    walk_in(page, site, shop.email, f"/m/compensations/{one}")
    page.get_by_role("img", name="凭证 1").wait_for()
    shot(page, "freight-desk")
    page.get_by_role("button", name="同意", exact=True).click()
    page.get_by_text("已同意，正在付款").wait_for()


def test_a_buyer_asks_for_the_difference_without_scripts(browser, site, goods, house):
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, 'TEA', 'TEA', 8000)", (goods.merchant,))
    order = goods.order(("TEA", 2, 19900), ("CUP", 1, 13900))
    (number,), = goods.all("select number from orders where id = %s", order)
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    let_in(page, site, house, goods)
    page.goto(f"{site}/b/orders/{number}")
    page.get_by_role("link", name="申请价保").click()
    page.get_by_text("没有降价").wait_for()
    shot(page, "price")
    page.get_by_role("button", name="申请退差价").click()
    page.get_by_text("已提交，结果会通知你").wait_for()
    shot(page, "price-asked")
    context.close()
    assert goods.all("select state, asked_minor from compensations where order_id = %s", order) == [("asked", 3900)]


@pytest.mark.parametrize(("scheme", "size", "language"), [("dark", PHONE, "zh"), ("light", {"width": 1440, "height": 900}, "en")], ids=["phone-dark", "desk-english"])
def test_the_pages_are_sound(browser, site, goods, shop, giver, house, scheme, size, language):
    order = goods.order(("CUP", 1, 123456789), receiver="欧阳上官司马诸葛")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", color_scheme=scheme)
    page = context.new_page()
    walk_in(page, site, shop.email, "/m/compensations")
    context.add_cookies([{"name": "amends_lang", "value": language, "url": site}])
    page.set_viewport_size(size)
    for n, address in enumerate(("/m/compensations", f"/m/orders/{order}/goodwill", f"/m/orders/{order}", "/m/settings/compensation")):
        page.goto(site + address)
        shot(page, f"{scheme}-{n}")
        assert fits(page), address
    context.close()
