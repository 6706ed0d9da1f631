"""Keyword alerts in a real browser: answered by keyboard with a change of type, kept by one key, a text tried while the sets stand by."""

import pytest

from amends.core.verbs.desk import Say
from tests.shop import LIN
from tests.web.case_cast import stock_shop
from tests.web.conftest import walk_in

WORDS = "杯盖漏水，希望换一个新的"


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


def test_an_alert_is_seen_and_answered_with_a_change_of_type_by_keyboard(page, site, shop, goods):
    case = goods.apply(goods.order(("CUP", 1, 13900)), description=WORDS)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.locator("#alert", has_text="期望与描述不符").wait_for()
    assert "换" in page.locator(".desc mark").first.text_content()
    assert page.locator(".act .btn-primary").first.is_disabled()
    page.keyboard.press("t")
    page.locator(".toast-x", has_text="改类型").wait_for()
    assert page.locator("#alert").count() == 0
    assert goods.row(case, "type, expectation, alert") == ("exchange", "return", None)
    page.locator(".act .btn-primary:enabled").first.wait_for()


def test_the_type_is_kept_by_one_key_and_other_words_warn_again(page, site, shop, goods):
    case = goods.apply(goods.order(("CUP", 1, 13900)), description=WORDS)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.keyboard.press("k")
    page.locator(".toast-x", has_text="确认告警").wait_for()
    goods.say(case, Say("换一个就行，再拖我打12315"), LIN)
    page.reload()
    page.locator("#alert", has_text="维权投诉").wait_for()
    assert page.locator(".tl mark").all_text_contents() == ["打12315"]


def test_a_text_is_tried_without_leaving_the_page(page, site, shop, goods):
    walk_in(page, site, shop.email, "/m/settings/keywords")
    page.locator("#kw-text").fill(WORDS)
    page.get_by_role("button", name="试一下").click()
    page.locator("#try-found mark").first.wait_for()
    assert page.locator("#try-found dd").nth(1).text_content().strip() == "不提示"
    assert page.url.endswith("/m/settings/keywords")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
