"""The shell in Chromium: strict policy without a complaint, dark, languages, the door, keys, the command bar, no sideways scrolling."""

import pytest

from tests.web.conftest import walk_in

SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844), "narrow": (360, 740)}


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_the_door_by_hand(page, site, shop):
    page.goto(f"{site}/me")
    assert "/sign-in?next=/me" in page.url
    page.get_by_label("邮箱").fill(shop.email)
    page.get_by_label("密码").fill("not the password")
    page.get_by_role("button", name="登录", exact=True).click()
    assert page.get_by_role("alert").filter(has_text="密码").count() == 1
    assert page.get_by_label("邮箱").input_value() == shop.email
    walk_in(page, site, shop.email, "/me")
    assert page.get_by_role("heading", level=1).inner_text() == "我的账号"
    page.get_by_role("navigation").get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")


def test_everything_on_a_page_comes_from_this_site_and_arrives(page, site, shop):
    answers = []
    page.on("response", lambda r: answers.append((r.status, r.url)))
    walk_in(page, site, shop.email, "/me")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(site) for _, url in answers)
    assert [a for a in answers if a[0] >= 400] == []
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', '')).sort()")[0] == "Amends Latin"
    assert page.evaluate("document.fonts.check('16px tabler-icons')")


def test_static_files_are_kept_for_a_year_and_compressed(page, site):
    page.goto(f"{site}/sign-in")
    for name in ("tabler.min.css", "css/parts.css"):
        sheet = page.locator(f"link[href*='{name}']").get_attribute("href")
        answer = page.request.get(site + sheet, headers={"Accept-Encoding": "gzip"})
        assert "max-age=31536000" in answer.headers["cache-control"]
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip", name


def test_a_script_that_is_not_ours_does_not_run(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    page.evaluate("const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s)")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 2\">')")
    page.wait_for_timeout(100)
    assert page.evaluate("window.broken") is None
    context.close()


def test_dark_follows_the_system_and_the_switch(page, site, shop):
    page.goto(f"{site}/sign-in")
    assert background(page) == "rgb(246, 247, 249)"
    page.emulate_media(color_scheme="dark")
    assert background(page) == "rgb(15, 18, 23)"
    page.get_by_role("button", name="浅色").click()
    assert background(page) == "rgb(246, 247, 249)"
    page.wait_for_load_state("networkidle")
    page.reload()
    assert background(page) == "rgb(246, 247, 249)", "the choice is kept"
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()


def test_dark_and_the_door_work_without_scripts(browser, site, shop):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark", locale="en")
    page = context.new_page()
    page.goto(f"{site}/sign-in")
    assert page.locator("html").get_attribute("data-bs-theme") is None
    page.get_by_label("Email").fill(shop.email)
    page.get_by_label("Password").fill("Correct-Horse-7")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{site}/me")
    page.locator("button[name=theme][value=dark]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/sign-in", "/tour", "/me", "/nowhere"])
def test_nothing_scrolls_sideways(page, site, shop, size, path):
    walk_in(page, site, shop.email, "/me")
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.goto(site + path)
    assert sideways(page) <= 0
    assert page.get_by_role("heading", level=1).count() == 1


def test_keys_and_the_command_bar(page, site, shop):
    walk_in(page, site, shop.email, "/me")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="快捷键").is_visible()
    assert "搜索或执行命令" in page.get_by_role("dialog", name="快捷键").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    bar = page.get_by_role("dialog", name="搜索或执行命令")
    assert bar.is_visible()
    page.keyboard.type("no such thing at all")
    bar.get_by_text("没有找到").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("现在的密码").focus()
    page.keyboard.type("?")
    assert not page.get_by_role("dialog", name="快捷键").is_visible(), "no key works while somebody types"


def test_the_demo_clock_is_on_every_page(page, site, shop):
    walk_in(page, site, shop.email, "/me")
    strip = page.get_by_role("complementary", name="演示")
    before = strip.locator("time").get_attribute("datetime")
    strip.get_by_role("button", name="+48 小时").click()
    page.wait_for_load_state()
    assert page.url == f"{site}/me"
    assert strip.locator("time").get_attribute("datetime") > before


def test_the_first_visit_leads_in_without_a_password(page, site, shop, clerk, operator):
    page.goto(f"{site}/")
    assert page.url == f"{site}/tour"
    page.get_by_role("button", name="以小满登录").click()
    page.wait_for_load_state()
    assert page.locator("[aria-current=step]").get_by_role("heading").inner_text() == "审核一张退货"
    page.get_by_role("button", name="平平").click()
    page.wait_for_url(lambda url: "/tour" not in url)
    page.goto(f"{site}/me")
    assert "ping@platform.test" in page.content()


def test_countdowns_tick_with_the_houses_clock(page, site, shop):
    walk_in(page, site, shop.email, "/me")
    words = page.evaluate(
        """async () => {
          const { span, level, houseNow } = await import(document.querySelector('script[src$="main.js"]').src.replace("main.js", "countdown.js"));
          const h = 3600e3;
          return [span(3 * h + 40 * 60e3), span(41 * 60e3), span(31 * h), span(52e3), level(5 * h), level(3 * h), level(h / 2), level(-1),
                  Math.abs(houseNow() - Date.parse(document.querySelector("meta[name=amends-now]").content)) < 60e3];
        }"""
    )
    assert words == ["3 小时 40 分", "41 分", "1 天 07 小时", "52 秒", "calm", "soon", "urgent", "late", True]
