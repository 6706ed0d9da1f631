"""The case page in a real browser: by keyboard, without scripts, on a phone, evidence at full size, the effect line while typing."""

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from tests.shop import LIN
from tests.web.case_cast import leaking_cup, picture, say, stock_shop
from tests.web.conftest import walk_in
from tests.web.test_case_page import RECEIVED


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


def test_reviewing_by_keyboard_alone(page, site, shop, goods):
    case = leaking_cup(goods)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.keyboard.press("r")
    page.locator("#f-reason").wait_for()
    page.wait_for_url("**/do/reject**")
    assert page.evaluate("document.activeElement.id") == "f-reason", "the form takes the cursor"
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/m/cases/{case}")
    page.locator("body").press("a")
    page.wait_for_function("document.querySelector('.toast-x')?.textContent.includes('已同意客户发货')")
    assert goods.row(case, "state") == ("awaiting_return",)
    page.wait_for_function("!location.search.includes('done=')")


def test_a_claim_is_taken_and_taken_back_by_key(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    for key, name in (("c", "已领取"), ("z", "已退回领取")):
        page.keyboard.press(key)
        page.locator(".toast-x", has_text=name).wait_for()
    assert goods.row(case, "assignee, version") == (None, 3)


def test_letters_typed_into_a_field_are_letters(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}/do/reject")
    page.locator("#f-words").press_sequentially("arwcn")
    assert page.locator("#f-words").input_value() == "arwcn"
    assert goods.row(case, "version") == (1,)


def test_the_effect_line_follows_what_is_typed(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    say(goods, case, v.ApproveReturn())
    say(goods, case, b.ShipBack("顺丰", f"SF{case[-10:]}"), LIN)
    say(goods, case, p.RegisterReceipt(**RECEIVED))
    walk_in(page, site, shop.email, f"/m/cases/{case}/do/refund")
    page.locator("#effect", has_text="¥145.00").wait_for()
    page.locator("#f-amount").fill("88.80")
    page.locator("#f-adjust_reason").select_option("used")
    page.locator("#effect", has_text="¥88.80").wait_for()
    page.locator("#f-amount").fill("8888")
    page.keyboard.press("Tab")
    page.locator("#effect", has_text="最多可退 ¥145.00").wait_for()
    assert goods.row(case, "granted_minor") == (0,)


def test_evidence_opens_large_and_arrow_keys_go_through_it(page, site, shop, goods):
    case = leaking_cup(goods)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.locator("[data-evidence]").first.click()
    caption = page.locator("#photo [data-caption]")
    assert caption.text_content().startswith("1 / 3")
    page.keyboard.press("ArrowRight")
    assert caption.text_content().startswith("2 / 3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert caption.text_content().startswith("3 / 3")
    page.keyboard.press("Escape")
    assert not page.locator("#photo").is_visible()
    assert page.url.endswith(case), "Esc closes the picture only"


def test_what_was_typed_survives_closing_the_page(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}/do/reject")
    with page.expect_response("**/draft"):
        page.locator("#f-words").press_sequentially("写到一半")
    for _ in range(20):  # what was typed after the first message goes out as the page is left, and is kept a moment later
        page.goto(f"{site}/m/cases/{case}/do/reject")
        if page.locator("#f-words").input_value() == "写到一半":
            break
    assert page.locator("#f-words").input_value() == "写到一半"


def test_a_double_click_in_a_browser_acts_once(page, site, shop, goods):
    case = leaking_cup(goods, 1)
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.get_by_role("button", name="同意客户发货").dblclick()
    page.wait_for_function("document.querySelector('.toast-x')")
    assert goods.all("select count(*) from events where case_id = %s and name = 'return_approved'", case) == [(1,)]


def test_a_whole_review_without_scripts(browser, site, shop, goods, tmp_path):
    case = leaking_cup(goods, 1)
    file = tmp_path / "a.jpg"
    file.write_bytes(picture())
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    walk_in(page, site, shop.email, f"/m/cases/{case}")
    page.get_by_text("对话", exact=False).first.click()
    page.get_by_placeholder("给客户留言").fill("请补一张照片")
    page.locator(".for-talk input[type=file]").set_input_files(file)
    page.get_by_role("button", name="发送消息").click()
    page.get_by_text("请补一张照片").wait_for()
    page.get_by_role("link", name="不退货仅退款").click()
    page.get_by_label("退款金额").fill("30")
    page.get_by_role("button", name="先看结果").click()
    page.get_by_text("金额与计算结果不同").wait_for()
    assert page.get_by_label("退款金额").input_value() == "30"
    page.get_by_label("调整原因").select_option("goodwill")
    page.get_by_role("button", name="不退货仅退款").click()
    page.locator(".said", has_text="已不退货仅退款").wait_for()
    assert goods.row(case, "state, granted_minor") == ("confirming", 3000)
    context.close()


NAMELESS = """
() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a, img, dialog')].filter((e) => e.checkVisibility() && !(
  e.tagName === 'IMG' ? e.hasAttribute('alt') : (e.textContent.trim() && !['INPUT', 'SELECT', 'TEXTAREA'].includes(e.tagName)) || e.getAttribute('aria-label') || e.labels?.length || e.querySelector('img[alt]:not([alt=""])')
)).map((e) => e.outerHTML.slice(0, 120))
"""
TWICE = "() => Object.entries(Object.groupBy([...document.querySelectorAll('[id]')], (e) => e.id)).filter(([, same]) => same.length > 1).map(([id]) => id)"


@pytest.mark.parametrize("path", ["/m/cases/{}", "/m/cases/{}/do/reject", "/m/cases/{}/do/say", "/m/cases/{}/slip", "/w/", "/w/{}", "/w/unclaimed/new"])
def test_everything_has_a_name_and_every_id_is_there_once(page, site, shop, goods, path):
    case = leaking_cup(goods)
    if path.startswith("/w/{"):
        say(goods, case, v.ApproveReturn())
    walk_in(page, site, shop.email, path.format(case))
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(TWICE) == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1


@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 844), (768, 1024), (1024, 768), (1440, 900)])
def test_nothing_moves_sideways_and_the_bar_leaves_room(page, site, shop, goods, width, height):
    case = leaking_cup(goods)
    page.set_viewport_size({"width": width, "height": height})
    for path in ("", "/do/refund_without_return"):
        walk_in(page, site, shop.email, f"/m/cases/{case}{path}") if not path else page.goto(f"{site}/m/cases/{case}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if not path:
            assert page.locator("#act").bounding_box()["height"] < height * 0.45
