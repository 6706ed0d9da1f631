"""Importing in the browser: upload, columns by hand, dry run, import, refused rows; the list and the page of an order."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from amends.engine import people
from amends.engine.importing import uploads
from amends.engine.orders import take_in
from amends.store.connect import PLATFORM, scope
from amends.worker.imports import run_waiting_imports
from tests.web.conftest import enter, walk_in

FILE = (
    "订单编号,买家会员名,收货人姓名,联系手机,拍下时间,实付款,订单状态,商家编码,宝贝标题\n"
    "W1,lin01,林小满,13812340071,2026-03-01 10:00:00,129.00,交易成功,CUP-01,雾蓝马克杯\n"
    "W2,lin01,林小满,13812340071,2026-03-02 10:00:00,0.01,卖家已发货,POT-02,铸铁壶\n"
    "W3,su02,苏苏,13900139000,2026-03-03 10:00:00,88.005,交易成功,CUP-01,雾蓝马克杯\n"
    "W4,su02,苏苏,13900139000,2026-03-03 11:00:00,1234567.89,快递丢失,CUP-01,雾蓝马克杯\n"
).encode("gb18030")
FORM = "number,state,buyer_id,placed_at,line_sku,line_title,line_paid\nF{n},completed,lin,2026-03-01,CUP,杯子,5\n"


@pytest.fixture
def empty(house: Any, shop: people.Person) -> None:
    """The shop without orders and imports."""
    with scope(house.pool, PLATFORM) as conn:
        for table in ("imports", "orders", "skus"):
            conn.execute(f"delete from {table} where merchant_id = %s", (shop.merchant_id,))


def test_columns_by_hand_dry_run_import_and_refused_rows(page: Page, site: str, house: Any, shop: people.Person, empty: None) -> None:
    walk_in(page, site, shop.email, "/m/import")
    page.get_by_label("订单文件").set_input_files({"name": "三月订单.csv", "mimeType": "text/csv", "buffer": FILE})
    page.get_by_role("button", name="上传并继续").click()
    expect(page.get_by_role("heading", name="选择各列")).to_be_visible()
    expect(page.get_by_label("订单号", exact=True)).to_have_value("订单编号")
    expect(page.get_by_label("手机号", exact=True)).to_have_value("联系手机")
    expect(page.get_by_label("SKU", exact=True)).to_have_value("商家编码")
    page.get_by_role("button", name="试导入").click()
    expect(page.get_by_text("请为每种订单状态选择对应的状态")).to_be_visible()
    expect(page.get_by_label("交易成功")).to_have_value("completed")
    page.get_by_label("快递丢失").select_option("on_hold")
    page.get_by_role("button", name="试导入").click()
    expect(page.get_by_text("已收到，等待后台开始")).to_be_visible()
    assert run_waiting_imports(house) == 1
    expect(page.get_by_text("试导入完成，还没有写入任何订单")).to_be_visible()  # the page refreshed itself
    row = page.get_by_role("row", name="88.005")
    expect(row.first).to_contain_text("不是 CNY 金额")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载全部").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "W3,su02" in text
    assert text.splitlines()[0] == "行,字段,原因,原文"
    with scope(house.pool, PLATFORM) as conn:
        assert conn.execute("select count(*) from orders where merchant_id = %s", (shop.merchant_id,)).fetchone() == (0,)
    page.get_by_role("button", name="正式导入 3 单").click()
    assert run_waiting_imports(house) == 1
    expect(page.get_by_text("导入完成")).to_be_visible()
    page.get_by_role("link", name="查看订单").click()
    expect(page.get_by_role("heading", name="订单")).to_be_visible()
    table = page.get_by_role("table")
    expect(table).to_contain_text("¥1,234,567.89")
    expect(table).to_contain_text("138****0071")
    expect(table).not_to_contain_text("13812340071")
    expect(table).not_to_contain_text("林小满")


def test_the_same_works_without_scripts(browser: Any, site: str, house: Any, shop: people.Person, empty: None) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    walk_in(page, site, shop.email, "/m/import")
    page.get_by_label("订单文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": FORM.format(n=1).encode()})
    page.get_by_label("格式").select_option("amends")
    page.get_by_role("button", name="上传并继续").click()
    assert run_waiting_imports(house) == 1
    page.reload()
    page.get_by_role("button", name="正式导入 1 单").click()
    assert run_waiting_imports(house) == 1
    page.reload()
    expect(page.get_by_text("导入完成")).to_be_visible()
    context.close()


def post(client: Any, path: str, **data: Any) -> Any:
    """Post with the form's own token, as a browser would."""
    client.get("/m/import")
    return client.post(path, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, **data}) if "csrftoken" in client.cookies else client.post(path, data)


def test_a_file_that_cannot_be_read_is_refused_beside_the_form(client: Any, house: Any, shop: people.Person, empty: None) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    enter(client, house, shop)
    answer = post(client, "/m/import", files=SimpleUploadedFile("老表.xls", b"\xd0\xcf\x11\xe0" + b"x" * 99), mapping="by_hand")
    assert answer.status_code == 422
    assert "老表.xls 是旧版 .xls" in answer.content.decode()
    assert post(client, "/m/import", mapping="by_hand").status_code == 422
    assert "还没有导入过" in client.get("/m/import").content.decode()


def test_only_who_may_import_sees_it_and_nobody_sees_anothers(client: Any, house: Any, shop: people.Person, clerk: people.Person, empty: None) -> None:
    made = uploads.upload(house.pool, shop.merchant_id, [("a.csv", FORM.format(n=1).encode())], shop.id, house.clock.now())
    assert isinstance(made, str)
    enter(client, house, clerk)
    assert client.get("/m/import").status_code == 403
    assert client.get(f"/m/import/{made}").status_code == 403
    other = people.make_merchant(house.pool, "别家", "jd", "SOP", people.Main(f"other-{made[-6:]}@else.test", "别人", "Correct-Horse-7"), house.clock.now())
    assert isinstance(other, people.Person)
    enter(client, house, other)
    for path in (f"/m/import/{made}", f"/m/import/{made}/refused.csv"):
        assert client.get(path).status_code == 404
    assert post(client, f"/m/import/{made}/again", how="real").status_code == 404


def test_an_order_is_masked_until_it_is_revealed_and_that_is_on_record(client: Any, house: Any, shop: people.Person, empty: None) -> None:
    money = {"amount": 12900, "currency": "CNY"}
    order = take_in(house.pool, shop.merchant_id, [{
        "number": "R1", "state": "received", "buyer_id": "lin", "currency": "CNY", "placed_at": "2026-03-01T10:00:00+08:00", "receiver": "林小满", "phone": "13812340071",
        "province": "河北省", "city": "廊坊市", "detail": "银河大街 1 号", "lines": [{"sku": "CUP", "title": "雾蓝马克杯", "paid": money}],
        "payments": [{"provider": "wx", "ref": "4200", "amount": money}], "parcels": [{"carrier": "sf", "waybill": "SF1"}],
    }], house.clock.now())[0]
    enter(client, house, shop)
    text = client.get(f"/m/orders/{order.id}").content.decode()
    for shown in ("R1", "雾蓝马克杯", "¥129.00", "138****0071", "SF1", "走“服务单”"):
        assert shown in text
    assert "13812340071" not in text
    assert "林小满" not in text
    assert "银河大街" not in text
    text = post(client, f"/m/orders/{order.id}/reveal").content.decode()
    assert "13812340071" in text
    assert "银河大街 1 号" in text
    with scope(house.pool, PLATFORM) as conn:
        assert conn.execute("select count(*) from audit where merchant_id = %s and action = 'revealed' and subject_id = %s", (shop.merchant_id, order.id)).fetchone() == (1,)
    for found in ("R1", "lin", "13812340071", "0071", "SF1"):
        assert "雾蓝马克杯" in client.get("/m/orders", {"q": found}).content.decode()
    assert "没有找到这样的订单" in client.get("/m/orders", {"q": "nobody"}).content.decode()
    assert "没有找到这样的订单" in client.get("/m/orders", {"state": "cancelled"}).content.decode()


def test_pages_of_the_list_follow_each_other_and_miss_none(client: Any, house: Any, shop: people.Person, empty: None) -> None:
    records = [{"number": f"P{i:03d}", "state": "preparing", "buyer_id": "lin", "currency": "CNY", "placed_at": "2026-03-01T10:00:00+08:00", "lines": [{"sku": "CUP", "title": "杯"}]}
               for i in range(120)]
    take_in(house.pool, shop.merchant_id, records, house.clock.now())
    enter(client, house, shop)
    seen: list[str] = []
    path = "/m/orders"
    while path:
        text = client.get(path).content.decode()
        seen += [part[:4] for part in text.split('class="t1 ink tnum"')[1:] for part in [part.split(">", 1)[1]]]
        path = "/m/orders" + text.split('rel="next" href="/m/orders')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert sorted(seen) == [r["number"] for r in records]
