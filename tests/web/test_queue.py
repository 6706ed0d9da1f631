"""The workbench's queues through plain HTTP, as without scripts: lists, filters, views, batches, drafts, presence, finding (UI-1, UI-1a, SO-7, SO-9)."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import review as v
from amends.core.verbs.desk import Claim
from amends.engine import presence
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from amends.web.merchant import query
from tests.shop import LIN
from tests.web.case_cast import grant, stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def desk(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def four(desk):
    """Four new cases in review, alone: whatever was there before has left."""
    with scope(desk.pool, PLATFORM) as conn:
        conn.execute("update cases set state = 'closed', closed_at = now() where merchant_id = %s and closed_at is null", (desk.merchant,))
    return [desk.apply(desk.order(("CUP", 1, 10000 * (n + 1)), receiver=f"周小{n}", phone=f"1380000{n}{n}{n}{n}")) for n in range(4)]


@pytest.fixture
def main(client, house, shop):
    return enter(client, house, shop)


def text(answer):
    return answer.content.decode()


def ticked(page):
    return re.findall(r'name="case" value="([^"]+)"', page)


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def state(desk, case):
    return desk.row(case, "state")[0]


@pytest.mark.parametrize("name", ["review", "receipt", "processing", "waiting", "done", "all"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_queue_opens_empty_and_full_in_both_languages(main, four, name, lang):
    answer = main.get(f"/m/q/{name}?lang={lang}")
    assert answer.status_code == 200
    assert text(answer).count("<h1>") == 1
    assert main.get(f"/m/q/{name}?lang={lang}&text=nothing-like-this").status_code == 200


def test_an_unknown_queue_is_not_found_and_a_clerk_without_the_right_is_told_so(main, client, house, clerk):
    assert main.get("/m/q/elsewhere").status_code == 404
    answer = enter(client, house, clerk).get("/m/q/review")
    assert answer.status_code == 403
    assert "查看" in text(answer)


def test_a_row_tells_goods_number_amount_masked_buyer_and_what_happens_at_zero(main, desk, four):
    page = text(main.get("/m/q/review"))
    number = desk.row(four[0], "number")[0]
    for words in (number, "¥100.00", "周**", "系统同意", "未领取", "可退货"):
        assert words in page
    assert "周小0" not in page


def test_the_home_page_counts_and_each_number_is_a_link_to_what_it_counts(main, desk, four):
    with scope(desk.pool, PLATFORM) as conn:
        conn.execute("update cases set due_at = %s where id = %s", (desk.now - timedelta(minutes=12), four[0]))
        conn.execute("update cases set due_at = %s where id = %s", (desk.now + timedelta(minutes=30), four[1]))
    home = text(main.get("/m/"))
    for level, case in (("red", four[0]), ("hour", four[1])):
        link = re.search(rf'href="(/m/q/review\?due={level})">.*?<b class="day-n tnum">(\d+)</b>', home, re.DOTALL)
        assert link[2] == "1"
        assert ticked(text(main.get(link[1]))) == [case]


def test_filters_read_as_words_and_each_can_be_taken_away(main, four):
    page = text(main.get("/m/q/review?expectation=return,exchange&opened=3d&amount_from=150"))
    assert "退货、换货" in page
    assert "近 3 天" in page
    assert "¥150.00" in page
    assert set(ticked(page)) == set(four[1:])
    without = re.search(r'href="([^"]+)" aria-label="移除筛选 实付不低于"', page)[1].replace("&amp;", "&")
    assert set(ticked(text(main.get(without)))) == set(four)


def test_a_reason_is_chosen_and_said_by_its_name(main, four):
    page = text(main.get("/m/q/review?reason=no_reason"))
    assert set(ticked(page)) == set(four)
    assert "<b>七天无理由</b>" in page
    assert '<option value="no_reason" selected>七天无理由</option>' in page
    assert ticked(text(main.get("/m/q/review?reason=quality_fault,carrier_damage"))) == []


def test_a_link_keeps_order_and_columns(main, desk, four):
    page = text(main.get("/m/q/review?sort=-amount&cols=goods&cols=order&cols=amount"))
    assert ticked(page) == four[::-1]
    assert re.findall(r'<th class="c-(\w+)', page) == ["chk", "goods", "order", "amount"]
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("bad", ["due=never", "person=somebody", "amount_from=-1", "opened=99d", "opened_from=2026-13-45", "sort=;drop", "cols=x", "after=[1,2", "state=%00", "text=%00"])
def test_nonsense_in_an_address_is_left_out(main, four, bad):
    assert main.get(f"/m/q/review?{bad}").status_code == 200


def test_an_asked_filter_means_the_same_after_being_written_back(shop, house):
    from zoneinfo import ZoneInfo

    now = house.clock.now()
    given = {"type": "return,repair", "person": "me", "alert": "1", "due": "soon", "amount_from": "1.5", "opened_from": "2026-01-02", "text": "杯", "sort": "-due", "cols": "due,goods"}
    first = query.read("review", given, shop.id, now, ZoneInfo("Asia/Shanghai"))
    again = query.read("review", {k: v[0] for k, v in parse_qs(urlsplit(first.link()).query).items()}, shop.id, now, ZoneInfo("Asia/Shanghai"))
    assert (again.want, again.columns, again.chips) == (first.want, first.columns, first.chips)
    assert (first.want.amount_from, first.want.person, first.want.down) == (150, shop.id, True)


def test_words_in_the_whole_list_look_three_months_back(shop, house):
    from zoneinfo import ZoneInfo

    asked = query.read("all", {"text": "保温杯"}, shop.id, house.clock.now(), ZoneInfo("Asia/Shanghai"))
    assert asked.query["opened"] == "90d"
    assert timedelta(days=89) < house.clock.now() - asked.want.opened_from < timedelta(days=91)
    assert query.read("all", {"text": "S-2026-000001"}, shop.id, house.clock.now(), ZoneInfo("Asia/Shanghai")).want.opened_from is None


def test_approving_many_without_scripts_shows_the_effect_first_and_acts_once(main, desk, four):
    desk.say(four[3], b.Withdraw(), LIN)
    with_gone = four
    page = text(main.get("/m/q/review"))
    look = main.post("/m/batch/look", {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "case": with_gone, "command": "approve_return"})
    shown = text(look)
    assert "3 单将同意客户发货" in shown
    assert "1 单跳过" in shown
    assert "寄回运费：" in shown
    assert "通知 3 位客户" in shown
    assert "同意客户发货 3 单" in shown
    assert {state(desk, c) for c in four[:3]} == {"reviewing"}
    form = {"csrfmiddlewaretoken": token(shown), "queue": "review", "query": "", "command": "approve_return", "batch": hidden(shown, "batch"), "cases": hidden(shown, "cases")}
    for _ in range(2):
        done = main.post("/m/batch/start", form)
        assert done.status_code == 302
    assert [state(desk, c) for c in four] == ["awaiting_return"] * 3 + ["withdrawn"]
    assert {desk.row(c, "version")[0] for c in four[:3]} == {2}
    back = text(main.get(done["Location"]))
    assert "已同意 3 单，1 单未执行" in back
    other = main.post("/m/batch/start", {**form, "cases": four[0]})
    assert other.status_code == 409
    assert "这次没有执行" in text(other)
    assert main.post("/m/batch/start", {**form, "command": "reject", "reason": "past_window", "words": "x"}).status_code == 409
    results = text(main.get(f"/m/batch/{form['batch']}"))
    assert "完成：3 单已执行，1 单未执行" in results
    assert "状态已变" in results


def test_rejecting_asks_for_reason_and_words_and_keeps_what_was_typed(main, desk, four):
    page = text(main.get("/m/q/review"))
    shown = text(main.post("/m/batch/look", {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "case": four[:2], "command": "reject"}))
    assert "不符合售后规则" in shown
    form = {"csrfmiddlewaretoken": token(shown), "queue": "review", "query": "", "command": "reject", "batch": hidden(shown, "batch"), "cases": hidden(shown, "cases"), "words": "超过七天了"}
    refused = main.post("/m/batch/start", form)
    assert refused.status_code == 422
    assert "请填写“不通过原因”" in text(refused)
    assert "超过七天了</textarea>" in text(refused)
    assert hidden(text(refused), "batch") == form["batch"]
    assert main.post("/m/batch/start", {**form, "reason": "past_window"}).status_code == 302
    assert [state(desk, c) for c in four] == ["rejected", "rejected", "reviewing", "reviewing"]


def test_a_whole_filter_can_be_chosen(main, desk, four):
    page = text(main.get("/m/q/review?amount_from=150"))
    shown = text(main.post("/m/batch/look", {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "amount_from=150", "whole": "1", "command": "abandon"}))
    form = {"csrfmiddlewaretoken": token(shown), "queue": "review", "query": "amount_from=150", "command": "abandon", "batch": hidden(shown, "batch"), "whole": hidden(shown, "whole"), "said_how": "chat"}
    assert main.post("/m/batch/start", form).status_code == 302
    assert [state(desk, c) for c in four] == ["reviewing", "withdrawn", "withdrawn", "withdrawn"]


def test_nothing_chosen_is_said_in_words(main):
    page = text(main.get("/m/q/review"))
    answer = main.post("/m/batch/look", {"csrfmiddlewaretoken": token(page), "queue": "review", "command": "approve_return"})
    assert answer.status_code == 422
    assert "还没有选择单据" in text(answer)


def test_taking_ten_undoing_and_the_strip_that_says_so(main, desk, four, shop):
    page = text(main.get("/m/q/review"))
    form = {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "batch": hidden(page, "batch")}
    done = main.post("/m/batch/take", form)
    assert [str(desk.row(c, "assignee")[0]) for c in four] == [shop.id] * 4
    strip = text(main.get(done["Location"]))
    assert "已领取 4 单" in strip
    undo = re.search(r'action="(/m/batch/[^"]+/undo)"', strip)[1]
    assert "已退回 4 单" in text(main.get(main.post(undo, {"csrfmiddlewaretoken": token(strip), "queue": "review", "query": ""})["Location"]))
    assert [desk.row(c, "assignee")[0] for c in four] == [None] * 4


def test_assigning_gives_the_case_to_a_colleague_and_to_nobody_else(main, desk, four, clerk):
    page = text(main.get("/m/q/review"))
    shown = text(main.post("/m/batch/look", {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "case": four[:1], "command": "assign"}))
    assert clerk.name in shown
    form = {"csrfmiddlewaretoken": token(shown), "queue": "review", "query": "", "command": "assign", "batch": hidden(shown, "batch"), "cases": four[0]}
    assert main.post("/m/batch/start", {**form, "person": new_id()}).status_code == 422
    assert main.post("/m/batch/start", {**form, "person": clerk.id}).status_code == 302
    assert str(desk.row(four[0], "assignee")[0]) == clerk.id
    assert clerk.name in text(main.get("/m/q/review"))


def test_what_a_person_may_not_do_is_neither_shown_nor_done(client, house, shop, clerk, desk, four):
    grant(house, shop, clerk, "read", "service_order.claim")
    hers = enter(client, house, clerk)
    page = text(hers.get("/m/q/review"))
    assert set(re.findall(r'data-verb="(\w+)"', page)) == {"claim"}
    form = {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "batch": new_id(), "command": "approve_return", "cases": four[0]}
    answer = hers.post("/m/batch/start", form)
    assert "权限" in text(hers.get(answer["Location"]))
    assert state(desk, four[0]) == "reviewing"


def test_saved_views_open_count_rename_and_go(main, four):
    page = text(main.get("/m/q/review?amount_from=250"))
    kept = main.post("/m/q/review/views", {"csrfmiddlewaretoken": token(page), "do": "add", "name": "大额", "query": "amount_from=250"})
    page = text(main.get(kept["Location"]))
    assert re.search(r'class="tab on"[^>]*>大额 <span class="n" data-tab="\d+">2</span>', page)
    view = hidden(page, "view")
    again = main.post("/m/q/review/views", {"csrfmiddlewaretoken": token(page), "do": "add", "name": "大额", "query": ""})
    assert again.status_code == 422
    main.post("/m/q/review/views", {"csrfmiddlewaretoken": token(page), "do": "rename", "name": "很大额", "view": view})
    assert "很大额" in text(main.get("/m/q/review"))
    main.post("/m/q/review/views", {"csrfmiddlewaretoken": token(page), "do": "remove", "view": view, "name": "很大额"})
    assert "很大额" not in text(main.get("/m/q/review"))
    assert main.post("/m/q/review/views", {"csrfmiddlewaretoken": token(page), "do": "remove", "view": view}).status_code == 404


def test_the_live_refresh_says_304_until_something_changes(main, house, desk, four, clerk):
    first = main.get("/m/q/review/live")
    assert first.status_code == 200
    again = main.get("/m/q/review/live", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    desk.say(four[0], Claim())
    changed = main.get("/m/q/review/live", HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200
    presence.look(desk.pool, desk.merchant, four[1], clerk.id, clerk.name, "typing", house.clock.now())
    typed = text(main.get("/m/q/review/live", HTTP_IF_NONE_MATCH=changed["ETag"]))
    assert 'class="busy"' in typed
    assert "编辑中" in typed


def test_presence_and_drafts_are_kept_for_the_person(main, desk, four, shop):
    page = text(main.get("/m/q/review"))
    here = main.post("/m/presence", {"csrfmiddlewaretoken": token(page), "case": four[0], "doing": "typing"})
    assert here.json() == {"here": []}
    assert main.post("/m/presence", {"csrfmiddlewaretoken": token(page), "case": four[0], "doing": "sleeping"}).status_code == 400
    place = presence.place_of("review")
    form = {"csrfmiddlewaretoken": token(page), "draft_case": place, "draft_command": "reject", "words": "写到一半"}
    assert main.post("/m/drafts", form).status_code == 204
    look = {"csrfmiddlewaretoken": token(page), "queue": "review", "query": "", "case": four[:1], "command": "reject"}
    shown = text(main.post("/m/batch/look", look))
    assert "写到一半</textarea>" in shown
    assert "已恢复你之前填写的内容" in shown
    assert main.post("/m/drafts", {**form, "words": ""}).status_code == 204
    assert "写到一半" not in text(main.post("/m/batch/look", look))
    assert main.post("/m/drafts", {**form, "words": "长" * 20001}).status_code == 413
    assert main.post("/m/drafts", {**form, "draft_case": "x"}).status_code == 400


def test_cases_are_found_by_number_end_of_number_order_waybill_phone_and_buyer(main, desk, four):
    desk.say(four[2], v.ApproveReturn())
    desk.say(four[2], b.ShipBack("顺丰", "SF1234567890"), LIN)
    number, order = desk.row(four[2], "number, (select number from orders o where o.id = cases.order_id)")
    for asked in (number, number.lower(), str(int(number[-6:])), order, "SF1234567890", "2222", "13800002222"):
        items = main.get("/m/find", {"q": asked}, HTTP_ACCEPT="application/json").json()["items"]
        assert any(number in item["words"] and item["href"] == f"/m/cases/{four[2]}" for item in items), asked
        assert number in text(main.get("/m/find", {"q": asked}))
    assert len(main.get("/m/find", {"q": "buyer-lin"}, HTTP_ACCEPT="application/json").json()["items"]) > 1
    assert main.get("/m/find", {"q": "9999"}, HTTP_ACCEPT="application/json").json() == {"items": []}
    assert "没有找到" in text(main.get("/m/find", {"q": "no such"}))
    pages = [main.get("/m/find", {"q": asked}, HTTP_ACCEPT="application/json").json()["items"] for asked in ("极速", "关键词", "极")]
    assert [[(i["words"], i["href"]) for i in some] for some in pages] == [
        [("设置 › 极速审核", "/m/settings/shop#fast-review")], [("设置 › 关键词", "/m/settings/keywords")], []]


def test_signed_parcels_are_dealt_with_first(main, desk, four):
    from amends.core.verbs.desk import ParcelSigned
    from tests.shop import CARRIER

    for case in four:
        desk.say(case, v.ApproveReturn())
        desk.say(case, b.ShipBack("顺丰", f"SF-{case}"), LIN)
    desk.say(four[3], ParcelSigned(), CARRIER)
    page = text(main.get("/m/q/receipt"))
    assert ticked(page)[0] == four[3]
    assert "已签收" in page
    assert ticked(text(main.get("/m/q/receipt?parcel=signed"))) == [four[3]]


def test_going_off_duty_from_the_home_page_releases_what_was_claimed(main, desk, four):
    for case in four[:2]:
        desk.say(case, Claim())
    home = text(main.get("/m/home"))
    assert "上岗" in home
    main.post("/m/duty", {"csrfmiddlewaretoken": token(home), "on": "1"})
    home = text(main.get("/m/home"))
    assert "离岗并退回 2 单" in home
    main.post("/m/duty", {"csrfmiddlewaretoken": token(home), "on": "0"})
    assert [desk.row(c, "assignee")[0] for c in four] == [None] * 4
