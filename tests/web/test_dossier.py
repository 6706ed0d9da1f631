"""Dossiers and reply templates on the pages (DI-10, DI-12): each side its own, whole copies on record, a picture into the message."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from amends.core.dossier_check import check
from amends.engine import buyers
from amends.engine.dispute import Opened, Opening
from amends.engine.disputes import open_dispute
from amends.engine.ids import new_id
from amends.engine.ticket import NewTicket, TicketOpened
from amends.engine.tickets import open_ticket
from tests.engine.dossier_case import parcel_of
from tests.shop import LIN
from tests.web.case_cast import leaking_cup, stock_shop
from tests.web.conftest import enter, walk_in


@pytest.fixture(scope="module")
def desk(house: Any, shop: Any) -> SimpleNamespace:
    """The merchant's desk with a case whose order went out in a parcel."""
    made = stock_shop(house, shop)
    case = leaking_cup(made)
    order, number = made.all("select order_id::text, number from cases where id = %s", case)[0]
    parcel_of(made, order)
    return SimpleNamespace(shop=made, main=shop, case=case, number=number)


def test_the_merchant_opens_it_from_the_case_page(client, house, desk):
    enter(client, house, desk.main)
    page = client.get(f"/m/cases/{desk.case}").content.decode()
    assert f"/m/cases/{desk.case}/dossier" in page
    pdf = client.get(f"/m/cases/{desk.case}/dossier.pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    data = client.get(f"/m/cases/{desk.case}/dossier.json").content
    assert check(data) == []
    assert "周**" in data.decode()
    bundle = client.get(f"/m/cases/{desk.case}/dossier.zip")
    assert b"".join(bundle.streaming_content)[:4] == b"PK\x03\x04"
    listed = client.get(f"/m/cases/{desk.case}/dossier").content.decode()
    row = desk.shop.all("select id::text, encode(json_sha256, 'hex') from dossiers where case_id = %s and side = 'merchant'", desk.case)
    assert len(row) == 1
    assert row[0][1] in listed
    assert client.get(f"/m/cases/{desk.case}/dossiers/{row[0][0]}.json").content == data
    assert client.get(f"/m/cases/{desk.case}/dossier.exe").status_code == 404


def test_the_buyer_gets_the_buyers_copy_and_nobody_elses(client, house, desk):
    client.get(f"/b/in/{buyers.make_link(house, desk.shop.merchant, 'buyer-lin', house.clock.now(), name='小林')}")
    assert f"/b/cases/{desk.number}/dossier" in client.get(f"/b/cases/{desk.number}").content.decode()
    told = json.loads(client.get(f"/b/cases/{desk.number}/dossier.json").content)
    assert (told["made_for"]["side"], told["order"]["receiver"]) == ("buyer", "周小满")
    assert "当前卷宗" not in client.get(f"/b/cases/{desk.number}/dossier").content.decode()
    merchants = desk.shop.all("select id::text from dossiers where case_id = %s and side = 'merchant'", desk.case)
    assert client.get(f"/b/cases/{desk.number}/dossiers/{merchants[0][0]}.json").status_code == 404
    client.get(f"/b/in/{buyers.make_link(house, desk.shop.merchant, 'buyer-su', house.clock.now(), name='苏苏')}")
    assert client.get(f"/b/cases/{desk.number}/dossier.pdf").status_code == 404


def test_a_whole_copy_for_a_court_is_on_record(client, house, desk, operator):
    enter(client, house, operator)
    base = f"/p/cases/{desk.shop.merchant}/{desk.case}"
    assert f"{base}/dossier" in client.get(base).content.decode()
    masked = json.loads(client.get(f"{base}/dossier.json").content)
    assert masked["order"]["receiver"] == "周**"
    assert client.post(f"{base}/dossier/whole").status_code == 303
    ((whole,),) = desk.shop.all("select id::text from dossiers where case_id = %s and unmasked", desk.case)
    told = json.loads(client.get(f"{base}/dossiers/{whole}.json").content)
    assert told["order"]["receiver"] == "周小满"
    assert told["seal"]["history"] == masked["seal"]["history"]
    acts = [a for (a,) in desk.shop.all("select action from audit where action like 'dossier%%' and actor_kind = 'platform' order by at, id")]
    assert acts == ["dossier_made", "dossier_made_full", "dossier_taken"]
    assert "完整" in client.get(f"{base}/dossier").content.decode()


def test_a_template_is_chosen_without_a_script_and_what_cannot_be_filled_says_so(client, house, desk):
    enter(client, house, desk.main)
    menu = client.get(f"/m/cases/{desk.case}/replies").content.decode()
    assert "显示签收，请确认" in menu
    assert "还没有同意的退款金额" in menu
    form = client.get(f"/m/cases/{desk.case}/replies/lost_signed").content.decode()
    assert "顺丰速运 显示运单 SF1380000012345 已于" in form
    lacking = client.get(f"/m/cases/{desk.case}/replies/refund_arrived")
    assert lacking.status_code == 409
    assert "这张单还没有；请选择其他模板" in lacking.content.decode()
    assert client.get(f"/m/cases/{desk.case}/replies/nothing").status_code == 404


def test_a_picture_of_the_trace_goes_with_the_message(client, house, desk):
    enter(client, house, desk.main)
    form = {"words": "请看物流", "attach": "trace", "command_id": "01a20469-06a5-7edb-8b10-b8e286307210"}
    shown = client.post(f"/m/cases/{desk.case}/attach/say", form).content.decode()
    assert "请看物流" in shown
    picture = shown.split('name="photos_kept" value="')[1].split('"')[0]
    sent = client.post(f"/m/cases/{desk.case}/do/say", {**form, "photos_kept": picture})
    assert sent.status_code == 303
    ((files,),) = desk.shop.all("select file_ids::text[] from messages where case_id = %s and body = '请看物流'", desk.case)
    assert files == [picture]
    assert client.get(f"/files/{picture}")["Content-Type"] == "image/png"
    nothing = client.post(f"/m/cases/{desk.case}/attach/say", {**form, "attach": "refund"})
    assert nothing.status_code == 409
    assert "不能附退款记录图" in nothing.content.decode()


def test_a_picture_of_the_trace_is_filed_as_evidence(client, house, desk):
    enter(client, house, desk.main)
    order = desk.shop.order(("CUP", 1, 13900))
    parcel_of(desk.shop, order, "SF1380000099999")
    disputed = open_dispute(house.pool, desk.shop.merchant, Opening(order, "logistics_lost", "refund", "没有收到"), LIN, desk.shop.now, new_id())
    assert isinstance(disputed, Opened), disputed
    form = {"evidence": "waybill_trace", "words": "承运商轨迹显示已签收", "attach": "trace", "command_id": new_id()}
    shown = client.post(f"/m/cases/{disputed.case_id}/attach/add_evidence", form).content.decode()
    picture = shown.split('name="photos_kept" value="')[1].split('"')[0]
    sent = client.post(f"/m/cases/{disputed.case_id}/do/add_evidence", {**form, "photos_kept": picture})
    assert sent.status_code == 303
    told = json.loads(client.get(f"/m/cases/{disputed.case_id}/dossier.json").content)
    assert [(e["id"], e["about"]["zh"], e["note"]) for e in told["evidence"]] == [(picture, "物流轨迹", "承运商轨迹显示已签收")]


def test_buyers_find_it_on_disputes_and_tickets_too(client, house, desk):
    order = desk.shop.order(("CUP", 1, 13900))
    number = desk.shop.all("select number from orders where id = %s", order)[0][0]
    disputed = open_dispute(house.pool, desk.shop.merchant, Opening(order, "goods_quality", "refund", "坏了"), LIN, desk.shop.now, new_id())
    ticket = open_ticket(house.pool, desk.shop.merchant, NewTicket("complaint", "quality", "杯子有裂纹", number=number), LIN, desk.shop.now, new_id())
    assert isinstance(disputed, Opened)
    assert isinstance(ticket, TicketOpened)
    client.get(f"/b/in/{buyers.make_link(house, desk.shop.merchant, 'buyer-lin', house.clock.now(), name='小林')}")
    for case, page in ((disputed.number, f"/b/cases/{disputed.number}"), (ticket.number, f"/b/tickets/{ticket.number}")):
        assert f"/b/cases/{case}/dossier" in client.get(page).content.decode()
        assert f'href="{page}"' in client.get(f"/b/cases/{case}/dossier").content.decode()
        assert check(client.get(f"/b/cases/{case}/dossier.json").content) == []


def test_templates_are_edited_in_the_settings(client, house, desk):
    enter(client, house, desk.main)
    assert "要补的照片" not in client.get("/m/settings/replies").content.decode()
    fields = {"id": "quality_photos", "scenario": "goods_quality", "name_zh": "要补的照片", "name_en": "Photos", "words_zh": "{buyer}，请补照片", "words_en": "{buyer}, photos", "active": "on"}
    assert client.post("/m/settings/replies", fields).status_code == 302
    assert "周**，请补照片" in client.get(f"/m/cases/{desk.case}/replies/quality_photos").content.decode()
    wrong = client.post("/m/settings/replies", {**fields, "words_zh": "{tel} 改了一半"})
    assert wrong.status_code == 422
    assert "{tel} 改了一半" in wrong.content.decode()
    assert "不是可用的填充项" in wrong.content.decode()
    assert client.post("/m/settings/replies/drop", {"id": "quality_photos"}).status_code == 302
    assert "要补的照片" not in client.get("/m/settings/replies").content.decode()


def test_the_menu_opens_beside_the_message(page, site, desk):
    walk_in(page, site, "xiaoman@chengwu.test", f"/m/cases/{desk.case}")
    page.locator(".story-tabs label").nth(1).click()
    page.locator(".tpl summary").click()
    page.get_by_role("link", name="显示签收，请确认").click()
    page.wait_for_url(lambda url: "/replies/lost_signed" in url)
    assert "SF1380000012345" in page.locator("#act textarea[name=words]").input_value()
