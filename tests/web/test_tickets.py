"""Tickets on screens: the merchant's list and page, the platform's desk, opening, deciding, counting (05-tickets)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.core.actor import ALL, Actor, Party
from amends.core.cases.ticket import TICKET
from amends.core.verbs import ticket as v
from amends.engine import buyers
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import new_id
from amends.engine.ringing import ring
from amends.engine.ticket import NewTicket
from amends.engine.ticket_mail import TicketMail, open_from_mail
from amends.engine.tickets import open_ticket
from amends.web.catalogue import words
from amends.web.told import key_of
from amends.worker.effects import perform
from tests.engine.test_evidence_files import paper
from tests.shop import LIN, Shop
from tests.web.case_cast import stock_shop
from tests.web.conftest import enter


@pytest.fixture(scope="module")
def goods(house: Any, shop: Any) -> Shop:
    return stock_shop(house, shop)


def opened(goods: Shop, house: Any, by: Any = LIN, origin: str = "complaint", subject: str = "quality", ago: int = 0, **more: Any) -> Any:
    goods.now = house.clock.now() - timedelta(minutes=ago)
    if by is LIN and "number" not in more:
        order = goods.order(("CUP", 1, 12900))
        more["number"] = goods.all("select number from orders where id = %s", order)[0][0]
    answer = open_ticket(house.pool, goods.merchant, NewTicket(origin, subject, more.pop("words", "杯子有裂纹"), **more), by, goods.now, new_id())
    assert not isinstance(answer, list), [r.say("zh") for r in answer]
    return answer


def let_in(client: Any, house: Any, goods: Shop) -> None:
    client.get(f"/b/in/{buyers.make_link(house, goods.merchant, 'buyer-lin', house.clock.now(), name='小林')}")


def test_the_list_the_page_and_one_answer_a_turn(house, goods, shop, client):
    ticket = opened(goods, house, ago=125)
    enter(client, house, shop)
    page = client.get("/m/q/ticket-answer").content.decode()
    assert ticket.number in page
    assert "cd-urgent" in page
    page = client.get(f"/m/cases/{ticket.ticket_id}").content.decode()
    for said in ("杯子有裂纹", "请出示证明", "3 小时", "没有其他工单", "回复工单"):
        assert said in page, said
    sent = {"command_id": new_id(), "version": "1", "result": "", "words": "您好，给您换新"}
    refused = client.post(f"/m/cases/{ticket.ticket_id}/do/reply", sent)
    assert refused.status_code == 422
    assert "您好，给您换新" in refused.content.decode()
    assert client.post(f"/m/cases/{ticket.ticket_id}/do/reply", {**sent, "result": "approve"}).status_code == 303
    page = client.get(f"/m/cases/{ticket.ticket_id}").content.decode()
    assert "本轮已回复过" in page
    assert "同意客户诉求" in page
    late = client.post(f"/m/cases/{ticket.ticket_id}/do/reply", {"command_id": new_id(), "version": "2", "result": "reject", "words": "还有一句"})
    assert late.status_code == 409
    assert "还有一句" in late.content.decode()


def test_the_clock_runs_out_while_the_merchant_types(house, goods, shop, client):
    ticket = opened(goods, house, ago=60 * 25).ticket_id
    enter(client, house, shop)
    assert client.get(f"/m/cases/{ticket}/do/reply").status_code == 200
    for _ in range(2):
        ring(house.pool, goods.merchant, house.clock.now())
    sent = client.post(f"/m/cases/{ticket}/do/reply", {"command_id": new_id(), "version": "1", "result": "approve", "words": "正要回复"})
    page = sent.content.decode()
    assert sent.status_code == 409
    assert "正要回复" in page


def test_the_platform_decides_silence_and_pays_when_nothing_is_done(house, goods, operator, client):
    ticket = opened(goods, house, ago=60 * 25, asks="refund", amount=12900)
    for _ in range(2):
        ring(house.pool, goods.merchant, house.clock.now())
    perform(house.pool, goods.merchant, house.clock.now())
    enter(client, house, operator)
    desk = client.get("/p/tickets").content.decode()
    assert ticket.number in desk
    where = f"/p/tickets/{goods.merchant}/{ticket.ticket_id}"
    page = client.get(where).content.decode()
    assert "商家逾期未回复，视为无异议" in page
    assert 'value="129.00"' in page
    sent = {"command_id": new_id(), "decision": "refund", "amount": "", "words": "按诉求处理"}
    assert client.post(f"{where}/do/decide_ticket", sent).status_code == 422
    assert client.post(f"{where}/do/decide_ticket", {**sent, "amount": "129.00"}).status_code == 303
    page = client.get(where).content.decode()
    assert "平台处理结果：退款给客户" in page
    assert "到期未执行再代退" in page
    goods.now = house.clock.now() + timedelta(days=4)
    ring(house.pool, goods.merchant, goods.now)
    assert goods.say(ticket.ticket_id, v.RefundForMerchant(12900, "逾期"), operator.actor()).refusal is None
    assert "已解决" in client.get(where).content.decode()


def test_taking_handing_out_and_counting(house, goods, operator, client):
    ticket = opened(goods, house)
    goods.say(ticket.ticket_id, v.Reply("reissue_without_return", "补发给您"))
    enter(client, house, operator)
    chosen = f"{goods.merchant}~{ticket.ticket_id}~"
    assert client.post("/p/tickets/hand-out", {"tab": "open", "act": "mine", "case": [chosen]}).status_code == 303
    assert ticket.number in client.get("/p/tickets?tab=mine").content.decode()
    assert client.post("/p/tickets/hand-out", {"tab": "open", "act": "mine"}).status_code == 409
    assert "不退货补发" in client.get("/p/tickets/opinions").content.decode()
    file = client.get("/p/tickets/opinions.csv?period=7d")
    assert file["Content-Type"].startswith("text/csv")
    assert "转平台" in file.content.decode()


def test_the_platform_opens_a_regulators_ticket_and_closes_it_with_a_document(house, goods, operator, client):
    enter(client, house, operator)
    assert "下一步" in client.get("/p/tickets/new").content.decode()
    form = {"command_id": new_id(), "merchant": goods.merchant, "origin": "regulator", "subject": "", "words": "12315 转来举报", "asks": "explain"}
    refused = client.post("/p/tickets/new", form)
    assert refused.status_code == 422
    assert "12315 转来举报" in refused.content.decode()
    made = client.post("/p/tickets/new", {**form, "subject": "authenticity"})
    assert made.status_code == 303
    assert client.post("/p/tickets/new", {**form, "subject": "authenticity"})["Location"] == made["Location"]
    where = made["Location"]
    page = client.get(where).content.decode()
    assert "加急" in page
    closed = client.post(f"{where}/do/close_ticket", {"command_id": new_id(), "words": "已回函"})
    assert "工商举报投诉需附证明文件才能结束" in closed.content.decode()


def test_notices_of_tickets_have_words_and_lead_to_the_ticket(house, goods, shop, client):
    ticket = opened(goods, house, words="请尽快")
    perform(house.pool, goods.merchant, house.clock.now())
    enter(client, house, shop)
    page = client.get("/m/notices").content.decode()
    assert "收到一张工单，请在" in page
    assert ticket.number in page


def test_a_person_without_the_permission_sees_no_form(house, goods, clerk, client):
    ticket = opened(goods, house)
    enter(client, house, clerk)
    answer = client.post(f"/m/cases/{ticket.ticket_id}/do/reply", {"command_id": new_id(), "version": "1", "result": "approve", "words": "好"})
    assert answer.status_code == 403
    assert client.get("/p/tickets").status_code == 403


def test_a_buyer_opens_answers_and_solves_on_the_phone(house, goods, client):
    goods.now = house.clock.now()
    order = goods.order(("CUP", 1, 12900))
    number = goods.all("select number from orders where id = %s", order)[0][0]
    let_in(client, house, goods)
    assert "投诉或咨询" in client.get(f"/b/orders/{number}").content.decode()
    form = {"command_id": new_id(), "origin": "complaint", "subject": "", "words": "杯子有裂纹", "asks": "refund", "amount": "129"}
    refused = client.post(f"/b/orders/{number}/ticket", form)
    assert refused.status_code == 422
    assert "杯子有裂纹" in refused.content.decode()
    sent = client.post(f"/b/orders/{number}/ticket", {**form, "subject": "quality"})
    assert sent.status_code == 303
    assert client.post(f"/b/orders/{number}/ticket", {**form, "subject": "quality"})["Location"] == sent["Location"]
    where = sent["Location"].partition("?")[0]
    page = client.get(where).content.decode()
    assert "等商家答复" in page
    ticket = goods.all("select id::text from cases where number = %s and merchant_id = %s", where.rpartition("/")[2], goods.merchant)[0][0]
    goods.say(ticket, v.Reply("approve", "给您换新"))
    page = client.get(where).content.decode()
    assert "给您换新" in page
    assert "问题已解决" in page
    assert client.post(where, {"command_id": new_id(), "do": "follow_up", "words": ""}).status_code == 422
    assert client.post(where, {"command_id": new_id(), "do": "follow_up", "words": "什么时候寄"}).status_code == 303
    goods.say(ticket, v.Reply("approve", "明天"))
    assert client.post(where, {"command_id": new_id(), "do": "resolve_ticket"}).status_code == 303
    assert "已解决" in client.get("/b/").content.decode() or "已解决" in client.get(where).content.decode()


def test_a_buyer_sees_no_ticket_of_the_platforms_about_the_same_order(house, goods, operator, client):
    goods.now = house.clock.now()
    order = goods.order(("CUP", 1, 12900))
    number = goods.all("select number from orders where id = %s", order)[0][0]
    theirs = opened(goods, house, operator.actor(), "regulator", "authenticity", number=number, words="监管转办")
    let_in(client, house, goods)
    assert client.get(f"/b/tickets/{theirs.number}").status_code == 404
    assert client.get(f"/b/cases/{theirs.number}").status_code == 404
    assert theirs.number not in client.get(f"/b/orders/{number}").content.decode()


def test_a_ticket_about_no_order_has_every_page(house, goods, shop, operator, client):
    ticket = opened(goods, house, operator.actor(), "regulator", "service", words="监管转办，没有订单号").ticket_id
    enter(client, house, shop)
    for address in (f"/m/cases/{ticket}", f"/m/cases/{ticket}/do/reply", "/m/q/ticket-all", "/m/q/ticket-answer?due=red", f"/m/cases/{ticket}/dossier"):
        assert client.get(address).status_code == 200, address
    enter(client, house, operator)
    for address in (f"/p/cases/{goods.merchant}/{ticket}", f"/p/tickets/{goods.merchant}/{ticket}", "/p/cases?f=1&kind=ticket", "/p/tickets?tab=all&origin=regulator&text=T-2026-000001"):
        assert client.get(address).status_code == 200, address


TOLD = {"tell_other_side": ("buyer", "platform"), "inform_platform": ("platform",), "tell_transferred": ("merchant",), "hand_to_platform": ("platform",)}


@pytest.mark.parametrize(("reader", "event"), sorted({
    (reader, "ticket_transferred" if effect.__name__ == "hand_to_platform" else step.command.event)
    for state in TICKET.states.values() for step in state.steps for effect in step.then for reader in TOLD.get(effect.__name__, ())
}))
def test_what_the_other_side_is_told_has_words(reader, event):
    assert key_of(reader, event, "ticket") in words()


def test_the_look_before_an_answer_names_who_is_waited_for_then(house, goods, shop, client):
    ticket = opened(goods, house).ticket_id
    enter(client, house, shop)
    page = client.get(f"/m/cases/{ticket}/do/reply?result=approve&words=x").content.decode()
    assert "客户须在" in page
    assert "平台须在" not in page


def test_a_document_on_a_ticket_is_only_saved_and_nothing_in_it_runs(house, goods, operator, client):
    ticket = opened(goods, house)
    file = take_evidence(goods.pool, goods.merchant, paper(), "agent", goods.now)
    assert goods.say(ticket.ticket_id, v.Reply("approve", "见附件", photos=[file])).refusal is None
    enter(client, house, operator)
    page = client.get(f"/p/tickets/{goods.merchant}/{ticket.ticket_id}").content.decode()
    address = page.split(f'{file}"')[0].rsplit('"', 1)[1] + file
    sent = client.get(address)
    assert (sent.status_code, sent["Content-Disposition"][:10], "sandbox" in sent["Content-Security-Policy"]) == (200, "attachment", True)


def test_a_buyer_brings_a_document_and_reads_one(house, goods, client):
    let_in(client, house, goods)
    number = goods.all("select number from orders where id = %s", goods.order(("CUP", 1, 12900)))[0][0]
    form = client.get(f"/b/orders/{number}/ticket").content.decode()
    assert "application/pdf" in form
    sent = {"command_id": new_id(), "origin": "complaint", "subject": "quality", "words": "检测报告见附件", "asks": "refund", "photos": [SimpleUploadedFile("a.pdf", paper())]}
    made = client.post(f"/b/orders/{number}/ticket", sent)
    assert made.status_code == 303, made.content.decode()
    page = client.get(made["Location"]).content.decode()
    assert " download><i" in page
    more = client.post(made["Location"].split("?")[0], {"command_id": new_id(), "do": "follow_up", "words": "再补一份", "photos": [SimpleUploadedFile("b.pdf", paper() + b"\n")]})
    assert more.status_code == 303, more.content.decode()
    assert client.get(made["Location"]).content.decode().count(" download><i") == 2


def test_an_amount_about_an_order_in_yen_is_read_in_yen(house, goods, operator, client):
    order = goods.order(("CUP", 1, 12900))
    goods.all("update orders set currency = 'JPY' where id = %s returning id", order)
    number = goods.all("select number from orders where id = %s", order)[0][0]
    enter(client, house, operator)
    form = {"command_id": new_id(), "merchant": goods.merchant, "origin": "complaint", "subject": "quality", "words": "裂纹", "asks": "refund", "number": number, "amount": "19.99"}
    refused = client.post("/p/tickets/new", form)
    assert refused.status_code == 422
    assert "JPY" in refused.content.decode()
    assert client.post("/p/tickets/new", {**form, "amount": "1999"}).status_code == 303
    assert goods.all("select (facts ->> 'asked_amount')::int, currency from cases where kind = 'ticket' and order_id = %s", order) == [(1999, "JPY")]


OTHER = Actor(Party.PLATFORM, new_id(), "同事", None, ALL)


def dear(goods, house, operator, client):
    """A transferred ticket above the amount one person decides, and where it stands."""
    order = goods.order(("CUP", 1, 90_000))
    ticket = opened(goods, house, ago=60 * 25, asks="refund", number=goods.all("select number from orders where id = %s", order)[0][0])
    for _ in range(2):
        ring(house.pool, goods.merchant, house.clock.now())
    enter(client, house, operator)
    return ticket, f"/p/tickets/{goods.merchant}/{ticket.ticket_id}"


def test_above_the_amount_a_second_person_is_asked_on_the_desk(house, goods, operator, shop, client):
    ticket, where = dear(goods, house, operator, client)
    assert "退款最多 ¥900.00，赔付最多 ¥2,700.00" in client.get(where).content.decode()
    done = client.post(f"{where}/do/decide_ticket", {"command_id": new_id(), "decision": "refund", "amount": "900.00", "words": "按诉求处理"})
    assert done["Location"].endswith("done=waits")
    page = client.get(done["Location"]).content.decode()
    for said in ("已提交，待另一人复核", "待复核：退款给客户 ¥900.00", "这是你提交的，请由另一人复核"):
        assert said in page, said
    assert ticket.number in client.get("/p/tickets?tab=second").content.decode()
    assert client.post(f"{where}/do/approve_decision", {"command_id": new_id(), "words": ""}).status_code == 409
    assert goods.say(ticket.ticket_id, v.ReturnDecision("先核对签收"), OTHER).refusal is None
    assert ticket.number not in client.get("/p/tickets?tab=second").content.decode()
    assert goods.say(ticket.ticket_id, v.DecideTicket("refund", 90_000, words="已核对"), OTHER).refusal is None
    assert client.post(f"{where}/do/approve_decision", {"command_id": new_id(), "words": "同意"}).status_code == 303
    assert f"{operator.name} 复核" in client.get(where).content.decode()
    enter(client, house, shop)
    seen = client.get(f"/m/cases/{ticket.ticket_id}").content.decode()
    assert "先核对签收" not in seen, "what one of the platform says to another stays there"
    assert "已核对" in seen


def test_the_platforms_forms_keep_what_is_typed(house, goods, operator, client):
    _, where = dear(goods, house, operator, client)
    assert client.post(f"{where}/draft/decide_ticket", {"decision": "refund", "amount": "12.00", "words": "写到一半"}).status_code == 204
    page = client.get(where).content.decode()
    assert "写到一半" in page
    assert "已恢复上次没提交的内容" in page
    assert client.post(f"{where}/do/decide_ticket", {"command_id": new_id(), "decision": "refund", "amount": "12.00", "words": "写完了"}).status_code == 303
    assert "写到一半" not in client.get(where).content.decode()
    new = {"merchant": goods.merchant, "origin": "regulator", "words": "举报写到一半", "title": "举报"}
    assert client.post("/p/tickets/new/draft", new).status_code == 204
    assert "举报写到一半" in client.get(f"/p/tickets/new?merchant={goods.merchant}").content.decode()
    made = client.post("/p/tickets/new", {**new, "command_id": new_id(), "subject": "quality", "asks": "explain"})
    assert made.status_code == 303
    assert "举报写到一半" not in client.get(f"/p/tickets/new?merchant={goods.merchant}").content.decode()


def test_a_refused_second_answer_is_there_when_the_turn_comes(house, goods, shop, client):
    ticket = opened(goods, house)
    enter(client, house, shop)
    goods.say(ticket.ticket_id, v.Reply("approve", "给您换新"))
    where = f"/m/cases/{ticket.ticket_id}"
    assert client.post(f"{where}/do/reply", {"command_id": new_id(), "version": "2", "result": "reject", "words": "补充一句"}).status_code == 409
    goods.say(ticket.ticket_id, v.FollowUp("还有吗"), LIN)
    page = client.get(f"{where}/do/reply").content.decode()
    assert "补充一句" in page
    assert "已恢复上次没提交的内容" in page


def test_a_mails_subject_is_told_from_its_words_and_put_right_by_one_click(house, goods, shop, operator, client):
    now = house.clock.now()
    made = open_from_mail(house.pool, goods.merchant, TicketMail(f"<{new_id()}@m>", "gov@example.org", "转办", "客户称怀疑假货，要求核实", now), now)
    enter(client, house, shop)
    where = f"/m/cases/{made.ticket_id}"
    page = client.get(where).content.decode()
    assert "质疑真伪" in page
    assert "按来信判断：假货" in page
    sent = {"command_id": new_id(), "version": "1", "subject": "weight"}
    assert client.post(f"{where}/do/set_subject", sent).status_code == 303
    assert client.post(f"{where}/do/set_subject", sent).status_code == 303, "a double click is one"
    page = client.get(where).content.decode()
    assert "按来信判断" not in page
    assert goods.row(made.ticket_id, "reason, version") == ("weight", 2)
    assert client.post(f"{where}/do/set_subject", {"command_id": new_id(), "subject": "other"}).status_code == 409, "what somebody has said stands for the merchant"
    enter(client, house, operator)
    desk = f"/p/tickets/{goods.merchant}/{made.ticket_id}"
    assert 'value="quality"' in client.get(desk).content.decode()
    assert client.post(f"{desk}/do/set_subject", {"command_id": new_id(), "subject": "quality"}).status_code == 303
    nothing = open_from_mail(house.pool, goods.merchant, TicketMail(f"<{new_id()}@m>", "gov@example.org", "", "您好", now), now)
    assert "来信里没有认出主题" in client.get(f"/p/tickets/{goods.merchant}/{nothing.ticket_id}").content.decode()
