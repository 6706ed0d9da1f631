"""The buyer changes an order by plain forms, hurries it, and is told of a balance; then the same on a phone in Chromium (OR-7, OR-9, OR-10)."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from amends.engine import buyers, orders_desk
from amends.engine.audit import By
from amends.engine.balances import remind_balances
from amends.store.connect import PLATFORM, scope
from tests.engine.order_shop import goods_of, shop_with_goods, stands
from tests.web.buyer_cast import form_of, text


@pytest.fixture
def world(house: Any, client: Any) -> SimpleNamespace:
    """A shop with goods, an order of two lines that was paid an hour ago, and the client let in as its buyer."""
    shop = shop_with_goods(house.pool)
    shop.now = house.clock.now()
    hour = timedelta(hours=1)
    order = shop.order(("CUP", 2, 12000), ("MUG", 1, 4000), received=False, state="preparing", paid_at=shop.now - hour, placed_at=shop.now - 2 * hour, delivered_at=None)
    number = shop.all("select number from orders where id = %s", order)[0][0]
    link = f"/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now, name='小林')}"
    client.get(link)
    return SimpleNamespace(shop=shop, order=order, number=number, cup=shop.lines[order][0], mug=shop.lines[order][1], client=client, house=house, link=link, at=f"/b/orders/{number}/change")


def begin(w: Any) -> str:
    assert w.client.post(w.at, {"do": "begin"})["Location"] == w.at
    return form_of(w.client.get(w.at), "change")["change"]


def kept(answer: Any) -> dict[str, str]:
    body = answer.content.decode().split('id="check"')[1].split("</form>")[0]
    return {k: v for k, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body) if k != "csrfmiddlewaretoken"}


def test_from_the_order_to_the_saved_change(world):
    w = world
    page = text(w.client.get(f"/b/orders/{w.number}"))
    assert 'value="begin"' in page
    change = begin(w)
    assert "继续修改" in text(w.client.get(f"/b/orders/{w.number}"))
    found = w.client.post(w.at, {"change": change, "do": "find", "find": "lamp", f"pieces-{w.cup}": "1"})
    assert "商品 LAMP" in text(found)
    assert 'value="1"' in text(found), "what was typed stays"
    added = text(w.client.post(w.at, {"change": change, "do": "add:SPOON", f"pieces-{w.cup}": "1"}))
    assert 'name="added-SPOON"' in added
    typed = {"change": change, "do": "look", f"pieces-{w.cup}": "1", f"pieces-{w.mug}": "1", "added-SPOON": "2", "receiver": "周小满", "delivery_wish": "restdays", "invoice_kind": "personal", "invoice_title": "周小满"}
    check = w.client.post(w.at, typed)
    seen = text(check)
    assert check.status_code == 200
    for words in ("¥160.00", "¥110.00", "将退 ¥50.00", "收货、发票或留言有改动"):
        assert words in seen, words
    back = w.client.post(w.at, {**kept(check), "do": "edit"})
    assert 'value="周小满"' in text(back)
    saved = w.client.post(w.at, {**kept(check), "do": "save"})
    assert saved["Location"] == f"/b/orders/{w.number}?done=changed&back=5000"
    assert "¥50.00 会原路退回" in text(w.client.get(saved["Location"]))
    assert [row[:2] for row in goods_of(w.shop, w.order)] == [("CUP", 1), ("MUG", 1), ("SPOON", 2)]
    assert stands(w.shop, w.order, "state, receiver, delivery_wish") == ("preparing", "周小满", "restdays")
    again = w.client.post(w.at, {**kept(check), "do": "save"})
    assert again["Location"] == saved["Location"], "pressed twice, it is the same"


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(world):
    w = world
    change = begin(w)
    typed = {"change": change, "do": "look", f"pieces-{w.cup}": "many", f"pieces-{w.mug}": "9", "phone": "abc", "buyer_remark": "放门口", "invoice_kind": "company", "invoice_title": ""}
    answer = w.client.post(w.at, typed)
    seen = text(answer)
    assert answer.status_code == 422
    for words in ("“数量”应在 0 到 9999 之间" if "应在" in seen else "数量", "手机号写得不对", "请填写“发票抬头”", "税号为 15 到 20 位", 'value="many"', 'value="abc"', "放门口"):
        assert words in seen, words
    dearer = w.client.post(w.at, {"change": change, "do": "look", "added-LAMP": "3"})
    assert dearer.status_code == 422
    assert "已付款的订单不能加价" in text(dearer)
    nothing = w.client.post(w.at, {"change": change, "do": "look"})
    assert nothing.status_code == 200
    same = w.client.post(w.at, {**kept(nothing), "do": "save"})
    assert same.status_code == 409
    assert "没有任何改动" in text(same)


def test_a_second_tab_is_told_and_a_printed_order_says_why(world):
    w = world
    change = begin(w)
    checks = [w.client.post(w.at, {"change": change, "do": "look", f"pieces-{w.cup}": "1"}) for _ in range(2)]
    assert w.client.post(w.at, {**kept(checks[0]), "do": "save"}).status_code == 302
    late = w.client.post(w.at, {**kept(checks[1]), "do": "save"})
    assert late.status_code == 409
    assert "这次修改已经结束" in text(late)
    assert w.client.post(w.at, {"do": "begin"}).status_code == 302
    change = form_of(w.client.get(w.at), "change")["change"]
    assert w.client.post(w.at, {"change": change, "do": "give_up"})["Location"].endswith("?done=given_up")
    orders_desk.mark(w.house.pool, By(w.shop.hai), w.shop.merchant, [w.order], "printed", w.shop.now)
    refused = w.client.post(w.at, {"do": "begin"})
    assert refused.status_code == 409
    assert "订单已打印" in text(refused)
    assert 'value="begin"' not in text(w.client.get(f"/b/orders/{w.number}"))
    assert w.client.get(w.at).status_code == 409
    assert w.client.get("/b/orders/nothing/change").status_code == 404


def test_the_order_is_hurried_once_and_the_answer_is_read(world):
    w = world
    at = f"/b/orders/{w.number}/urge"
    command = re.search(r'name="command_id" value="([^"]+)"', w.client.get(f"/b/orders/{w.number}").content.decode())[1]
    for _ in range(2):
        assert w.client.post(at, {"command_id": command, "words": "快点发"})["Location"] == f"/b/orders/{w.number}?done=urged#urge"
    assert "可以再催" in text(w.client.get(f"/b/orders/{w.number}"))
    refused = w.client.post(at, {"words": "又来"})
    assert refused.status_code == 409
    assert "已经催过了" in text(refused)
    from amends.engine import urges

    urges.answer(w.house.pool, By(w.shop.hai), w.shop.merchant, [command], "今天发出", w.shop.now)
    assert "商家回复：今天发出" in text(w.client.get(f"/b/orders/{w.number}"))
    assert w.client.post("/b/orders/nothing/urge").status_code == 404


def test_a_balance_is_asked_for_on_the_order(world):
    w = world
    with scope(w.house.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'pending_payment', paid_minor = 6000, balance_due_at = %s where id = %s", (w.shop.now + timedelta(days=2), w.order))
    remind_balances(w.house.pool, w.shop.now + timedelta(hours=30))
    home = text(w.client.get("/b/"))
    assert "预售订单的尾款还没付" in home
    assert f'href="/b/orders/{w.number}"' in home
    assert "请付尾款 ¥100.00" in text(w.client.get(f"/b/orders/{w.number}"))
    assert "预售订单的尾款还没付" not in text(w.client.get("/b/")), "read with the order"
    w.client.cookies["amends_lang"] = "en"
    assert "Please pay the balance of ¥100.00" in text(w.client.get(f"/b/orders/{w.number}"))


def test_a_phone_without_scripts(world, browser, site):
    """390 × 844, scripts off: fewer cups, a spoon, another receiver; checked and saved."""
    w = world
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(site + w.link)
    page.goto(f"{site}/b/orders/{w.number}")
    page.get_by_role("button", name="修改订单").click()
    page.get_by_label("数量").first.fill("1")
    page.get_by_role("searchbox").fill("spoon")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name="加入 商品 SPOON").click()
    page.get_by_text("收货信息").click()
    page.get_by_label("收货人").fill("周小满")
    page.get_by_role("button", name="下一步：核对").last.click()
    assert page.get_by_text("将退 ¥55.00").is_visible()
    page.get_by_role("button", name="保存修改").click()
    assert page.get_by_text("¥55.00 会原路退回").is_visible()
    assert stands(w.shop, w.order, "receiver, refunded_minor") == ("周小满", 5500)
    context.close()


def test_the_money_of_a_change_stands_before_finance_and_is_recorded_there(world):
    from datetime import UTC, datetime

    from amends.engine import people
    from tests.web.conftest import PASSWORD, enter

    w = world
    change = begin(w)
    check = w.client.post(w.at, {"change": change, "do": "look", f"pieces-{w.cup}": "1"})
    assert w.client.post(w.at, {**kept(check), "do": "save"}).status_code == 302
    main = people.make_merchant(w.house.pool, "另一家店", "jd", "SOP", people.Main(f"m{w.order[-6:]}@x.test", "主", PASSWORD), datetime.now(UTC))
    with scope(w.house.pool, PLATFORM) as conn:
        conn.execute("update people set merchant_id = %s where id = %s", (w.shop.merchant, main.id))
        request = conn.execute("select id::text from refund_requests where order_id = %s", (w.order,)).fetchone()[0]
    enter(w.client, w.house, main)
    page = text(w.client.get("/m/finance"))
    assert w.number in page
    assert "¥60.00" in page
    assert w.client.post("/m/finance/transfers", {"request": request, "reference": "BANK-7"}).status_code == 302
    assert w.shop.all("select state, reference from refund_requests where id = %s", request) == [("moved", "BANK-7")]
