"""Parcels on the pages: traces on the case, for buyer and merchant; couriers offered by carriers; the warehouse's list (LO-1, LO-2, SO-12)."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from amends.core.parcel_news import News
from amends.core.parcels import SILENT_AFTER, Event
from amends.core.verbs.buyer import ShipBack
from amends.core.verbs.pickup import PickupConfirmed
from amends.core.verbs.review import ApproveReturn
from amends.engine import buyers
from amends.engine.parcels import take_news
from amends.store import parcels as store
from amends.store.connect import PLATFORM, scope
from tests.engine.parcel_cast import connect, number
from tests.shop import CARRIER, LIN
from tests.web.buyer_cast import form_of, text
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def express(house):
    return connect(house.pool, "express", "快送")


@pytest.fixture(scope="module")
def goods(house, shop):
    return stock_shop(house, shop)


@pytest.fixture
def world(house, shop, goods, client):
    """The shop, an order of two cups, the client let in as its buyer, and the merchant's main account at a desk."""
    goods.now = house.clock.now()
    order = goods.order(("CUP", 2, 25800))
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', goods.now, name='小林')}")
    return SimpleNamespace(house=house, shop=goods, order=order, client=client, desk=enter(Client(**{"amends.house": house}, HTTP_ACCEPT_LANGUAGE="zh-CN"), house, shop))


@pytest.fixture
def back(world, express):
    """A return on its way with the connected carrier: world, case id, number, waybill."""
    case = world.shop.apply(world.order)
    world.shop.say(case, ApproveReturn(world.shop.address))
    waybill = number()
    assert world.shop.say(case, ShipBack("快送", waybill), LIN).refusal is None
    return world, case, world.shop.row(case, "number")[0], waybill


def hear(w, express, waybill, *codes, ago=timedelta(hours=9), **more):
    start = w.shop.now - ago
    events = tuple(Event(f"e{n}", code, start + timedelta(hours=n), f"{code} 的说明", "廊坊分拨中心") for n, code in enumerate(codes))
    take_news(w.house.pool, express, [News(waybill, events, **more)], w.shop.now, by="message", follow=True)


def test_the_buyer_sees_where_the_parcel_is(back, express):
    w, _, case, waybill = back
    hear(w, express, waybill, "accepted", "in_transit", expected_at=w.shop.now + timedelta(days=1))
    page = text(w.client.get(f"/b/cases/{case}"))
    assert f"快送 {waybill}" in page
    assert "运输中" in page
    assert "预计" in page
    assert page.index("in_transit 的说明") < page.index("accepted 的说明"), "newest first"
    assert "廊坊分拨中心" in page


def test_before_the_first_scan_the_buyer_is_told_so(back, express):
    w, _, case, waybill = back
    hear(w, express, waybill)
    assert "承运商还没有轨迹" in text(w.client.get(f"/b/cases/{case}"))


FLAGS = {
    "lost": (("accepted", "lost"), timedelta(hours=9), "承运商报告丢失"), "abnormal": (("accepted", "abnormal"), timedelta(hours=9), "承运商报告异常"),
    "silent": (("accepted",), SILENT_AFTER + timedelta(hours=1), "没有新轨迹"),
}


@pytest.mark.parametrize("flag", FLAGS)
def test_trouble_is_flagged_for_buyer_merchant_and_warehouse(back, express, flag):
    w, case_id, case, waybill = back
    codes, ago, words = FLAGS[flag]
    hear(w, express, waybill, *codes, ago=ago)
    assert words in text(w.client.get(f"/b/cases/{case}"))
    assert words in text(w.desk.get(f"/m/cases/{case_id}"))
    assert words in text(w.desk.get("/w/"))


def test_the_warehouse_sees_state_and_expected_day(back, express):
    w, _, _, waybill = back
    hear(w, express, waybill, "accepted", "out_for_delivery", expected_at=w.shop.now + timedelta(days=2))
    page = text(w.desk.get("/w/"))
    assert "派送中" in page
    assert "预计" in page
    hear(w, express, waybill, "accepted", "out_for_delivery", "signed")
    page = text(w.desk.get("/w/"))
    assert "派送中" not in page
    assert "已签收" in page


def test_a_carrier_that_does_not_know_the_number_is_quoted(back, express):
    w, case_id, case, waybill = back
    hear(w, express, waybill, known=False, words="查无此单")
    assert "查无此单" in text(w.client.get(f"/b/cases/{case}"))
    assert "查无此单" in text(w.desk.get(f"/m/cases/{case_id}"))


def test_a_connected_carrier_is_offered_first_where_a_waybill_is_typed(world, express):
    case = world.shop.apply(world.order)
    world.shop.say(case, ApproveReturn(world.shop.address))
    page = text(world.client.get(f"/b/cases/{world.shop.row(case, 'number')[0]}/ship_back"))
    assert '<option value="快送">可自动查询轨迹</option>' in page
    assert page.index('value="快送"') < page.index('value="顺丰速运"')


@pytest.fixture
def slots(world, express):
    """The carrier comes tomorrow and the day after."""
    now = world.shop.now.replace(minute=0, second=0, microsecond=0)
    times = [(now + timedelta(hours=h), now + timedelta(hours=h + 2)) for h in (24, 26, 48)]
    with scope(world.house.pool, PLATFORM) as conn:
        store.set_slots(conn, express, times)
    yield times
    with scope(world.house.pool, PLATFORM) as conn:
        store.set_slots(conn, express, [])


def pick_up(w, slot=None, **more):
    case = w.shop.apply(w.order)
    w.shop.say(case, ApproveReturn(w.shop.address))
    address = f"/b/cases/{w.shop.row(case, 'number')[0]}/book_pickup"
    form = w.client.get(address)
    offered = re.findall(r'<option value="([^"]+)"', form.content.decode().split('name="slot"')[1].split("</select>")[0])
    sent = w.client.post(address, {**form_of(form, "act"), "address": "廊坊市广阳区 1 号", "slot": slot or offered[0], **more})
    return case, offered, sent


def test_a_courier_is_booked_at_a_time_the_carrier_offers(world, slots):
    case, offered, sent = pick_up(world)
    assert len(offered) == 3
    assert all(o.endswith(" 快送") for o in offered)
    assert sent.status_code == 302
    rows = world.shop.all("select carrier, starts_at, state from pickups where merchant_id = %s and case_id = %s", world.shop.merchant, case)
    assert rows == [("快送", slots[0][0], "asked")]
    page = text(world.client.get(f"/b/cases/{world.shop.row(case, 'number')[0]}"))
    assert "取消取件" in page
    assert "等承运商确认" in page
    assert "廊坊市广阳区 1 号 · 快送" in page
    assert "等承运商确认" in text(world.desk.get(f"/m/cases/{case}"))
    assert "已预约上门取件" in text(world.client.get(sent["Location"]))


def test_a_time_that_is_gone_comes_back_beside_the_field_with_the_address_kept(world, slots):
    _, _, sent = pick_up(world, slot="2020-01-01T09:00:00+08:00 快送", address="廊坊市 别处 7 号")
    assert sent.status_code == 422
    assert "这个时段不能约了" in text(sent)
    assert "廊坊市 别处 7 号" in text(sent)


def test_the_buyer_sends_the_courier_away(world, slots):
    case, _, _ = pick_up(world)
    name = world.shop.row(case, "number")[0]
    world.shop.say(case, PickupConfirmed(carrier="快送", waybill="CXABC12345", booking="Q7"), CARRIER)
    page = text(world.client.get(f"/b/cases/{name}"))
    assert "快送 CXABC12345" in page
    assert "承运商确认上门取件" in page
    assert "预约号 Q7" in page
    assert "待揽收" in page
    assert "已寄出" not in page
    form = world.client.get(f"/b/cases/{name}/cancel_pickup")
    assert form.status_code == 200
    assert world.client.post(f"/b/cases/{name}/cancel_pickup", {**form_of(form, "act"), "words": "改天"}).status_code == 302
    assert world.client.get(f"/b/cases/{name}/cancel_pickup").status_code == 409


def test_health_tells_the_houses_time(client, house):
    assert client.get("/health").json()["status"] == "ok"
    assert "T" in client.get("/health").json()["now"]
