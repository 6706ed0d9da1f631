"""The desk's pages of orders: lists of what is late, work on many, the forms of one order, urges (OR-8, OR-9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from amends.engine import order_changes, orders_desk, urges
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.orders_desk import Shipment
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN
from tests.web.conftest import enter

HOUR = timedelta(hours=1)


@pytest.fixture
def made(house, shop):
    """Makes an order of this merchant that was paid so many hours ago; answers its id."""

    def order(paid_ago: float = 1, lines=(("CUP", 2, 12000), ("MUG", 1, 4000)), **columns):
        now, id = datetime.now(UTC), new_id()
        values = {
            "merchant_id": shop.merchant_id, "id": id, "number": f"W{id[-12:]}", "state": "preparing", "buyer_id": LIN.id, "fulfilment_mode": "SOP", "currency": "CNY",
            "paid_minor": sum(x[2] for x in lines), "receiver": "林小满", "phone": "13800000000", "province": "河北省", "city": "廊坊市", "district": "广阳区", "detail": "银河大街 1 号",
            "placed_at": now - timedelta(hours=paid_ago + 1), "paid_at": now - paid_ago * HOUR, **columns,
        }
        with scope(house.pool, PLATFORM) as conn:
            conn.execute(f"insert into orders ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})", list(values.values()))
            for n, (sku, quantity, amount) in enumerate(lines):
                conn.execute(
                    "insert into order_lines (merchant_id, order_id, id, position, sku, title, quantity, unit_price_minor, paid_minor) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    (shop.merchant_id, id, new_id(), n, sku, f"商品 {sku}", quantity, amount // quantity, amount))
        return id

    return order


def number(house, order):
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute("select number from orders where id = %s", (order,)).fetchone()[0]


def of(house, order, columns):
    with scope(house.pool, PLATFORM) as conn:
        return conn.execute(f"select {columns} from orders where id = %s", (order,)).fetchone()


def test_what_is_late_is_on_its_list_and_in_the_navigation(client, house, shop, made):
    late, soon = made(30), made(22)
    seen = enter(client, house, shop).get("/m/to-send").content.decode()
    assert number(house, late) in seen
    assert number(house, soon) not in seen
    assert "已超时" in seen
    assert 'data-count="orders_desk.to_send"' in seen
    assert number(house, soon) in client.get("/m/orders?work=ship_soon").content.decode()
    assert client.get("/m/orders?work=nonsense&flag=pink&after=x").status_code == 200


@pytest.mark.parametrize("work", ["ship_late", "ship_soon", "pick_late", "pick_soon", "urged", "trouble", "locked", "balance", "balance_over", "balance_paid"])
def test_every_list_opens_in_both_languages(client, house, shop, work):
    enter(client, house, shop)
    for lang in ("zh", "en"):
        client.cookies["amends_lang"] = lang
        assert client.get(f"/m/orders?work={work}").status_code == 200


def test_many_orders_get_a_flag_a_step_and_their_waybills(client, house, shop, made):
    first, second = made(), made()
    enter(client, house, shop)
    back = "/m/orders?work=ship_soon"
    answer = client.post("/m/orders/work", {"order": [first, second], "do": "remark", "remarks": "加急", "flag": "red", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, f"{back}&done=2")
    assert "加急" in client.get("/m/orders?flag=red").content.decode()
    assert client.post("/m/orders/work", {"order": [first], "do": "mark", "step": "printed"}).status_code == 302
    assert of(house, first, "flag, remarks, sub_state") == ("red", "加急", "printed")
    page = client.post("/m/orders/ship", {"order": [first, second], "next": back}).content.decode()
    assert page.count('name="waybill-') == 2
    typed = {"order": [first, second], "do": "ship", "carrier": "顺丰", f"waybill-{first}": f"SF{first[-6:]}", f"waybill-{second}": f"SF{first[-6:]}", "next": back}
    refused = client.post("/m/orders/ship", typed)
    assert refused.status_code == 409
    assert "已登记在订单" in refused.content.decode()
    assert f'value="SF{first[-6:].upper()}"'.lower() in refused.content.decode().lower(), "what was typed stays"
    done = client.post("/m/orders/ship", {"order": [second], "do": "ship", f"carrier-{second}": "顺丰", f"waybill-{second}": f"SF2{second[-6:]}", "next": back})
    assert done["Location"] == f"{back}&done=1"
    assert {of(house, first, "state")[0], of(house, second, "state")[0]} == {"shipped"}


def test_what_could_not_be_done_is_said_by_order(client, house, shop, made):
    order, gone = made(), made(state="cancelled")
    answer = enter(client, house, shop).post("/m/orders/work", {"order": [order, gone], "do": "mark", "step": "printed"})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "已处理 1 单" in said
    assert f"订单 {number(house, gone)} 已取消" in said
    assert client.post("/m/orders/work", {"do": "mark", "step": "printed"}).status_code == 422


def test_a_locked_order_says_so_and_offers_nothing(client, house, shop, made):
    order = made()
    begun = order_changes.begin(house.pool, shop.merchant_id, order, LIN.id, LIN, datetime.now(UTC))
    said = enter(client, house, shop).get(f"/m/orders/{order}").content.decode()
    assert "客户正在修改" in said
    assert "/do/ship" not in said
    assert "/do/mark" not in said
    refused = client.post(f"/m/orders/{order}/do/mark", {"step": "printed"})
    assert refused.status_code == 409
    assert "请等保存后再处理" in refused.content.decode()
    order_changes.give_up(house.pool, shop.merchant_id, order, LIN.id, begun.change, LIN, datetime.now(UTC))
    said = client.get(f"/m/orders/{order}").content.decode()
    assert "/do/ship" in said
    assert "放弃修改" in said


def test_the_forms_of_one_order_keep_what_was_typed_and_stand_where_they_were(client, house, shop, made):
    order = made()
    enter(client, house, shop)

    def do(act, **form):
        return client.post(f"/m/orders/{order}/do/{act}", form)

    assert do("nonsense").status_code == 404
    assert do("remark", remarks="电联", flag="blue")["Location"].endswith("#remark")
    assert do("parcels", parcel_count="2")["Location"].endswith("#work")
    assert do("parcels", parcel_count="many").status_code == 422
    far = do("receiver", receiver="周小满", city="石家庄市", district="长安区")
    assert far.status_code == 422
    assert "只能改到同一个城市" in far.content.decode()
    assert 'value="周小满"' in far.content.decode()
    assert do("receiver", receiver="周小满").status_code == 302
    assert do("mark", step="printed").status_code == 302
    assert do("ship", carrier="顺丰", waybill="").status_code == 422
    assert do("ship", carrier="顺丰", waybill=f"SFA{order[-6:]}").status_code == 302
    with scope(house.pool, PLATFORM) as conn:
        parcel = conn.execute("select id::text from parcels where order_id = %s", (order,)).fetchone()[0]
    assert do("report", about=parcel, kind="stalled", words="三天没动").status_code == 302
    assert do("report", about=parcel, kind="lost").status_code == 409
    said = client.get(f"/m/orders/{order}").content.decode()
    for words in ("三天没动", "蓝旗", "电联", "发货", "周**", "改收货信息"):
        assert words in said, words
    assert "周小满" not in said
    with scope(house.pool, PLATFORM) as conn:
        trouble = conn.execute("select id::text from parcel_troubles where order_id = %s", (order,)).fetchone()[0]
    assert do("settle", about=trouble, words="").status_code == 422
    assert do("settle", about=trouble, words="已催").status_code == 302
    assert do("correct", about=parcel, carrier="顺丰", waybill=f"SFB{order[-6:]}").status_code == 302
    assert of(house, order, "parcel_count, receiver, state") == (2, "周小满", "shipped")
    client.cookies["amends_lang"] = "en"
    assert "corrected the waybill" in client.get(f"/m/orders/{order}").content.decode()


def test_urges_are_answered_one_by_one_or_together(client, house, shop, made):
    orders_ = [made() for _ in range(3)]
    said = [urges.urge(house.pool, shop.merchant_id, o, LIN.id, f"快点 {n}", LIN, datetime.now(UTC), new_id()).id for n, o in enumerate(orders_)]
    page = enter(client, house, shop).get("/m/urges").content.decode()
    assert all(f"快点 {n}" in page for n in range(3))
    assert 'data-count="orders_desk.urges"' in page
    assert client.post("/m/urges/answer", {"only": said[0], f"words-{said[0]}": "马上"})["Location"] == "/m/urges?done=1"
    empty = client.post("/m/urges/answer", {"urge": said[1:], "words": " "})
    assert empty.status_code == 422
    assert empty.content.decode().count("checked") == 2
    assert client.post("/m/urges/answer", {"urge": said[1:], "words": "今天发出"})["Location"] == "/m/urges?done=2"
    assert "今天发出" in client.get("/m/urges?answered=1").content.decode()
    assert "今天发出" in client.get(f"/m/orders/{orders_[1]}").content.decode()


def test_who_holds_nothing_sees_and_cannot_work(client, house, shop, clerk, made):
    order = made()
    orders_desk.ship(house.pool, By(shop.actor()), shop.merchant_id, [Shipment(order, "顺丰", f"SFC{order[-6:]}")], datetime.now(UTC))
    enter(client, house, clerk)
    assert client.get("/m/urges").status_code == 403
    assert client.post("/m/orders/work", {"order": [order], "do": "mark"}).status_code == 403
    assert client.post("/m/orders/ship", {"order": [order]}).status_code == 403
