"""Stock pages: the list, what is held for whom, one place with its movements, counting, low marks, quarantine, files, switches."""

from __future__ import annotations

import html
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.verbs import review as v
from amends.engine import people
from amends.engine.audit import By
from amends.engine.stock_settings import declare
from amends.store.connect import scope
from tests.shop import Shop
from tests.web.case_cast import grant, leaking_cup, stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: people.Person) -> Shop:
    """The shop with goods."""
    return stock_shop(house, shop)


def put(goods: Shop, sku: str, on_hand: int = 4, quarantine: int = 0) -> str:
    """A SKU of this test's own; answers its page."""
    with scope(goods.pool, UUID(goods.merchant)) as conn:
        conn.execute("insert into stock (merchant_id, sku, on_hand, quarantine) values (%s, %s, %s, %s)", (goods.merchant, sku, on_hand, quarantine))
    return f"/m/stock/place?sku={sku}"


def body(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_list_is_found_and_filtered(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    with scope(goods.pool, UUID(goods.merchant)) as conn:
        conn.execute("update stock set low_at = 5, quarantine = 2 where merchant_id = %s and sku = 'CUP'", (goods.merchant,))
        conn.execute("insert into stock (merchant_id, sku, warehouse, on_hand) values (%s, 'CUP', '南仓', 3)", (goods.merchant,))
    everything = body(me.get("/m/stock"))
    assert all(sku in everything for sku in ("CUP-BLACK", "CUP-CLAY", "南仓", "默认仓", "预警 5"))
    assert "CUP-BLACK" not in body(me.get("/m/stock?view=low"))
    assert "CUP-BLACK" not in body(me.get("/m/stock?view=quarantine"))
    assert "没有为售后单占用的库存" in body(me.get("/m/stock?view=held"))
    assert "CUP-CLAY" not in body(me.get("/m/stock?q=black"))
    assert "没有符合条件的商品" in body(me.get("/m/stock?q=100%25_"))
    assert "CUP-BLACK" not in body(me.get("/m/stock?warehouse=%E5%8D%97%E4%BB%93"))
    for odd in ("q=%00", "after=%00", "warehouse=*", "view=zzz", "after=CUP&place="):
        assert me.get(f"/m/stock?{odd}").status_code == 200


def test_what_is_held_says_for_whom(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    assert "没有为售后单占用的库存" in body(me.get("/m/stock/held?sku=NONE"))
    case, place = leaking_cup(goods), "/m/stock/place?sku=CUP"
    assert goods.say(case, v.ReissueWithoutReturn()).refusal is None
    held = body(me.get("/m/stock/held?sku=CUP"))
    assert goods.row(case, "number")[0] in held
    assert "周*满" in held or "周**" in held
    assert "发出为止" in held
    page = body(me.get(place))
    assert "占用 +1" in page
    assert "不退货补发新品" in page


def test_counting_is_written_down_and_refused_beside_its_field(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    put(goods, "COUNTED")
    assert goods.say(leaking_cup(goods), v.ReissueWithoutReturn(sku="COUNTED")).refusal is None
    refused = me.post("/m/stock/count", {"sku": "COUNTED", "warehouse": "", "on_hand": "0"})
    assert refused.status_code == 422
    assert "有 1 件已为服务单预留" in body(refused)
    assert me.post("/m/stock/count", {"sku": "COUNTED", "on_hand": "x"}).status_code == 422
    done = me.post("/m/stock/count", {"sku": "COUNTED", "on_hand": "9"})
    assert (done.status_code, done["Location"]) == (302, "/m/stock/place?sku=COUNTED&done=counted")
    page = body(me.get(done["Location"]))
    assert "现有 +5" in page
    assert shop.name in page
    assert me.post("/m/stock/count", {"sku": "NONE", "on_hand": "x"}).status_code == 404


def test_a_low_mark_is_kept_and_taken_off(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me, place = enter(client, house, shop), put(goods, "MARKED")
    assert me.post("/m/stock/low", {"sku": "MARKED", "low_at": "4"}).status_code == 302
    assert "低库存" in body(me.get(place))
    assert me.post("/m/stock/low", {"sku": "MARKED", "low_at": "-1"}).status_code == 422
    assert me.post("/m/stock/low", {"sku": "MARKED", "low_at": ""}).status_code == 302
    assert goods.all("select low_at from stock where merchant_id = %s and sku = 'MARKED'", goods.merchant) == [(None,)]


def test_quarantine_is_decided_with_a_reason(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me, place = enter(client, house, shop), put(goods, "LOOKED-AT", 4, 3)
    assert "隔离 3 件" in body(me.get(place))
    refused = me.post("/m/stock/dispose", {"sku": "LOOKED-AT", "quantity": "5", "to": "scrap", "reason": "杯身开裂"})
    assert refused.status_code == 422
    assert "杯身开裂" in body(refused)
    assert me.post("/m/stock/dispose", {"sku": "LOOKED-AT", "quantity": "3", "to": "scrap", "reason": "杯身开裂"}).status_code == 302
    assert "报废 +3" in body(me.get(place))


FILE = "SKU,仓库,现有数量,增减数量,版本\nFILED,,7,,12\nNEW,南仓,3,,\nCUP-CLAY,,,-2,\nBAD,,x,,\n,,1,,\n"


def test_a_file_is_tried_and_then_taken_in_once(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    assert me.get("/m/stock/file").status_code == 200
    assert "CUP-BLUE-400" in me.get("/m/stock/template.csv").content.decode()
    tried = me.post("/m/stock/file", {"file": SimpleUploadedFile("库存.csv", FILE.encode(), "text/csv")})
    assert tried.status_code == 200
    shown = body(tried)
    assert "还没有写入" in shown
    assert "写入 3 行" in shown
    assert "“现有数量”" in shown or "on_hand" in shown
    assert goods.all("select on_hand from stock where merchant_id = %s and sku = 'FILED'", goods.merchant) == []
    kept = html.unescape(tried.content.decode().split('name="kept" value="')[1].split('"')[0])
    for clay in (15, 15):
        taken = me.post("/m/stock/file", {"kept": kept})
        assert "已写入库存" in body(taken)
        assert goods.all("select on_hand from stock where merchant_id = %s and sku = 'CUP-CLAY'", goods.merchant) == [(clay,)]
    assert goods.all("select on_hand, version from stock where merchant_id = %s and sku = 'FILED'", goods.merchant) == [(7, 12)]


@pytest.mark.parametrize(("content", "words"), [(b"a,b\n1,2\n", "SKU"), (b"SKU,x\nCUP,1\n", "现有数量"), (b"\x00\x01PK", "文件"), (b"", "文件"), (b"SKU,on_hand\n", "文件")])
def test_a_file_that_is_none_says_so(client: Any, house: Any, shop: people.Person, goods: Shop, content: bytes, words: str) -> None:
    answer = enter(client, house, shop).post("/m/stock/file", {"file": SimpleUploadedFile("x.csv", content, "text/csv")})
    assert answer.status_code in (409, 422)
    assert words in body(answer)


@pytest.mark.parametrize("kept", ["", "[]", '["a","b",[[1,2]]]', '["a","m",[[1,"CUP","",1.5,null,null,""]]]', '["a","m",[[1,"CUP","",1,null,null,""],[2,"X","",null,3,null,""]]]'])
def test_what_comes_back_is_looked_at_again(client: Any, house: Any, shop: people.Person, goods: Shop, kept: str) -> None:
    assert enter(client, house, shop).post("/m/stock/file", {"kept": kept}).status_code in (200, 409, 422)


def test_who_only_reads_sees_and_changes_nothing(client: Any, house: Any, shop: people.Person, clerk: people.Person, goods: Shop) -> None:
    grant(house, shop, clerk, "read")
    place = put(goods, "ONLY-READ")
    me = enter(client, house, clerk)
    assert "改为实际数量" not in body(me.get(place))
    for path in ("count", "low", "dispose", "file"):
        assert me.post(f"/m/stock/{path}", {"sku": "CUP", "on_hand": "1"}).status_code == 403


SETTINGS = "/m/settings/stock"


def test_switches_are_kept_and_refused_where_stock_cannot_be_held(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    both = {"exchange_only_with_stock": "1", "exchange_locks_stock": "1", "hold_days": "10"}
    assert me.post(SETTINGS, both).status_code == 302
    kept = goods.all("select settings from merchants where id = %s", goods.merchant)[0][0]
    assert (kept["exchange_locks_stock"], kept["deduct_offline"], kept["hold_days"]) == (True, False, 10)
    partitioned = me.post(SETTINGS, {**both, "partitioned": "1"})
    assert partitioned.status_code == 422
    assert "分区库存商家不能占用库存" in body(partitioned)
    erp = me.post(SETTINGS, {**both, "connector": "erp-a"})
    assert "还没有声明支持占库存" in body(erp)
    assert 'value="erp-a"' in body(erp)
    assert me.post(SETTINGS, {**both, "connector": "erp-a", "holds": "1"}).status_code == 302
    assert me.post(SETTINGS, {"hold_days": "10", "partitioned": "1", "deduct_offline": "1"}).status_code == 302
    assert me.post(SETTINGS, {"hold_days": "61"}).status_code == 422
    assert me.post(SETTINGS, {"hold_days": "x"}).status_code == 422


def test_a_connector_that_takes_its_word_back_is_told(client: Any, house: Any, shop: people.Person, goods: Shop) -> None:
    me = enter(client, house, shop)
    assert me.post(SETTINGS, {"exchange_locks_stock": "1", "hold_days": "10", "connector": "erp-a", "holds": "1"}).status_code == 302
    assert declare(goods.pool, By(shop.actor()), goods.merchant, "erp-a", False, goods.now) is None
    page = body(me.get(SETTINGS))
    assert "占用开关暂不生效" in page
    assert "erp-a" in page
