"""Mails find their tickets, once, and nothing else does (TI-4)."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

from amends.core.mail.reading import Read
from amends.engine import mail_desk, mail_placing, mailboxes
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.mail_keeping import keep
from amends.engine.mail_writing import send_again
from amends.store import mails
from amends.worker.mail_placing import place_kept
from tests.mail_house import BY, box, letter, rows
from tests.mail_servers import Post, post
from tests.mail_tickets import answered, come, complaint, house, mail_of, mailreader, reply, said, send, shop, tickets
from tests.shop import Shop, open_shop

__all__ = ["house", "post", "shop"]


def test_a_mail_to_a_merchants_mailbox_opens_a_ticket_and_its_answer_threads(house: House, shop: Shop, post: Post):
    mailbox, address = box(house, merchant=shop.merchant, smtp=post.port, plus=True)
    come(house, mailbox, letter(address, "您好，商品漏水。\n\n-- \n平台客服", Message_ID="<first@platform.test>"))
    [(ticket, number, state, origin, title)] = tickets(shop)
    assert (state, origin, title) == ("awaiting_merchant", "email", "投诉：瓷杯漏水")
    assert said(shop) == [("platform", "平台客服", "您好，商品漏水。", 0)]
    reply(shop, ticket)
    send(house)
    [(envelope, to, raw)] = post.got
    out = mailreader(raw)
    assert (to, out.sender[1], out.in_reply_to, out.said) == (["kf@platform.test"], address, ("<first@platform.test>",), "同意退款，请查收")
    assert number in out.subject
    assert envelope.startswith(address.split("@")[0] + "+b")
    house.clock.on(hours=1)
    come(house, mailbox, letter(out.reply_to, "还没收到钱", In_Reply_To=out.message_id, References=out.message_id))
    assert [row[2] for row in said(shop)] == ["您好，商品漏水。", "同意退款，请查收", "还没收到钱"]
    assert tickets(shop)[0][2] == "awaiting_merchant"
    assert [row[:2] for row in mail_of(house, mailbox)] == [("placed", "new"), ("placed", "message")]


@pytest.mark.parametrize(("subject", "sender", "to_token", "placed"), [
    pytest.param("完全不同的主题", "kf@platform.test", True, "address", id="by-the-address-we-gave"),
    pytest.param("Re: 关于 {number}", "stranger@else.test", False, "new", id="a-number-from-a-stranger-begins-another"),
    pytest.param("Re: 投诉：瓷杯漏水", "kf@platform.test", False, "new", id="the-same-words-begin-another"),
])
def test_ways_to_a_thread(house, shop, post, subject, sender, to_token, placed):
    mailbox, address, out = answered(house, shop, post)
    number = tickets(shop)[0][1]
    come(house, mailbox, letter(out.reply_to if to_token else address, "第二封", sender=sender, subject=subject.format(number=number)))
    status, note, on, _ = mail_of(house, mailbox)[-1]
    assert (status, note, on == number) == ("placed", placed, placed != "new")
    assert len(tickets(shop)) == (2 if placed == "new" else 1)


def test_a_number_alone_waits_for_staff_even_from_who_wrote_before(house, shop, post):
    mailbox, address, _ = answered(house, shop, post)
    come(house, mailbox, letter(address, "第二封", subject=f"Re: 关于 {tickets(shop)[0][1]}"))
    assert (mail_of(house, mailbox)[-1][:2], len(tickets(shop)), len(said(shop))) == (("not_placed", "number"), 1, 2)


def test_an_address_that_somebody_made_up_is_no_thread(house, shop, post):
    mailbox, address, out = answered(house, shop, post)
    forged = out.reply_to.replace("+r", "+r" + "a", 1)[: len(out.reply_to.split("@")[0])] + "@shop.test"
    come(house, mailbox, letter(forged, sender="x@else.test", subject="x", Delivered_To=address))
    assert mail_of(house, mailbox)[-1][1] == "new"


def test_the_same_mail_counts_once_however_it_comes(house, shop):
    one, address = box(house, merchant=shop.merchant)
    two, _ = box(house, merchant=shop.merchant)
    raw = letter(address, Message_ID="<twice@platform.test>")
    for mailbox in (one, one, two):
        come(house, mailbox, raw)
    assert len(tickets(shop)) == 1
    assert [r[:2] for r in mail_of(house, one) + mail_of(house, two)] == [("placed", "new"), ("set_aside", "copy")]
    assert len(said(shop)) == 1


def test_a_program_that_names_all_its_mails_alike_loses_none_and_counts_once(house, shop):
    mailbox, address = box(house, merchant=shop.merchant)
    for n in range(2):
        come(house, mailbox, letter(address, f"第{n}封", Message_ID="<always-the-same@platform.test>"))
    assert [r[:2] for r in mail_of(house, mailbox)] == [("placed", "new"), ("set_aside", "copy")]
    assert (len(tickets(shop)), len(said(shop))) == (1, 1)


def test_an_answer_waits_for_what_it_answers(house, shop):
    mailbox, address = box(house, merchant=shop.merchant)
    keep(house.pool, mailbox, letter(address, Message_ID="<one@platform.test>"), house.clock.now())
    [first] = mails.lease_kept(house.pool, house.clock.now(), 5)  # another worker has it
    keep(house.pool, mailbox, letter(address, "第二封", In_Reply_To="<one@platform.test>"), house.clock.on(seconds=1))
    place_kept(house)
    assert sorted(r[0] for r in mail_of(house, mailbox)) == ["kept", "kept"]
    mail_placing.place(house.pool, house.secret, first, house.clock.now())
    house.clock.on(minutes=1)
    place_kept(house)
    assert ([r[:2] for r in mail_of(house, mailbox)], len(tickets(shop))) == ([("placed", "new"), ("placed", "message")], 1)


def test_an_address_that_floods_a_merchant_waits_for_staff(house, shop, monkeypatch):
    monkeypatch.setattr(mail_placing, "FLOOD", 2)
    mailbox, address = box(house, merchant=shop.merchant)
    sender = f"bomb-{shop.merchant[-6:]}@else.test"
    for n in range(3):
        come(house, mailbox, letter(address, f"第{n}封", sender=sender))
    assert sorted(r[1] for r in mail_of(house, mailbox)) == ["flood", "new", "new"]
    house.clock.on(hours=2)
    come(house, mailbox, letter(address, "又一封", sender=sender))
    assert len(tickets(shop)) == 3


def test_a_worker_that_falls_over_between_ticket_and_mail_opens_no_second_one(house, shop, monkeypatch):
    mailbox, address = box(house, merchant=shop.merchant)
    keep(house.pool, mailbox, letter(address, attach=(("质检报告.pdf", "application/pdf", PDF),)), house.clock.now())
    monkeypatch.setattr(mail_placing, "_placed", lambda *_: (_ for _ in ()).throw(ConnectionError("killed")))
    assert place_kept(house) == 1
    monkeypatch.undo()
    assert (len(tickets(shop)), mail_of(house, mailbox)[0][0]) == (1, "kept")
    house.clock.on(minutes=5)
    place_kept(house)
    assert (len(tickets(shop)), mail_of(house, mailbox)[0][:2], len(said(shop))) == (1, ("placed", "new"), 1)


def pdf() -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.write(out)
    return out.getvalue()


PDF = pdf()


def picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 90).convert("RGB").save(out, "JPEG", quality=95, exif=b"Exif\x00\x00secret-place")
    return out.getvalue()


def test_attachments_are_drawn_again_kept_or_named(house, shop):
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address, attach=(("漏水照片.jpg", "image/jpeg", picture()), ("质检报告.pdf", "application/pdf", PDF), ("发票.exe", "application/pdf", b"MZ\x90\x00"), ("网页.html", "text/html", b"<script>"))))
    [(_, _, body, files)] = said(shop)
    assert files == 2
    assert "发票.exe、网页.html" in body
    assert shop.all("select media_type, size < 800 * 1024, position('secret'::bytea in bytes) from files where merchant_id = %s and case_id is not null order by media_type", shop.merchant) == [
        ("application/pdf", True, 0), ("image/jpeg", True, 0)]
    [(attached,)] = rows(house.pool, "select attached from mails where mailbox_id = %s", mailbox)
    assert [(a["name"], a["refused"]) for a in attached] == [("漏水照片.jpg", ""), ("质检报告.pdf", ""), ("发票.exe", "kind"), ("网页.html", "kind")]


DSN = """From: MAILER-DAEMON@mx.platform.test
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{n}@mx.platform.test>
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx

Final-Recipient: rfc822; kf@platform.test
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--B
Content-Type: message/rfc822-headers

Message-ID: {about}

--B--
"""


@pytest.mark.parametrize(("by", "action", "status"), [("id", "failed", "bounced"), ("address", "failed", "bounced"), ("id", "delayed", "sent")])
def test_what_comes_back_is_shown_on_the_mail_it_is_about(house, shop, post, by, action, status):
    mailbox, address, out = answered(house, shop, post)
    to, about = (address, out.message_id) if by == "id" else (post.got[-1][0], "<unknown@x>")
    come(house, mailbox, DSN.format(to=to, n=new_id(), action=action, about=about).encode())
    assert shop.all("select status, told from mails where merchant_id = %s and direction = 'out'", shop.merchant) == [(status, "550 5.1.1 no such user")]
    assert mail_of(house, mailbox)[-1][:2] == ("placed", "bounce" if action == "failed" else "late")
    assert len(said(shop)) == 2, "a report is nobody's answer"
    assert can_be_sent_again(house, shop) is (status == "bounced")


def can_be_sent_again(house: House, shop: Shop) -> bool:
    [(mail,)] = shop.all("select id::text from mails where merchant_id = %s and direction = 'out'", shop.merchant)
    return send_again(house.pool, BY, mail, house.clock.now()) is None


def test_a_machines_answer_is_no_answer_and_opens_nothing(house, shop, post):
    mailbox, address, out = answered(house, shop, post)
    come(house, mailbox, letter(address, "我在休假", subject="自动回复：x", In_Reply_To=out.message_id, Auto_Submitted="auto-replied"))
    come(house, mailbox, letter(address, "我在休假", sender="other@else.test", subject="Out of office: x"))
    assert [r[:2] for r in mail_of(house, mailbox)[1:]] == [("placed", "auto_reply"), ("set_aside", "auto_reply")]
    assert (tickets(shop)[0][2], len(tickets(shop)), len(said(shop)), len(post.got)) == ("awaiting_other_side", 1, 2, 1)


def test_the_answer_goes_to_who_wrote_last_where_they_want_it(house, shop, post):
    mailbox, address = box(house, merchant=shop.merchant, smtp=post.port)
    come(house, mailbox, letter(address, Reply_To="case-77@platform.test"))
    reply(shop, tickets(shop)[0][0])
    send(house)
    house.clock.on(hours=1)
    come(house, mailbox, letter(address, "换我跟进", sender="colleague@platform.test", In_Reply_To=mailreader(post.got[-1][2]).message_id))
    shop.now = house.clock.on(hours=1)
    reply(shop, tickets(shop)[0][0], "第二次回复")
    send(house)
    assert [to for _, to, _ in post.got] == [["case-77@platform.test"], ["colleague@platform.test"]]
    assert [m.in_reply_to != () for m in map(mailreader, (raw for _, _, raw in post.got))] == [True, True]


def test_our_own_mail_that_comes_back_is_known(house, shop, post):
    mailbox, _, _ = answered(house, shop, post)
    come(house, mailbox, post.got[-1][2])
    assert mail_of(house, mailbox)[-1][:2] == ("set_aside", "loop")
    assert len(tickets(shop)) == 1


def test_a_merchant_answers_the_platform_by_mail(house, shop, post):
    ours, _ = box(house, smtp=post.port, plus=True, name="平台售后")
    mailboxes.set_contact(house.pool, By(shop.hai), f"hai-{shop.merchant[-6:]}@qinghe.test", house.clock.now())
    contact = f"hai-{shop.merchant[-6:]}@qinghe.test"
    ticket = complaint(house, shop)
    send(house)
    [(_, _, raw)] = [x for x in post.got if x[1] == [contact]]
    asked = mailreader(raw)
    assert ("瓷杯漏水" in asked.said, "15:00 前回复" in asked.said) == (True, True)
    come(house, ours, letter(asked.reply_to, "处理意见：不退货补发\n已补发，单号稍后提供", sender=contact, In_Reply_To=asked.message_id))
    assert shop.all("select state, facts ->> 'result' from cases where id = %s", ticket) == [("awaiting_other_side", "reissue_without_return")]
    house.clock.on(minutes=5)
    come(house, ours, letter(asked.reply_to, "再补充一句", sender=contact, In_Reply_To=asked.message_id))
    assert mail_of(house, ours)[-1][:2] == ("not_placed", "refused:ticket_turn_over")
    assert rows(house.pool, "select said from mails where mailbox_id = %s and status = 'not_placed'", ours) == [("再补充一句",)]


def test_who_was_not_asked_cannot_answer_for_the_merchant(house, shop, post):
    mailbox, address, out = answered(house, shop, post)
    contact = f"c-{shop.merchant[-6:]}@qinghe.test"
    mailboxes.set_contact(house.pool, By(shop.hai), contact, house.clock.now())
    come(house, mailbox, letter(address, "我们同意全额赔付", sender=contact, In_Reply_To=out.message_id))
    assert mail_of(house, mailbox)[-1][:2] == ("not_placed", "unsure")
    assert len(said(shop)) == 2


def asked_merchant(house: House, shop: Shop, post: Post) -> tuple[str, str, str, str, Read]:
    """A complaint the platform wrote to the merchant about: (mailbox, its address, contact, ticket, the mail)."""
    ours, address = box(house, smtp=post.port, plus=True, name="平台售后")
    contact = f"hai-{shop.merchant[-6:]}@qinghe.test"
    mailboxes.set_contact(house.pool, By(shop.hai), contact, house.clock.now())
    ticket = complaint(house, shop)
    send(house)
    [(raw,)] = rows(house.pool, "select o.bytes from mail_originals o join mails m on m.id = o.mail_id where m.recipient = %s", contact)
    return ours, address, contact, ticket, mailreader(bytes(raw))


OPINION = "处理意见：同意客户诉求\n我们全额赔付"


@pytest.mark.parametrize(("sender", "answers", "token", "note"), [
    pytest.param("contact", False, False, "number", id="a-forged-sender-with-the-number"),
    pytest.param("clerk@qinghe.test", True, False, "unsure", id="a-clerk-from-elsewhere"),
    pytest.param("clerk@qinghe.test", False, True, "unsure", id="a-clerk-by-the-address-we-gave"),
])
def test_a_from_is_nobodys_word(house, shop, post, sender, answers, token, note):
    ours, address, contact, ticket, asked = asked_merchant(house, shop, post)
    before = said(shop)
    more = {"In_Reply_To": asked.message_id} if answers else {}
    number = shop.all("select number from cases where id = %s", ticket)[0][0]
    come(house, ours, letter(asked.reply_to if token else address, OPINION, sender=contact if sender == "contact" else sender, subject=f"Re: {number}" if note == "number" else "回复", **more))
    assert mail_of(house, ours)[-1][:2] == ("not_placed", note)
    assert said(shop) == before, "nobody has said anything"
    assert shop.all("select state from cases where id = %s", ticket) == [("awaiting_merchant",)]


def test_an_order_number_of_a_stranger_binds_nothing_until_staff_do(house, shop):
    number = "SO-2026-000777"
    order = shop.order(("cup", 1, 3000), number=number)
    mailbox, address = box(house, merchant=shop.merchant)
    come(house, mailbox, letter(address, subject=f"订单 {number} 漏水", sender="stranger@else.test"))
    bound = "select order_id::text, buyer_id, facts ->> 'title' from cases where merchant_id = %s and kind = 'ticket' order by opened_at, id"
    assert shop.all(bound, shop.merchant) == [(None, None, f"订单 {number} 漏水")]
    ours, at = box(house)
    come(house, ours, letter(at, subject=f"订单 {number} 漏水", sender="stranger@else.test"))
    house.clock.on(minutes=1)
    [(mail,)] = rows(house.pool, "select id::text from mails where mailbox_id = %s", ours)
    assert mail_desk.bind(house.pool, BY, mail, shop.merchant, "", "other_side", house.clock.now()) is None
    assert shop.all(bound, shop.merchant)[1][:2] == (order, "buyer-lin")


def test_what_finds_no_place_is_placed_by_staff_or_set_aside(house, shop):
    ours, address = box(house)
    for n in range(3):
        come(house, ours, letter(address, f"第 {n} 封", sender="someone@else.test", subject="咨询"))
        house.clock.on(minutes=1)
    waiting = [r[0] for r in rows(house.pool, "select id::text from mails where mailbox_id = %s and status = 'not_placed' and note = 'nobody' order by at", ours)]
    assert len(waiting) == 3
    assert mail_desk.bind(house.pool, BY, waiting[0], shop.merchant, "", "other_side", house.clock.now()) is None
    [(_, number, _, _, _)] = tickets(shop)
    assert mail_desk.bind(house.pool, BY, waiting[1], shop.merchant, "T-2026-999999", "other_side", house.clock.now()).code == "mail_ticket_unknown"
    assert mail_desk.bind(house.pool, BY, waiting[1], shop.merchant, number.lower(), "other_side", house.clock.now()) is None
    assert [s[2] for s in said(shop)] == ["第 0 封", "第 1 封"]
    assert mail_desk.set_aside(house.pool, BY, waiting[2], " ", house.clock.now()).code == "mail_reason_missing"
    assert mail_desk.set_aside(house.pool, BY, waiting[2], "广告", house.clock.now()) is None
    assert mail_desk.set_aside(house.pool, BY, waiting[2], "广告", house.clock.now()).code == "mail_placed"
    assert mail_desk.bind(house.pool, By(shop.hai), waiting[2], shop.merchant, "", "other_side", house.clock.now()).code == "permission_missing"


def test_a_mail_whose_parts_have_no_end_is_placed_by_hand_by_its_header(house, shop):
    ours, address = box(house)
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1500))
    come(house, ours, f"From: deep@else.test\r\nTo: {address}\r\nSubject: deep\r\n".encode() + parts)
    [(mail, note)] = rows(house.pool, "select id::text, note from mails where mailbox_id = %s", ours)
    assert note == "nobody"
    assert mail_desk.bind(house.pool, BY, mail, shop.merchant, "", "other_side", house.clock.now()) is None
    assert tickets(shop)[0][4] == "deep"


def test_a_merchants_mailbox_never_threads_onto_another_merchants_ticket(house, shop, post):
    _, _, out = answered(house, shop, post)
    other = open_shop(house.pool, name=f"乙 {new_id()[-6:]}")
    mailbox, address = box(house, merchant=other.merchant)
    come(house, mailbox, letter(address, "乙的事", In_Reply_To=out.message_id))
    assert (len(tickets(other)), len(said(shop))) == (1, 2)
    assert mail_of(house, mailbox)[0][1] == "new"
