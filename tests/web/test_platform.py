"""The platform's pages and finance: merchants, cases, health, transfers (UI-5, MO-5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from amends.core.actor import ALL, Actor, Party
from amends.core.verbs.review import RefundWithoutReturn
from amends.engine import people
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from amends.store.screens import platform as reads
from amends.web import wording
from amends.worker.effects import perform
from tests.engine.cancel_desk import on_the_way, opened, unshipped
from tests.shop import Shop, open_shop
from tests.web.conftest import PASSWORD, enter, walk_in
from tests.web.test_settings import look

PAGES = ("merchants", "cases", "health")


def body(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(scope="module")
def trading(house: Any) -> Shop:
    """A merchant that trades, its clock set to the house's."""
    made = open_shop(house.pool, name="青禾家居")
    made.now = house.clock.now()
    return made


@pytest.fixture(scope="module")
def boss(house: Any, trading: Shop) -> people.Person:
    """The main account of the trading merchant."""
    from amends.engine.passwords import hashed

    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into people (id, merchant_id, email, name, main_account, password_hash) values (%s, %s, 'hai@qinghe.test', '阿海', true, %s)",
            (trading.hai.id, trading.merchant, hashed(PASSWORD)),
        )
    return people.Person(trading.hai.id, trading.merchant, "hai@qinghe.test", "阿海", "zh-CN", True, ALL, "青禾家居", "Asia/Shanghai", "CNY")


def refunded(trading: Shop, house: Any, paid: int = 9900) -> str:
    """A case whose refund was granted and asked for; answers its id."""
    case = trading.apply(trading.order(("CUP", 1, paid)))
    answer = trading.say(case, RefundWithoutReturn())
    assert answer.refusal is None, answer.refusal
    perform(house.pool, trading.merchant, house.clock.now() + timedelta(minutes=1))
    return case


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens_for_the_platform_only(client: Any, house: Any, operator: people.Person, shop: people.Person, name: str, lang: str) -> None:
    assert client.get(f"/p/{name}").status_code == 302
    assert enter(client, house, operator).get(f"/p/{name}?lang={lang}").status_code == 200
    assert enter(client, house, shop).get(f"/p/{name}").status_code == 403


def test_merchants_with_their_counts_and_one_of_them(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    case = trading.apply(trading.order(("CUP", 1, 5000)))
    late = trading.apply(trading.order(("CUP", 1, 5000)))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update cases set due_at = %s where merchant_id = %s and id = %s", (house.clock.now() - timedelta(hours=3), trading.merchant, late))
    page = body(enter(client, house, operator).get("/p/merchants", {"name": "青禾"}))
    assert "青禾家居" in page
    assert "澄物" not in page
    assert f"/p/cases?f=1&amp;late=1&amp;merchant={trading.merchant}" in page
    one = body(client.get(f"/p/merchants/{trading.merchant}"))
    assert trading.row(case, "number")[0] in one
    assert "待审核" in one
    assert client.get("/p/merchants/nonsense").status_code == 404


def test_a_new_merchant_can_sign_in_and_a_wrong_one_comes_back(client: Any, house: Any, operator: people.Person) -> None:
    form = {"name": "新店", "pack": "jd", "mode": "SOP", "main_name": "新新", "email": "xin@new.test", "password": PASSWORD}
    wrong = enter(client, house, operator).post("/p/merchants/new", form | {"password": "short"})
    assert wrong.status_code == 422
    assert 'value="新店"' in body(wrong)
    assert PASSWORD not in body(wrong)
    assert client.post("/p/merchants/new", form).status_code == 302
    assert client.post("/p/merchants/new", form).status_code == 422
    assert client.post("/sign-in", {"email": "xin@new.test", "password": PASSWORD}).status_code == 302


def test_pack_and_mode_are_changed_by_the_platform(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    enter(client, house, operator)
    assert client.post(f"/p/merchants/{trading.merchant}/terms", {"pack": "none", "mode": "SOP"}).status_code == 422
    assert client.post(f"/p/merchants/{trading.merchant}/terms", {"pack": "jd", "mode": "LBP"}).status_code == 302
    assert re.search(r'<option value="LBP" selected', body(client.get(f"/p/merchants/{trading.merchant}")))


def test_cases_across_merchants_by_filter(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    mine, other = trading.apply(trading.order(("CUP", 1, 5000))), open_shop(house.pool, name="别家")
    other.now = trading.now
    theirs = other.apply(other.order(("CUP", 1, 100)))
    with scope(house.pool, PLATFORM) as conn:  # numbers are each merchant's own: make these two differ
        conn.execute("update cases set number = 'S-2026-900001' where merchant_id = %s and id = %s", (other.merchant, theirs))
    number = trading.row(mine, "number")[0]
    enter(client, house, operator)
    everything = body(client.get("/p/cases"))
    assert number in everything
    assert "S-2026-900001" in everything
    filtered = body(client.get("/p/cases", {"f": "1", "open": "1", "merchant": other.merchant}))
    assert "S-2026-900001" in filtered
    assert number not in filtered
    assert "没有符合的单据" in body(client.get("/p/cases", {"f": "1", "state": "completed", "number": number}))
    assert "S-2026-900001" in body(client.get("/p/cases", {"f": "1", "number": "s-2026-900001"}))
    assert client.get("/p/cases", {"f": "1", "merchant": "' or 1=1", "after": "x~y"}).status_code == 200


def test_a_case_is_read_masked_and_revealed_on_record(client: Any, house: Any, operator: people.Person, shop: people.Person, trading: Shop) -> None:
    case = trading.apply(trading.order(("CUP", 1, 5000)))
    address = f"/p/cases/{trading.merchant}/{case}"
    page = body(enter(client, house, operator).get(address))
    assert trading.row(case, "number")[0] in page
    assert "林**" in page
    assert "林小满" not in page
    assert "13800000000" not in page
    shown = body(client.post(f"{address}/reveal"))
    assert "林小满" in shown
    assert "13800000000" in shown
    (who,) = next(iter(trading.all("select actor_id from audit where merchant_id = %s and action = 'revealed' and subject_id = %s", trading.merchant, case)))
    assert who == operator.id
    assert client.get(f"/p/cases/{shop.merchant_id}/{case}").status_code == 404
    assert enter(client, house, shop).get(address).status_code == 403
    assert client.post(f"{address}/reveal").status_code == 403


def test_the_command_bar_finds_merchants_and_cases(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    case = trading.apply(trading.order(("CUP", 1, 5000)))
    number = trading.row(case, "number")[0]
    found = enter(client, house, operator).get("/p/find", {"q": number.lower()}, HTTP_ACCEPT="application/json").json()["items"]
    assert f"/p/cases/{trading.merchant}/{case}" in [item["href"] for item in found]
    assert client.get("/p/find", {"q": "青禾"}, HTTP_ACCEPT="application/json").json()["items"][0]["words"] == "青禾家居"
    assert client.get("/p/find", {"q": number}).headers["Location"] == f"/p/cases?f=1&number={number}"
    assert client.get("/p/find", {"q": ""}, HTTP_ACCEPT="application/json").json() == {"items": []}


def test_the_platform_s_log_can_hold_all_merchants(client: Any, house: Any, operator: people.Person, shop: people.Person) -> None:
    assert "小满" not in body(enter(client, house, operator).get("/p/settings/audit", {"words": shop.email}))
    people.sign_in(house.pool, shop.email, "wrong", "", "", house.clock.now())
    assert "登录失败" in body(client.get("/p/settings/audit", {"everybody": "1", "actor": shop.name}))


def test_health_names_what_failed_and_sends_it_again(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    effect, now = new_id(), house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into outbox (merchant_id, id, effect, due_at, attempts, dead_at, last_error) values (%s, %s, 'tell_buyer', %s, 12, %s, 'ConnectionError: refused')",
            (trading.merchant, effect, now, now),
        )
    page = body(enter(client, house, operator).get("/p/health"))
    assert "ConnectionError: refused" in page
    assert effect in page
    assert client.post("/p/health/resend", {"merchant": trading.merchant, "effect": effect}).status_code == 302
    assert "ConnectionError: refused" not in body(client.get("/p/health"))
    assert client.post("/p/health/resend", {"merchant": trading.merchant, "effect": effect}).status_code == 409


def test_health_says_when_no_worker_runs(client: Any, house: Any, operator: people.Person, trading: Shop) -> None:
    case = trading.apply(trading.order(("CUP", 1, 5000)))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update clocks set due_at = %s where merchant_id = %s and case_id = %s", (house.clock.now() - timedelta(hours=2), trading.merchant, case))
    assert "请检查 worker 是否在运行" in body(enter(client, house, operator).get("/p/health"))


def test_a_transfer_is_recorded_once_and_the_case_says_so(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    case = refunded(trading, house)
    page = body(enter(client, house, boss).get("/m/finance"))
    number = trading.row(case, "number")[0]
    assert number in page
    assert "¥99.00" in page
    row = page[page.index(number):]
    request, once = re.search(r'name="request" value="([^"]+)"', row)[1], re.search(r'name="command_id" value="([^"]+)"', row)[1]
    missing = client.post("/m/finance/transfers", {"request": request, "command_id": once, "reference": " "})
    assert missing.status_code == 422
    assert "转账流水号" in body(missing)
    form = {"request": request, "command_id": once, "reference": "WX20260302-1"}
    assert client.post("/m/finance/transfers", form).status_code == 302
    assert client.post("/m/finance/transfers", form).status_code == 404
    assert "WX20260302-1" in body(client.get("/m/finance"))
    assert trading.row(case, "moved_minor")[0] == 9900


def test_finance_is_for_who_may_record_transfers_of_their_own_merchant(client: Any, house: Any, shop: people.Person, clerk: people.Person, trading: Shop) -> None:
    case = refunded(trading, house, 3300)
    assert enter(client, house, clerk).get("/m/finance").status_code == 403
    assert trading.row(case, "number")[0] not in body(enter(client, house, shop).get("/m/finance"))
    (request,) = next(iter(trading.all("select id::text from refund_requests where case_id = %s", case)))
    assert client.post("/m/finance/transfers", {"request": request, "reference": "X"}).status_code == 404


@pytest.mark.parametrize("path", ["/p/merchants", "/p/merchants/new", "/p/cases", "/p/health", "case"])
def test_every_page_is_sound_on_a_phone_in_the_dark_and_on_a_desk_in_english(page: Any, site: str, operator: people.Person, trading: Shop, path: str) -> None:
    case = trading.apply(trading.order(("CUP", 1, 5000)))
    path = f"/p/cases/{trading.merchant}/{case}" if path == "case" else path
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")
    walk_in(page, site, operator.email, path)
    assert look(page, touch=True) == []
    page.set_viewport_size({"width": 1024, "height": 768})
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}{path}?lang=en")
    assert look(page, touch=False) == []


def test_an_actor_of_the_platform_cannot_open_the_merchant_s_finance(client: Any, house: Any, operator: people.Person) -> None:
    assert Actor(Party.PLATFORM, operator.id, operator.name).merchant_id is None
    assert enter(client, house, operator).get("/m/finance").status_code == 403


def test_paging_over_cases_of_all_merchants_shows_each_once(house: Any, trading: Shop) -> None:
    other = open_shop(house.pool, name="第三家")
    other.now = trading.now
    for shop_ in (trading, other):
        for _ in range(3):
            shop_.apply(shop_.order(("CUP", 1, 100)))  # the same instant, so that only the id tells them apart
    seen, wanted, now = [], reads.Wanted(open=False), house.clock.now()
    while True:
        rows = reads.cases(house.pool, wanted, now, 2)
        seen += [row["id"] for row in rows[:2]]
        if len(rows) <= 2:
            break
        wanted.after = (rows[1]["opened_at"], rows[1]["id"])
    assert sorted(seen) == sorted(row[0] for row in trading.all("select id::text from cases"))


def test_ways_of_payment_have_names_and_unknown_ones_stay_as_they_are(client: Any, house: Any, boss: people.Person, trading: Shop) -> None:
    """Finance, the order and the case name 微信支付 where the shop wrote wechat; the raw name where nobody knows another."""
    assert [wording.way(name, "zh") for name in ("wechat", "WeChat Pay", "alipay", "card", "moon_pay")] == ["微信支付", "微信支付", "支付宝", "银行卡", "moon_pay"]
    assert [wording.way(name, "en") for name in ("wechat", "jd-pay", "Moon Pay")] == ["WeChat Pay", "JD Pay", "Moon Pay"]
    case = refunded(trading, house)
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update payments set provider = 'alipay' where merchant_id = %s and order_id = (select order_id from cases where id = %s)", (trading.merchant, case))
    order, number = trading.row(case, "order_id::text, number")
    page = body(enter(client, house, boss).get("/m/finance"))
    assert "支付宝" in page[page.index(number):][:900]
    assert "支付宝" in body(client.get(f"/m/orders/{order}"))
    assert "支付宝" in body(client.get(f"/m/cases/{case}"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_cancellations_of_all_merchants_are_listed_by_kind_and_source_and_opened_to_read(house: Any, client: Any, operator: people.Person, lang: str) -> None:
    shop = open_shop(house.pool)
    staffs = opened(shop, on_the_way(shop, ("CUP", 1, 9900), ("MUG", 2, 19800)), actor=shop.hai, reason="slow_delivery")
    buyers = opened(shop, unshipped(shop))
    enter(client, house, operator)
    listed = client.get(f"/p/cases?f=1&kind=cancellation&merchant={shop.merchant}&lang={lang}").content.decode()
    for case in (staffs, buyers):
        assert f"/p/cases/{shop.merchant}/{case}" in listed
    listed = client.get(f"/p/cases?f=1&kind=cancellation&source=staff&merchant={shop.merchant}&lang={lang}").content.decode()
    assert (f"/{staffs}" in listed, f"/{buyers}" in listed) == (True, False)
    page = client.get(f"/p/cases/{shop.merchant}/{staffs}?lang={lang}").content.decode()
    for zh, en in (("取消订单", "Cancellation"), ("客服代客户", "Staff"), ("物流停滞或太慢", "Stuck or slow on the way"), ("转入“物流待跟进”", "it becomes a follow-up"), ("× 2", "× 2")):
        assert (zh if lang == "zh" else en) in page
    assert "/do/" not in page
    number = shop.row(staffs, "number")[0]
    found = client.get(f"/p/find?q={number}", headers={"Accept": "application/json"}).json()["items"]
    assert f"/p/cases/{shop.merchant}/{staffs}" in {item["href"] for item in found}
