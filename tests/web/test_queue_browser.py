"""The queue in Chromium: keyboard, the bulk bar with its effect first, two agents at once, live rows, without scripts, at every width, dark, names of controls."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs.desk import Claim
from amends.engine import batches, presence, views
from amends.store.connect import PLATFORM, scope
from amends.worker.batches import run_waiting_batches
from tests.web.case_cast import grant, stock_shop
from tests.web.conftest import walk_in

MAIN, CLERK = "xiaoman@chengwu.test", "zhixia@chengwu.test"


@pytest.fixture(scope="module")
def desk(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def six(desk):
    """Six cases in review, alone, the first due soonest."""
    with scope(desk.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now() where merchant_id = %s and closed_at is null", (desk.merchant,))
    made = [desk.apply(desk.order(("CUP", 1, 10000 * (n + 1)), receiver=f"周小{n}")) for n in range(6)]
    with scope(desk.pool, PLATFORM) as conn:
        for n, case in enumerate(made):
            conn.execute("update cases set due_at = due_at + %s * interval '1 minute' where id = %s", (n, case))
    return made


@pytest.fixture(scope="module")
def reviewer(house, shop, clerk):
    """知夏, who may read, claim and approve."""
    grant(house, shop, clerk, "read", "service_order.claim", "service_order.release", "service_order.approve_return", "service_order.reject")
    return clerk


def state(desk, case):
    return desk.row(case, "state")[0]


def row(page, case):
    return page.locator(f"#r-{case}")


def test_everything_by_keyboard_from_choosing_to_done(page, site, desk, six):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("j")
    expect(row(page, six[0])).to_have_class(re.compile(r"\bcur\b"))
    page.keyboard.press("x")
    for _ in range(2):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("#q-count")).to_have_text("已选 3 单")
    expect(page.locator("#q-effect")).to_contain_text("3 单将同意客户发货")
    expect(page.get_by_role("button", name="同意客户发货 3 单")).to_be_enabled()
    page.keyboard.press("a")
    expect(page.locator("#q-done")).to_contain_text("已同意 3 单")
    assert [state(desk, c) for c in six] == ["awaiting_return"] * 3 + ["reviewing"] * 3
    page.wait_for_function("!location.search.includes('done=')")


def test_a_on_one_row_shows_the_effect_first_and_acts_only_when_pressed_again(page, site, desk, six):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#q-effect")).to_contain_text("1 单将同意客户发货")
    assert state(desk, six[0]) == "reviewing"
    page.keyboard.press("a")
    expect(page.locator("#q-done")).to_be_visible()
    assert state(desk, six[0]) == "awaiting_return"


def test_escape_clears_the_choice_and_keys_are_silent_while_typing(page, site, six):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#q-bulk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#q-bulk")).to_be_hidden()
    page.keyboard.press("f")
    page.get_by_role("textbox", name="搜索").fill("")
    page.keyboard.type("jjxa")
    expect(page.locator("#q-bulk")).to_be_hidden()
    expect(page.get_by_role("textbox", name="搜索")).to_have_value("jjxa")


def test_claiming_and_undoing_by_key(page, site, desk, six, shop):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("c")
    expect(page.locator("#q-done")).to_contain_text("已领取 6 单")
    assert str(desk.row(six[0], "assignee")[0]) == shop.id
    page.keyboard.press("z")
    expect(page.locator("#q-done")).to_contain_text("已退回 6 单")
    assert desk.row(six[0], "assignee")[0] is None


def test_going_to_queues_opening_a_case_and_the_list_of_keys(page, site, six):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("?")
    expect(page.locator("#keys-list")).to_contain_text("选到此行")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/m/q/receipt")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/m/q/review")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/m/cases/{six[1]}?q=review")


def test_the_command_bar_finds_a_case_by_the_end_of_its_number(page, site, desk, six):
    number = desk.row(six[2], "number")[0]
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="同意客户发货 1 单")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#command-list")).to_contain_text("同意客户发货 1 单")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.locator("#command-text").fill(str(int(number[-6:])).zfill(3))
    expect(page.locator("#command-list")).to_contain_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/m/cases/{six[2]}*")


def test_two_agents_at_once_one_wins_the_other_is_told_and_nothing_is_done_twice(page, site, desk, six, reviewer, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    hers = context.new_page()
    walk_in(page, site, MAIN, "/m/q/review")
    walk_in(hers, site, CLERK, "/m/q/review")
    for one in (page, hers):
        one.locator("#q-all").check()
        expect(one.locator("#q-effect")).to_contain_text("6 单将同意客户发货")
    page.keyboard.press("a")
    expect(page.locator("#q-done")).to_contain_text("已同意 6 单")
    hers.keyboard.press("a")
    expect(hers.get_by_role("status").first).to_contain_text("0 单已执行，6 单未执行")
    expect(hers.get_by_text("状态已变").first).to_be_visible()
    assert {desk.row(c, "version")[0] for c in six} == {2}
    context.close()


def test_rows_change_in_place_leave_greyed_and_new_ones_wait_to_be_shown(page, site, house, desk, six, reviewer):
    walk_in(page, site, MAIN, "/m/q/review")
    row(page, six[4]).locator("input[name=case]").check()
    row(page, six[1]).hover()
    presence.look(desk.pool, desk.merchant, six[2], reviewer.id, reviewer.name, "typing", house.clock.now())
    desk.say(six[3], Claim(), Actor(Party.MERCHANT, reviewer.id, reviewer.name, desk.merchant, ALL))
    with scope(desk.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'withdrawn', closed_at = now(), version = version + 1 where id = %s", (six[0],))
    desk.apply(desk.order(("CUP", 1, 77700)))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row(page, six[2])).to_have_class(re.compile(r"\bbusy\b"))
    expect(row(page, six[2])).to_contain_text("编辑中")
    expect(row(page, six[3])).to_contain_text("知夏")
    expect(row(page, six[0])).to_have_class(re.compile(r"\bgone\b"))
    expect(row(page, six[4]).locator("input[name=case]")).to_be_checked()
    expect(page.locator("#q-fresh")).to_have_text("有 1 单新进队列，点此显示")
    expect(page.locator("#q-rows > tr")).to_have_count(6)
    page.locator("h1").hover()
    expect(row(page, six[0])).to_have_count(0)
    page.locator("#q-fresh").click()
    expect(page.locator("#q-rows > tr")).to_have_count(6)


def test_long_work_shows_how_far_it_is_and_ends_by_itself_while_one_looks(page, site, house, desk, six, monkeypatch):
    monkeypatch.setattr(batches, "PIECE", 2)
    walk_in(page, site, MAIN, "/m/q/review")
    page.locator("#q-all").check()
    expect(page.locator("#q-effect")).to_contain_text("已试算前 2 单")
    page.keyboard.press("a")
    expect(page.locator("#batch")).to_contain_text("正在执行 2 / 6 单")
    assert run_waiting_batches(house) == 1
    expect(page.locator("#batch")).to_contain_text("正在执行 4 / 6 单")
    assert run_waiting_batches(house) == 1
    expect(page.locator("#batch")).to_contain_text("完成：6 单已执行，0 单未执行")
    assert {state(desk, c) for c in six} == {"awaiting_return"}
    page.goto(f"{site}/m/home")
    expect(page.get_by_role("link", name="批量同意客户发货").first).to_be_visible()


def test_a_rejection_half_typed_comes_back(page, site, six):
    walk_in(page, site, MAIN, "/m/q/review")
    page.keyboard.press("j")
    held: list[Any] = []
    page.route("**/drafts*.js", lambda route: held.append(route))
    with page.expect_request("**/drafts*.js"):
        page.keyboard.press("r")
    said = page.get_by_label("向客户说明")
    said.fill("写到一半就去接电话")  # before the page's script is there
    page.unroute("**/drafts*.js")  # what was held goes on
    page.wait_for_load_state()
    for _ in range(20):  # the page is left at once: what was typed goes out as it goes, and is kept a moment later
        page.goto(f"{site}/m/q/review")
        page.keyboard.press("j")
        page.keyboard.press("r")
        if said.input_value():
            break
    expect(said).to_have_value("写到一半就去接电话")


def test_without_scripts_the_bar_is_there_and_the_form_works(site, desk, six, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", java_script_enabled=False)
    plain = context.new_page()
    walk_in(plain, site, MAIN, "/m/q/review")
    for case in six[:2]:
        row(plain, case).locator("input[name=case]").check()
    plain.get_by_role("button", name="同意客户发货").click()
    expect(plain.locator(".effect")).to_contain_text("2 单将同意客户发货")
    assert state(desk, six[0]) == "reviewing"
    plain.get_by_role("button", name="同意客户发货 2 单").click()
    expect(plain.locator("#q-done")).to_contain_text("已同意 2 单")
    assert [state(desk, c) for c in six[:3]] == ["awaiting_return", "awaiting_return", "reviewing"]
    plain.locator("#q-filter > summary").click()
    plain.get_by_label("4 小时内到期").or_(plain.locator("#f-due")).first.select_option("late")
    plain.get_by_role("button", name="应用").first.click()
    assert "due=late" in plain.url
    context.close()


@pytest.mark.parametrize(("size", "dark"), [((1440, 900), True), ((1024, 768), False), ((390, 844), True), ((360, 640), False)])
def test_no_width_scrolls_sideways_and_what_is_pressed_can_be_pressed(page, site, six, size, dark):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if dark:
        page.emulate_media(color_scheme="dark")
    walk_in(page, site, MAIN, "/m/q/review")
    row(page, six[0]).locator("input[name=case]").check()
    expect(page.locator("#q-effect")).to_contain_text("1 单将同意客户发货")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    button = page.get_by_role("button", name="同意客户发货 1 单")
    expect(button).to_be_in_viewport()
    if size[0] < 768:
        assert button.bounding_box()["height"] >= 44
    for name in ("home", "q/all", "q/done", "q/processing"):
        page.goto(f"{site}/m/{name if name != 'home' else ''}")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def test_every_control_has_a_name_and_ids_are_unique(page, site, six):
    walk_in(page, site, MAIN, "/m/q/review?opened=3d")
    nameless = page.evaluate("""() => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, summary')].filter((e) => e.checkVisibility() &&
      !(e.getAttribute('aria-label') || e.labels?.length || e.textContent.trim() || e.title)).map((e) => e.outerHTML.slice(0, 120))""")
    assert nameless == []
    twice = page.evaluate("""() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.filter((id, at) => ids.indexOf(id) !== at); }""")
    assert twice == []


def test_a_shared_view_is_seen_by_colleagues(page, site, house, shop, six, reviewer):
    views.add(house.pool, shop, "review", "便宜的", {"amount_to": "250"}, True)
    walk_in(page, site, CLERK, "/m/q/review")
    page.get_by_role("link", name=re.compile("便宜的")).click()
    expect(page.locator("#q-rows > tr")).to_have_count(2)
    expect(page.locator(".tab.on")).to_contain_text("便宜的")
