"""Disputes in a browser: a refused return disputed on the phone, evidence by both sides, settled; the four plans by key, and a plan that failed (DI-1 … DI-5)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from amends.core.actor import SYSTEM
from amends.core.verbs import dispute as v
from amends.core.verbs.review import Reject
from amends.engine import buyers
from amends.engine.cancellation import Cancel, Cancelled
from amends.engine.cancelling import cancel
from amends.engine.ids import new_id
from tests.engine.test_evidence_files import paper
from tests.web.case_cast import leaking_cup, picture, say, stock_shop
from tests.web.conftest import walk_in
from tests.web.disputes_cast import LIN, dispute, unshipped


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[Path, Path]:
    """A picture and a document as they lie on somebody's disk."""
    folder = tmp_path_factory.mktemp("evidence")
    shot, report = folder / "cup.jpg", folder / "report.pdf"
    shot.write_bytes(picture())
    report.write_bytes(paper())
    return shot, report


def test_a_refused_return_is_disputed_on_the_phone_evidenced_by_both_and_settled(house, goods, shop, site, page, browser, kept):
    goods.now = house.clock.now()
    case = leaking_cup(goods, 1)
    say(goods, case, Reject(reason="not_quality", words="检测无漏水"))
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True)
    phone = context.new_page()
    phone.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    phone.goto(f"{site}/b/cases/{goods.row(case, 'number')[0]}")
    phone.get_by_role("link", name="申请平台介入").click()
    phone.get_by_role("link", name="商品质量问题").click()
    expect(phone.locator("#f-amount")).to_be_hidden()
    phone.get_by_text("不寄回商品，直接退钱").click()
    phone.locator("#f-amount").fill("139")
    phone.get_by_role("button", name="下一步：说明情况").click()
    phone.get_by_label("发生了什么").fill("杯盖拧紧后倒放还是漏水")
    phone.locator("input[type=file]").set_input_files(str(kept[0]))
    assert phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    phone.get_by_role("button", name="发起纠纷").click()
    expect(phone.get_by_text("等商家答复").first).to_be_visible()
    made = goods.all("select id::text from cases where parent_id = %s", case)[0][0]

    walk_in(page, site, shop.email, "/m/q/dispute-answer")
    page.locator("[data-open-case]").first.click()
    page.wait_for_url(re.compile(made))
    page.locator("[data-evidence]").first.click()
    expect(page.locator("#photo img")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_url(re.compile("do/add_evidence"))
    page.locator("#f-evidence").select_option("inspection_report")
    page.get_by_label("说明").fill("第三方检测报告")
    page.locator("#f-photos").set_input_files(str(kept[1]))
    page.get_by_role("button", name="提交证据").click()
    expect(page.locator(".toast-x").first).to_be_visible()
    expect(page.locator(".ev-doc")).to_have_count(1)
    page.keyboard.press("1")
    page.wait_for_url(re.compile("do/offer_settlement"))
    expect(page.locator(".plan-x.on")).to_contain_text("提出和解方案")
    expect(page.locator("#f-amount")).to_be_hidden()
    page.locator("#f-offer").select_option("refund")
    page.locator("#f-amount").fill("60")
    page.get_by_label("给客户的话").fill("商品留用，退您 60 元")
    page.get_by_role("button", name="提出和解方案").click()
    expect(page.locator(".toast-x").first).to_be_visible()
    expect(page.get_by_text("待客户确认").first).to_be_visible()

    phone.reload()
    expect(phone.get_by_text("商品留用，退您 60 元").first).to_be_visible()
    expect(phone.locator(".ev-doc")).to_have_count(1)
    phone.get_by_role("button", name="同意和解").dblclick()
    expect(phone.get_by_text("你已同意和解")).to_be_visible()
    assert goods.row(made, "state, granted_minor") == ("settled", 6000)
    assert goods.all("select count(*) from events where case_id = %s and name = 'settlement_accepted'", made) == [(1,)]
    context.close()


def test_four_cards_by_key_and_a_plan_that_failed_is_put_right_on_the_page(house, goods, shop, site, page):
    goods.now = house.clock.now()
    order = unshipped(goods)
    made = dispute(goods, order, "cancel_order").case_id
    walk_in(page, site, shop.email, f"/m/cases/{made}")
    expect(page.locator(".plan-x")).to_have_count(4)
    expect(page.locator(".plan-x.off")).to_contain_text("订单还没有发货")
    page.keyboard.press("4")
    page.wait_for_url(re.compile("do/ask_for_judgement"))
    ground = page.locator(".ground-x", has_text="已与客户协商一致")
    expect(ground.locator(".example")).to_be_hidden()
    ground.click()
    expect(ground.locator(".example")).to_be_visible()
    page.get_by_label("举证说明").fill("客户在聊天里同意等货")
    page.locator("[data-plan=settle_by_refund]").click()
    page.wait_for_url(re.compile("do/settle_by_refund"))
    expect(page.locator(".plan-x.on")).to_contain_text("直接退款")
    filed = cancel(goods.pool, goods.merchant, Cancel(order, "changed_mind"), LIN, goods.now, new_id())
    assert isinstance(filed, Cancelled), filed
    page.locator("#act .btn-primary").click()
    expect(page.get_by_text("待客户确认").first).to_be_visible()
    say(goods, made, v.PlanFailed(code="already_asked", words="", cancellation=filed.case_id, number=filed.number), SYSTEM)
    page.goto(f"{site}/m/cases/{made}")
    expect(page.get_by_role("alert").filter(has_text=filed.number)).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(".toast-x").first).to_be_visible()
    assert goods.row(filed.case_id, "state") == ("refunding",)
