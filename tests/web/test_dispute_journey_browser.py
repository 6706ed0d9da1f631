"""The whole way in a browser, each by their own hands: a refused return is disputed, evidenced, judged, carried out, appealed and judged anew, and the ledger is as if never (DI-1 … DI-8)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.core.actor import Party
from amends.core.cases import MACHINES
from amends.core.permissions import preset
from amends.core.verbs.review import Reject
from amends.engine import buyers, people
from tests.engine.dispute_desk import house as work_off
from tests.engine.dispute_desk import purses
from tests.web.case_cast import leaking_cup, say, stock_shop
from tests.web.conftest import PASSWORD, walk_in


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture(scope="module")
def judges(house: Any, operator: people.Person) -> tuple[str, str]:
    """E-mails of two who judge."""
    by, now = people.By(operator.actor()), house.clock.now()
    role = people.make_role(house.pool, by, "判责员", preset("arbiter", Party.PLATFORM, MACHINES), now)
    assert isinstance(role, str)
    for name, email in (("顾言", "gu@platform.test"), ("沈度", "shen@platform.test")):
        person = people.make_person(house.pool, by, email, name, now, password=PASSWORD)
        assert isinstance(person, people.Person)
        assert people.grant(house.pool, by, person.id, now, role=role) is None
    return "gu@platform.test", "shen@platform.test"


def at_desk(browser: Browser, site: str, email: str, where: str) -> Page:
    """Somebody of the platform at a browser of their own."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    walk_in(page, site, email, where)
    return page


def judge(page: Page, fault: str, outcome: str, rule: str, button: str) -> None:
    """The form of the desk, filled in and given."""
    page.locator(".seg-6 label", has_text=fault).click()
    page.get_by_label("结果（谁得到什么）").select_option(outcome)
    page.locator(".rules-more").click()
    page.get_by_placeholder("搜规则").fill(rule)
    page.locator("label.rule:visible", has_text=rule).click()
    page.locator(".rules-more").click()
    page.locator("#j-words_buyer").fill("见判责说明")
    page.locator("#j-words_merchant").fill("见判责说明")
    page.get_by_role("button", name=re.compile(button)).click()
    expect(page.locator(".toast-x")).to_be_visible()


def previewed(page: Page, label: str) -> None:
    """What follows from the words is shown before the form is sent, so that nothing is under way when the page is left."""
    with page.expect_response(lambda r: r.url.endswith("/preview")):
        page.get_by_label(label).blur()


def test_from_a_refused_return_to_a_judgement_that_is_taken_back(house, goods, shop, site, page, browser, judges):
    goods.now = house.clock.now()
    before = purses(goods)
    case = leaking_cup(goods, 1)
    say(goods, case, Reject(reason="not_quality", words="检测无漏水"))
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True).new_page()
    phone.goto(f"{site}/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now())}")
    phone.goto(f"{site}/b/cases/{goods.row(case, 'number')[0]}")
    phone.get_by_role("link", name="申请平台介入").click()
    phone.get_by_role("link", name="商品质量问题").click()
    phone.get_by_text("不寄回商品，直接退钱").click()
    phone.locator("#f-amount").fill("100")
    phone.get_by_role("button", name="下一步：说明情况").click()
    phone.get_by_label("发生了什么").fill("倒放漏水")
    phone.get_by_role("button", name="发起纠纷").click()
    expect(phone.get_by_text("等商家答复").first).to_be_visible()
    made = goods.all("select id::text from cases where parent_id = %s", case)[0][0]

    walk_in(page, site, shop.email, f"/m/cases/{made}/do/ask_for_judgement")
    page.locator(".ground-x", has_text="检测无质量问题").click()
    page.get_by_label("举证说明").fill("第三方检测无漏水")
    previewed(page, "举证说明")
    page.locator("#act .btn-primary").click()
    expect(page.get_by_text("待补充举证").first).to_be_visible()
    page.goto(f"{site}/m/cases/{made}/do/finish_evidence")
    page.locator("#act .btn-primary").click()
    expect(page.locator(".side-x").nth(1).get_by_text("已声明举证完毕")).to_be_visible()
    phone.goto(f"{site}/b/cases/{goods.row(made, 'number')[0]}")
    expect(phone.get_by_text("商家已声明举证完毕")).to_be_visible()
    phone.get_by_role("button", name="我举证完毕").click()
    expect(phone.get_by_text("平台判责中").first).to_be_visible()
    assert goods.row(made, "state") == ("awaiting_adjudication",)

    first = at_desk(browser, site, judges[0], f"/p/disputes/{goods.merchant}/{made}")
    judge(first, "商家", "refund", "DI-G2", "判责并执行")
    assert goods.row(made, "state, fault") == ("adjudicated", "merchant")

    page.goto(f"{site}/m/cases/{made}/do/carry_out_judgement")
    page.locator("#act .btn-primary").click()
    expect(page.locator(".toast-x").first).to_be_visible()
    assert goods.row(made, "granted_minor") == (10_000,)
    goods.now = house.clock.now()
    work_off(goods)
    page.goto(f"{site}/m/cases/{made}/do/appeal")
    page.get_by_label("申诉理由").fill("补充机构检测报告")
    previewed(page, "申诉理由")
    page.locator("#act .btn-primary").click()
    expect(page.get_by_text("申诉中").first).to_be_visible()

    first.goto(f"{site}/p/disputes/{goods.merchant}/{made}")
    assert first.locator("input[name=liability]").count() == 0
    second = at_desk(browser, site, judges[1], f"/p/disputes/{goods.merchant}/{made}")
    judge(second, "无", "nothing", "DI-G3", "改判并执行")
    assert goods.row(made, "state, fault, granted_minor") == ("adjudicated", "none", 0)
    assert purses(goods) == before
    phone.goto(f"{site}/b/cases/{goods.row(made, 'number')[0]}")
    expect(phone.get_by_text("见判责说明").first).to_be_visible()
    for one in (phone, first, second):
        one.context.close()
