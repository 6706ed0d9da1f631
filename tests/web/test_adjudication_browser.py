"""The desk in a browser: an arbiter judges, a second person confirms, somebody else decides the appeal; by mouse and by key (UI-5, DI-6, DI-8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.core.actor import Party
from amends.core.cases import MACHINES
from amends.core.permissions import preset
from amends.core.verbs import dispute as v
from amends.engine import people
from tests.adjudication_cast import to_judge
from tests.shop import Shop, open_shop
from tests.web.conftest import PASSWORD, walk_in


@pytest.fixture(scope="module")
def trade(house: Any) -> Shop:
    made = open_shop(house.pool, name="澄物生活旗舰店")
    made.now = house.clock.now()
    return made


@pytest.fixture(scope="module")
def judges(house: Any, operator: people.Person) -> dict[str, str]:
    """E-mail by name: two who judge and confirm."""
    by, now, out = people.By(operator.actor()), datetime.now(UTC), {}
    role = people.make_role(house.pool, by, "判责复核员", preset("second_judge", Party.PLATFORM, MACHINES), now)
    assert isinstance(role, str)
    for name, email in (("安安", "an@platform.test"), ("白白", "bai@platform.test")):
        person = people.make_person(house.pool, by, email, name, now, password=PASSWORD)
        assert isinstance(person, people.Person)
        assert people.grant(house.pool, by, person.id, now, role=role) is None
        out[name] = email
    return out


def another(browser: Browser, site: str, email: str) -> Page:
    """Somebody else at a browser of their own."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    walk_in(page, site, email, "/p/disputes")
    return page


def test_judged_confirmed_appealed_and_decided_by_another(page: Page, browser: Browser, site: str, trade: Shop, judges: dict[str, str]):
    case, following = to_judge(trade, 88_800), to_judge(trade)
    number = trade.row(case, "number")[0]
    walk_in(page, site, judges["安安"], "/p/disputes")
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_contain_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: case in url)
    page.locator(".seg-6 label", has_text="商家").click()
    page.get_by_label("结果（谁得到什么）").select_option("refund")
    page.locator(".rules-more").click()
    page.get_by_placeholder("搜规则").fill("DI-G2")
    page.locator("label.rule:visible", has_text="DI-G2").click()
    page.locator(".rules-more").click()
    page.get_by_text("套用模板").click()
    page.get_by_role("button", name="商家举证不足").click()
    expect(page.locator("#j-words_merchant")).to_have_value(re.compile("现有证据不足"))
    expect(page.locator("#phrases")).to_contain_text("需另一人复核")
    expect(page.locator("#look")).to_contain_text("−¥888.00")
    page.locator("h1").click()
    page.keyboard.press("a")
    page.wait_for_url(lambda url: following in url)
    expect(page.locator(".toast-x")).to_contain_text(f"{number} 的判决已提交复核")
    assert trade.row(case, "state")[0] == "awaiting_adjudication"

    other = another(browser, site, judges["白白"])
    other.get_by_role("link", name=re.compile("待复核")).click()
    other.get_by_role("link", name=number).click()
    expect(other.locator(".judge")).to_contain_text("待复核的判决")
    other.keyboard.press("a")
    other.get_by_label("复核意见").fill("同意")
    other.get_by_role("button", name="复核通过").click()
    expect(other.locator(".toast-x")).to_contain_text("复核通过，判决生效")
    assert trade.row(case, "state, fault") == ("adjudicated", "merchant")

    assert trade.say(case, v.Appeal(words="有新的检测报告")).state == "appealing"
    page.goto(f"{site}/p/disputes/{trade.merchant}/{case}")
    expect(page.locator(".act")).to_contain_text("安安")
    assert page.locator("input[name=liability]").count() == 0
    third = another(browser, site, "ping@platform.test")
    third.goto(f"{site}/p/disputes/{trade.merchant}/{case}")
    expect(third.locator(".ask-appeal")).to_contain_text("有新的检测报告")
    third.locator("#j-words_buyer").fill("维持原判")
    third.locator("#j-words_merchant").fill("新报告没有机构章，维持原判")
    third.get_by_role("button", name="维持原判").click()
    expect(third.locator(".toast-x")).to_contain_text("维持原判")
    assert trade.row(case, "state")[0] == "adjudicated"
    other.context.close()
    third.context.close()


def test_without_scripts_everything_is_there(browser: Browser, site: str, trade: Shop, judges: dict[str, str]):
    case = to_judge(trade, 12_300)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    walk_in(page, site, judges["安安"], f"/p/disputes/{trade.merchant}/{case}")
    page.locator("label", has_text="承运商").first.click()
    page.get_by_label("结果（谁得到什么）").select_option("refund")
    page.locator("label.rules-more").click()
    page.locator("label.rule").first.click()
    page.get_by_role("button", name="先看结果").click()
    page.locator("summary", has_text="套用模板").click()
    page.get_by_role("button", name="包裹丢失").click()
    assert page.locator("input[name=liability][value=carrier]").is_checked()
    page.get_by_role("button", name="判责并执行").click()
    assert trade.row(case, "state, fault") == ("adjudicated", "carrier")
    context.close()
