"""A buyer's whole way on a phone, in Chromium at 390×844: apply, follow, send back, confirm, rate; widths, touch, labels, dark."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect

from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine import buyers
from tests.shop import open_shop
from tests.web.buyer_cast import RECEIPT, picture

LONG = "北欧风陶瓷马克杯套装带勺带盖情侣款礼盒装（月白、松石绿各一只）送礼推荐家用办公室大容量耐高温可微波"

CHECK = """() => {
  const out = [], touch = 'a,button,input:not([type=hidden]),select,textarea,summary';
  for (const e of document.querySelectorAll(touch)) {
    const label = e.closest('label'), box = label && ['radio', 'checkbox', 'file'].includes(e.type) ? label : e, r = box.getBoundingClientRect();
    if (!r.width || !r.height || e.closest('.skip, .prefs, .demo') || e.classList.contains('skip')) continue;
    if (r.height < 43.5) out.push(`low ${e.tagName} ${Math.round(r.height)} ${(e.textContent || e.name).trim().slice(0, 20)}`);
    if (!e.textContent.trim() && !e.labels?.length && !e.getAttribute('aria-label') && !e.querySelector?.('img[alt]:not([alt=""])')) out.push(`nameless ${e.outerHTML.slice(0, 80)}`);
  }
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids.filter((x, i) => ids.indexOf(x) !== i)) out.push(`twice #${id}`);
  for (const e of document.querySelectorAll('[aria-describedby],[aria-labelledby]'))
    for (const id of (e.getAttribute('aria-describedby') || e.getAttribute('aria-labelledby')).split(' ')) if (!document.getElementById(id)) out.push(`leads nowhere ${id}`);
  if (document.querySelectorAll('h1').length !== 1) out.push('h1');
  if (document.querySelectorAll('main').length !== 1) out.push('main');
  for (const e of document.querySelectorAll('img:not([alt])')) out.push('img without alt');
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) out.push(`sideways by ${wide}: ${[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 3).map((e) => e.outerHTML.slice(0, 80))}`);
  return out;
}"""

# Contrast of every visible text with what lies under it (WCAG 2.2 AA: 4.5, large 3).
CONTRAST = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const rgb = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const lum = ([r, g, b]) => [r, g, b].map((x) => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
  const out = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()), r = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (!own || !r.width || r.width < 2 || s.visibility === 'hidden' || e.closest('[disabled], .visually-hidden, .skip, option, optgroup')) continue;
    let ground = e, under = [0, 0, 0, 0];
    while (ground && (under = rgb(getComputedStyle(ground).backgroundColor))[3] < 250) ground = ground.parentElement;
    if (!ground) under = rgb(getComputedStyle(document.documentElement).backgroundColor)[3] ? rgb(getComputedStyle(document.documentElement).backgroundColor) : [255, 255, 255];
    const [a, b] = [lum(rgb(s.color)), lum(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700) ? 3 : 4.5)) out.push(`${ratio.toFixed(2)} ${e.textContent.trim().slice(0, 24)}`);
  }
  return out;
}"""


@pytest.fixture
def world(house: Any, page: Any, site: str) -> SimpleNamespace:
    """A shop with one order of two lines, and the phone let in by the shop's link."""
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    order = shop.order(("CUP", 1, 12900), ("MUG", 2, 123456789))
    shop.all("update order_lines set title = case position when 0 then '316 不锈钢保温杯 500ml' else %s end where order_id = %s returning 1", LONG, order)
    number = shop.all("select number from orders where id = %s", order)[0][0]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now, name='林小满')}")
    return SimpleNamespace(shop=shop, order=order, number=number, cup=shop.lines[order][0], mug=shop.lines[order][1], page=page, site=site)


def sound(page: Any) -> None:
    """Nothing is wrong with what is on the screen."""
    page.wait_for_load_state("load")
    assert page.evaluate(CHECK) == []
    assert page.evaluate(CONTRAST) == []


def foot(page: Any) -> Any:
    """The one thing to do at the foot of the page."""
    return page.locator(".ph-f .btn-primary")


def test_from_the_order_to_the_rating(world):
    page, shop = world.page, world.shop
    expect(page.get_by_role("heading", level=1)).to_have_text("我的订单")
    sound(page)
    page.get_by_role("link", name=re.compile(world.number)).click()
    sound(page)
    page.get_by_role("link", name=re.compile("^退货")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("退货 · 第 1 步，共 3 步")
    sound(page)
    foot(page).click()
    page.get_by_label("为什么退").select_option("quality_fault")
    expect(page.get_by_text("寄回运费由商家承担 · 需要照片 · 需要说明")).to_be_visible()
    page.get_by_label("发生了什么").fill("杯盖拧紧后倒放还是漏水，试了三次。")
    page.locator("input[type=file]").set_input_files({"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": picture().getvalue()})
    sound(page)
    foot(page).click()
    expect(page.get_by_text("预计退款")).to_be_visible()
    sound(page)
    foot(page).dblclick()
    page.wait_for_url(re.compile("/b/cases/S-"))
    number = page.url.split("/cases/")[1].split("?")[0]
    assert shop.all("select count(*) from cases where order_id = %s", world.order)[0][0] == 1
    expect(page.get_by_role("heading", name="等商家审核")).to_be_visible()
    expect(page.locator(".st .cur")).to_contain_text("商家审核")
    sound(page)
    case = shop.all("select id::text from cases where order_id = %s", world.order)[0][0]
    assert shop.say(case, v.ApproveReturn()).refusal is None
    page.reload()
    foot(page).click()
    page.get_by_label("快递公司").fill("顺丰速运")
    page.get_by_label("运单号").fill("SF1234567890123")
    sound(page)
    foot(page).click()
    expect(page.get_by_role("status").first).to_contain_text("运单已提交")
    assert shop.say(case, p.RegisterReceipt(**RECEIPT)).refusal is None
    assert shop.say(case, p.Refund()).refusal is None
    page.reload()
    sound(page)
    foot(page).click()
    expect(page.get_by_role("heading", name="¥129.00 退款中")).to_be_visible()
    page.get_by_text("非常满意").click()
    page.get_by_label("想说的话").fill("处理很快")
    sound(page)
    foot(page).click()
    expect(page.get_by_role("status").first).to_contain_text("谢谢你的评价")
    assert shop.row(case, "state, facts->>'rating'") == ("completed", "very_satisfied")
    page.goto(f"{world.site}/b/cases/{number}/say")
    with page.expect_response(lambda r: r.url.endswith("/say/typed")):
        page.get_by_role("textbox", name="消息").fill("谢谢")
    page.reload()
    expect(page.get_by_role("textbox", name="消息")).to_have_value("谢谢")
    sound(page)
    foot(page).click()
    expect(page.locator(".talk .mine")).to_contain_text("谢谢")


def test_a_large_photo_is_told_at_once_and_can_be_made_smaller(world):
    page = world.page
    page.goto(f"{world.site}/b/orders/{world.number}/apply/what?line={world.cup}&type=return")
    foot(page).click()
    page.get_by_label("为什么退").select_option("quality_fault")
    page.get_by_label("发生了什么").fill("漏水")
    page.locator("input[type=file]").set_input_files([
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture().getvalue()},
        {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": picture("grey", 1400, noise=True).getvalue()},
    ])
    expect(page.locator(".too-large")).to_contain_text("b.jpg 有 1.")
    foot(page).click()
    expect(page.get_by_role("alert").filter(has_text="第 2 张：图片需小于 800 KB")).to_be_visible()
    expect(page.get_by_label("发生了什么")).to_have_value("漏水")
    expect(page.locator(".pics .pic img")).to_have_count(1)
    page.locator("input[type=file]").set_input_files({"name": "b.jpg", "mimeType": "image/jpeg", "buffer": picture("grey", 1400, noise=True).getvalue()})
    page.get_by_role("button", name="压缩后使用").click()
    expect(page.locator(".too-large")).to_have_count(0)
    sound(page)
    foot(page).click()
    expect(page.get_by_text("2 张照片")).to_be_visible()


def test_without_scripts_the_same_forms_lead_through(world, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False, storage_state=world.page.context.storage_state())
    page = context.new_page()
    page.goto(f"{world.site}/b/orders/{world.number}")
    page.get_by_role("link", name=re.compile("^退货")).nth(1).click()
    page.get_by_label("数量").fill("2")
    foot(page).click()
    page.get_by_label("为什么退").select_option("no_reason")
    foot(page).click()
    foot(page).click()
    assert "/b/cases/S-" in page.url
    assert world.shop.all("select quantity from cases where order_id = %s", world.order) == [(2,)]
    context.close()


@pytest.mark.parametrize(("width", "scheme", "lang"), [(360, "light", "zh"), (360, "dark", "en"), (195, "light", "en"), (195, "dark", "zh"), (1024, "light", "zh")])
def test_narrow_wide_dark_and_english_pages_stay_sound(world, width, scheme, lang):
    page, shop = world.page, world.shop
    case = shop.apply(world.order, line=1, quantity=2, description="一只有裂纹，" * 20)
    number = shop.row(case, "number")[0]
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    paths = ["/b/", f"/b/orders/{world.number}", f"/b/orders/{world.number}/apply/what?line={world.cup}&type=exchange", f"/b/cases/{number}",
             f"/b/cases/{number}/say", f"/b/cases/{number}/change_application", f"/b/cases/{number}/withdraw", "/b/find"]
    for path in paths:
        page.goto(f"{world.site}{path}{'&' if '?' in path else '?'}lang={lang}")
        page.wait_for_load_state("load")
        assert page.evaluate(CHECK) == [], path
        assert page.evaluate(CONTRAST) == [], path
    shop.say(case, v.ApproveReturn())
    for verb in ("", "/ship_back", "/book_pickup", "/drop_off"):
        page.goto(f"{world.site}/b/cases/{number}{verb}")
        page.wait_for_load_state("load")
    assert page.evaluate(CHECK) == [], verb
