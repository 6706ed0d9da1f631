"""Compensation on screen: goodwill with its limits, lists and sums, decisions, settings; the buyer's price difference and freight claim, without scripts."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from amends.core.verbs import buyer as b
from amends.core.verbs import review as v
from amends.engine import late_shipment
from amends.store import compensated_orders
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN, Shop
from tests.web.buyer_cast import picture, text, world
from tests.web.case_cast import grant, photo, stock_shop
from tests.web.conftest import enter

__all__ = ["world"]


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    return stock_shop(house, shop)


@pytest.fixture(scope="module")
def giver(house: Any, shop: Any, clerk: Any) -> Any:
    """Zhixia may read and give goodwill."""
    grant(house, shop, clerk, "read", "give_goodwill")
    return clerk


def hidden(answer: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(command_id)" value="([^"]*)"', answer.content.decode()))


def give(client: Any, address: str, **typed: str) -> Any:
    return client.post(address, {**hidden(client.get(address)), "medium": "money", "reason": "long_wait", "words": "", "minimum": "", **typed})


def test_goodwill_shows_the_limits_first_and_gives_within_them(house, goods, giver, client):
    order = goods.order(("CUP", 1, 13900))
    enter(client, house, giver)
    page = text(client.get(f"/m/orders/{order}/goodwill"))
    assert "现在最多可补偿" in page
    assert "已补 ¥0.00 / ¥20.00" in page
    assert "小满" in page  # who can give more
    done = give(client, f"/m/orders/{order}/goodwill", amount="15.50", words="等了三天")
    assert done.status_code == 302, text(done)
    one = text(client.get(done["Location"]))
    assert "补偿已提交付款" in one
    assert "¥15.50" in one
    assert "处理时间长" in one
    assert "等待付款" in one
    assert "¥15.50" in text(client.get(f"/m/orders/{order}"))


def test_what_is_refused_stands_beside_its_field_and_nothing_typed_is_lost(house, goods, giver, client):
    order = goods.order(("CUP", 1, 13900))
    enter(client, house, giver)
    refused = give(client, f"/m/orders/{order}/goodwill", amount="35", reason="other", words="")
    assert refused.status_code == 422
    assert "这个原因需要写明情况" in text(refused)
    assert 'value="35"' in text(refused)
    above = give(client, f"/m/orders/{order}/goodwill", amount="35", words="碎了一角")
    page = text(above)
    assert above.status_code == 422
    assert "这一单最多补偿 ¥20.00" in page
    assert "小满" in page
    assert "提交审批" in page
    assert "碎了一角" in page
    assert "请填写" in text(give(client, f"/m/orders/{order}/goodwill", amount=""))
    assert goods.all("select count(*) from compensations where order_id = %s", order) == [(0,)]


def test_asked_for_above_the_limit_and_decided_by_the_main_account(house, shop, goods, giver, client):
    order = goods.order(("CUP", 1, 13900))
    enter(client, house, giver)
    asked = give(client, f"/m/orders/{order}/goodwill", amount="35", ask="1")
    address = asked["Location"].split("?")[0]
    assert "已提交审批" in text(client.get(asked["Location"]))
    assert "可以审批：小满" in text(client.get(address))
    assert client.post(address + "/decide", {"decision": "grant"}).status_code == 403
    enter(client, house, shop)
    assert 'data-count="compensation.nav"' in client.get("/m/compensations").content.decode()
    page = client.get(address)
    assert "同意后 ¥35.00 付给客户" in text(page)
    too_much = client.post(address + "/decide", {**hidden(page), "decision": "grant", "amount": "36"})
    assert "最多 ¥35.00" in text(too_much)
    wordless = client.post(address + "/decide", {**hidden(page), "decision": "refuse", "amount": "35", "answer": " "})
    assert "请写明原因" in text(wordless)
    done = client.post(address + "/decide", {**hidden(page), "decision": "grant", "amount": "30.00", "answer": "同意 30 元"})
    assert done.status_code == 302, text(done)
    assert goods.all("select state, amount_minor from compensations where order_id = %s", order) == [("granted", 3000)]


def test_a_coupon_is_shown_to_the_buyer_with_its_code(house, goods, giver, client):
    order = goods.order(("CUP", 1, 13900))
    enter(client, house, giver)
    done = give(client, f"/m/orders/{order}/goodwill", amount="10", medium="coupon", minimum="50")
    assert done["Location"].endswith("?done=coupon")
    (code,), = goods.all("select code from coupons where compensation_id in (select id from compensations where order_id = %s)", order)
    page = text(client.get(done["Location"]))
    assert f"优惠券 {code} 已发给客户" in page
    assert "满 ¥50.00 可用" in page


def test_the_card_of_a_case_leads_to_goodwill_for_it(house, goods, giver, client):
    case = goods.apply(goods.order(("CUP", 1, 13900)))
    enter(client, house, giver)
    assert f"/m/cases/{case}/goodwill" in client.get(f"/m/cases/{case}").content.decode()
    done = give(client, f"/m/cases/{case}/goodwill", amount="5")
    assert done.status_code == 302, text(done)
    assert goods.all("select amount_minor from compensations where case_id = %s", case) == [(500,)]
    assert "¥5.00" in text(client.get(f"/m/cases/{case}"))


def test_who_may_not_give_is_shown_no_way_to(house, goods, clerk, client, shop):
    reader = stranger(house, shop)
    enter(client, house, reader)
    order = goods.order(("CUP", 1, 13900))
    assert "/goodwill" not in client.get(f"/m/orders/{order}").content.decode()
    assert client.get(f"/m/orders/{order}/goodwill").status_code == 403
    assert client.get("/m/settings/compensation").status_code == 403


def stranger(house: Any, shop: Any) -> Any:
    from amends.engine import people
    from tests.web.conftest import PASSWORD

    made = people.make_person(house.pool, people.By(shop.actor()), "lulu@chengwu.test", "露露", house.clock.now(), password=PASSWORD)
    assert isinstance(made, people.Person), made
    grant(house, shop, made, "read")
    return made


def test_the_list_filters_sums_and_exports(house, shop, goods, client):
    enter(client, house, shop)
    order = goods.order(("CUP", 1, 13900))
    (number,), = goods.all("select number from orders where id = %s", order)
    give(client, f"/m/orders/{order}/goodwill", amount="7")
    page = text(client.get(f"/m/compensations?about={number}"))
    assert "共 1 笔" in page
    assert "待付 ¥7.00" in page
    assert number in page
    assert "没有符合条件的赔付" in text(client.get(f"/m/compensations?about={number}&kind=late_shipment"))
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(f"/m/compensations.csv?about={number}")).decode().lstrip("\ufeff"))))
    assert [(r["kind"], r["amount"], r["currency"], r["order_number"]) for r in rows] == [("goodwill", "7.00", "CNY", number)]
    assert client.get("/m/compensations?since=nonsense&after=x~y&agent=%00&kind=%27").status_code == 200


def test_settings_of_limits_come_back_as_typed_when_refused(house, shop, goods, giver, client):
    enter(client, house, shop)
    page = text(client.get("/m/settings/compensation"))
    assert "30%" in page
    assert "规则包 ¥20.00" in page
    assert "知夏" in page
    wrong = client.post("/m/settings/compensation", {"case": "abc", "agent_day": "50", f"people.{giver.id}.case": "12"})
    assert wrong.status_code == 422
    assert 'value="abc"' in text(wrong)
    assert "应为金额" in text(wrong)
    good = client.post("/m/settings/compensation", {"late": "1", "case": "18", "agent_day": "90", "shop_day": "", f"people.{giver.id}.case": "12", f"people.{giver.id}.agent_day": ""})
    assert good.status_code == 302, text(good)
    after = text(client.get("/m/settings/compensation"))
    assert 'value="18.00"' in after
    assert 'value="12.00"' in after
    assert "起生效" in after
    client.post("/m/settings/compensation", {"case": "", "agent_day": ""})


def test_late_orders_are_listed_with_the_reason_and_the_order_says_so(house, shop, goods, client):
    now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("update merchants set settings = jsonb_set(settings, '{compensation}', %s::jsonb) where id = %s", (f'{{"late_since": "{(now - timedelta(days=9)).isoformat()}"}}', shop.merchant_id))
    early = {"received": False, "paid_at": now - timedelta(days=2), "placed_at": now - timedelta(days=2), "delivered_at": None}
    paid, locked = goods.order(("CUP", 1, 13900), state="preparing", **early), goods.order(("CUP", 1, 13900), state="locked", **early)
    enter(client, house, shop)
    assert "系统将自动赔付 ¥41.70" in text(client.get(f"/m/orders/{paid}"))
    with scope(house.pool, PLATFORM) as conn:
        found = compensated_orders.shop(conn, shop.merchant_id)
    assert late_shipment.pay(house.pool, found, now) == 1
    page = text(client.get("/m/compensations"))
    assert "延迟但未赔付的订单" in page
    assert "订单正在修改，已锁定" in page
    assert "已锁定" in text(client.get(f"/m/orders/{locked}"))
    (one,), = goods.all("select id::text from compensations where order_id = %s", paid)
    why = text(client.get(f"/m/compensations/{one}"))
    for words in ("应发货时间（付款后）", "还没有发货", "其中的 30%", "最少 ¥5.00，最多 ¥500.00", "依据 CO-1，京东规则包第 1 版", "系统"):
        assert words in why


def test_the_platform_looks_on_over_all_merchants(house, operator, shop, goods, client):
    enter(client, house, shop)
    order = goods.order(("CUP", 1, 13900))
    (number,), = goods.all("select number from orders where id = %s", order)
    give(client, f"/m/orders/{order}/goodwill", amount="6")
    (one,), = goods.all("select id::text from compensations where order_id = %s", order)
    assert client.get("/p/compensations").status_code == 403
    enter(client, house, operator)
    page = text(client.get(f"/p/compensations?about={number}"))
    assert "澄物生活旗舰店" in page
    assert "¥6.00" in page
    assert "¥6.00" in text(client.get(f"/p/compensations/{shop.merchant_id}/{one}"))
    assert number in b"".join(client.get(f"/p/compensations.csv?merchant={shop.merchant_id}&about={number}")).decode()
    assert client.post(f"/m/compensations/{one}/decide", {}).status_code == 403


def price(world: Any, sku: str, minor: int) -> None:
    with scope(world.house.pool, PLATFORM) as conn:
        conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, %s, %s, %s)", (world.shop.merchant, sku, sku, minor))


def test_a_buyer_asks_for_the_difference_line_by_line(world):
    price(world, "CUP", 12000)
    address = f"/b/orders/{world.number}/price"
    assert address in text(world.client.get(f"/b/orders/{world.number}"))
    page = text(world.client.get(address))
    assert "剩余 2 件的实付" in page
    assert "现价 ¥120.00 × 2" in page
    assert "没有这件商品今天的价格" in page
    assert "申请退差价 ¥18.00" in page
    sent = world.client.post(address, {**hidden(world.client.get(address)), "lines": world.cup})
    assert sent.status_code == 302, text(sent)
    after = text(world.client.get(sent["Location"]))
    assert "已提交，结果会通知你" in after
    assert "待审批" in after
    assert "等待答复" in text(world.client.get(address))
    again = world.client.post(address, {**hidden(world.client.get(address)), "lines": world.cup})
    assert "已经申请过" in text(again)


def wrong_goods(world: Any) -> tuple[str, str]:
    """A return that is not the buyer's fault, sent back; (id, number)."""
    shop = world.shop
    case = shop.apply(world.order, "return", "wrong_goods", photos=[photo(shop)])
    assert shop.say(case, v.ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", "SF1"), LIN).refusal is None
    return case, shop.row(case, "number")[0]


def test_a_buyer_claims_the_way_back_with_a_receipt(world):
    case, number = wrong_goods(world)
    assert f"/b/cases/{number}/freight" in text(world.client.get(f"/b/cases/{number}"))
    address = f"/b/cases/{number}/freight"
    page = world.client.get(address)
    assert "最多 ¥25.00" in text(page)
    bare = world.client.post(address, {**hidden(page), "amount": "18", "words": "顺丰到付"})
    assert "请上传运费单的照片" in text(bare)
    assert 'value="18"' in text(bare)
    unread = world.client.post(address, {**hidden(page), "amount": "十八", "photos": picture()})
    assert unread.status_code == 422
    kept = re.findall(r'name="photos_keep" value="([^"]+)"', unread.content.decode())
    assert len(kept) == 1  # the photo that was sent with it is kept
    sent = world.client.post(address, {**hidden(page), "amount": "18.00", "photos_keep": kept[0], "words": "顺丰"})
    assert sent.status_code == 302, text(sent)
    after = text(world.client.get(sent["Location"]))
    assert "已提交，商家会核对" in after
    assert "¥18.00" in after
    assert address not in after
    assert world.shop.all("select state, asked_minor, words, cardinality(file_ids) from compensations where case_id = %s", case) == [("asked", 1800, "顺丰", 1)]


def test_a_claim_without_ground_is_told_why(world):
    case = world.shop.apply(world.order)
    number = world.shop.row(case, "number")[0]
    assert "/freight" not in text(world.client.get(f"/b/cases/{number}"))
    page = text(world.client.get(f"/b/cases/{number}/freight"))
    assert "因客户原因退换，运费由客户承担" in page
    assert 'id="freight"' not in page
    assert world.client.get("/b/cases/S-2026-999999/freight").status_code == 404
    assert world.client.get("/b/orders/nothing/price").status_code == 404


def test_what_was_given_is_news_until_the_order_is_opened(world):
    from amends.engine import compensation
    from amends.engine.audit import By
    from amends.engine.ids import new_id

    done = compensation.give(world.house.pool, By(world.shop.hai), world.shop.merchant, compensation.Goodwill(world.order, 800, "long_wait", "内部情况", medium="coupon"), new_id(), world.shop.now)
    home = text(world.client.get("/b/"))
    assert "补偿 ¥8.00 已同意" in home
    assert f"/b/orders/{world.number}" in home
    page = text(world.client.get(f"/b/orders/{world.number}"))
    assert done.coupon in page
    assert "已发券" in page
    assert "内部情况" not in page
    assert "补偿 ¥8.00 已同意" not in text(world.client.get("/b/"))
    english = world.client.get(f"/b/orders/{world.number}", headers={"accept-language": "en"})
    assert "What you were given" in text(english)
