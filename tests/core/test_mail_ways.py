"""Bounces, reply addresses, and the instant a mail counts as sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from amends.core.mail import tokens
from amends.core.mail.moment import counted
from amends.core.mail.opinion import OPINIONS, opinion_in
from amends.core.mail.reading import Kind, read
from amends.core.mail.writing import Draft, Enclosed, house, subject_of, write
from amends.core.verbs.ticket import RESULTS
from amends.web import catalogue

OURS = "<0d7f2d6e@amends.shop.cn>"
DSN = f"""From: MAILER-DAEMON@mx.p.cn (Mail Delivery System)
To: help@shop.cn
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report@mx.p.cn>
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.p.cn.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.p.cn

Final-Recipient: rfc822; Nobody@P.cn
Original-Recipient: rfc822;nobody@p.cn
Action: ACTION
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nobody@p.cn>: Recipient address rejected:
    User unknown

--B
Content-Type: message/rfc822

From: help@shop.cn
To: nobody@p.cn
Subject: x
Message-ID: {OURS}

body
--B--
"""
EXIM = f"""Return-path: <>
X-Failed-Recipients: nobody@p.cn
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.p.cn>
To: help@shop.cn
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1@mx.p.cn>

This message was created automatically by mail delivery software.

  nobody@p.cn
    SMTP error from remote mail server after RCPT TO:<nobody@p.cn>:
    550 5.1.1 No such user here

------ This is a copy of the message, including all the headers. ------

From: help@shop.cn
Message-ID: {OURS}

body
"""
QQ = f"""From: PostMaster@qq.com
To: help@shop.cn
Subject: 系统退信/Systems bounce
Message-ID: <tencent_1@qq.com>
Content-Type: text/plain; charset=gb18030

抱歉，您的邮件被退回来了……
收件人邮件地址：someone@qq.com
退信原因：收件人邮箱地址不存在
原邮件 Message-ID: {OURS}
"""


@pytest.mark.parametrize(("raw", "recipient", "status", "reason", "final"), [
    pytest.param(DSN.replace("ACTION", "failed"), "nobody@p.cn", "5.1.1", "550 5.1.1 <nobody@p.cn>: Recipient address rejected: User unknown", True, id="rfc3464"),
    pytest.param(DSN.replace("ACTION", "delayed"), "nobody@p.cn", "5.1.1", "550 5.1.1 <nobody@p.cn>: Recipient address rejected: User unknown", False, id="late-only"),
    pytest.param(EXIM, "nobody@p.cn", "5.1.1", "550 5.1.1 No such user here", True, id="exim"),
    pytest.param(QQ, "someone@qq.com", "", "收件人邮箱地址不存在", True, id="qq"),
])
def test_what_came_back(raw, recipient, status, reason, final):
    found = read(raw.encode("gb18030"))
    assert found.kind is Kind.BOUNCE
    assert found.bounce is not None
    assert (found.bounce.recipient, found.bounce.status, found.bounce.reason, found.bounce.final) == (recipient, status, reason, final)
    assert OURS in found.bounce.about


def test_reports_of_success_and_letters_about_returns_are_no_bounces():
    assert read(DSN.replace("ACTION", "delivered").replace("Undelivered Mail Returned to Sender", "Successful Mail Delivery Report").encode()).kind is not Kind.BOUNCE
    assert read("From: kf@p.cn\nSubject: 退信问题咨询\n\n您好".encode()).kind is Kind.MAIL


def test_a_reply_address_is_ours_in_any_case_and_nobody_can_make_one():
    mail, secret = str(uuid4()), b"s" * 32
    address = tokens.addressed("help@shop.cn", "r", secret, mail)
    assert tokens.read(secret, address.upper()) == ("r", mail)
    assert tokens.read(b"other", address) is None
    assert tokens.read(secret, address[:-20] + ("a" if address[-20] != "a" else "b") + address[-19:]) is None
    assert tokens.read(secret, "help+news@shop.cn") is None
    assert tokens.without(address) == "help@shop.cn"
    assert len(address.split("@")[0]) <= 64
    assert tokens.addressed("a" * 40 + "@shop.cn", "r", secret, mail) == "a" * 40 + "@shop.cn"


RECEIVED = datetime(2026, 5, 1, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(("dated", "at", "by"), [
    pytest.param(RECEIVED - timedelta(minutes=21), RECEIVED - timedelta(minutes=21), "date", id="its-own-date"),
    pytest.param(datetime(2026, 5, 1, 15, 59, tzinfo=ZoneInfo("Asia/Shanghai")), datetime(2026, 5, 1, 7, 59, tzinfo=UTC), "date", id="with-an-offset"),
    pytest.param(None, RECEIVED, "no_date", id="none"),
    pytest.param(RECEIVED + timedelta(minutes=4), RECEIVED, "date", id="clocks-differ"),
    pytest.param(RECEIVED + timedelta(hours=8), RECEIVED, "future", id="future"),
    pytest.param(RECEIVED - timedelta(hours=25), RECEIVED, "old", id="old"),
])
def test_when_a_mail_counts_as_sent(dated, at, by):
    found = counted(dated, RECEIVED)
    assert (found.at, found.by) == (at, by)


def test_nobody_is_late_with_a_mail_that_could_not_be_read_yet():
    due = lambda at: at + timedelta(hours=2)  # noqa: E731
    assert counted(RECEIVED - timedelta(hours=3), RECEIVED, due).by == "overdue"
    assert counted(RECEIVED - timedelta(hours=1), RECEIVED, due).by == "date"


def draft(**changed: object) -> Draft:
    given = {
        "mail_id": str(uuid4()), "address": "help@shop.cn", "name": "青禾家居·售后", "plus": True, "recipient": "kf@p.cn", "subject": "投诉：瓷杯漏水", "number": "T-2026-000001", "text": "同意退款\n请查收",
        "now": RECEIVED,
    }
    return Draft(**(given | changed))  # type: ignore[arg-type]


def test_what_we_write_can_be_read_and_threads():
    given = draft(before=["<1@p>", "<2@p>"], enclosed=[Enclosed("检测报告.pdf", "application/pdf", b"%PDF-1.4")])
    written = write(b"secret", given)
    found = read(written.raw)
    assert (found.sender, found.subject, found.in_reply_to, found.references) == (("青禾家居·售后", "help@shop.cn"), "Re: 投诉：瓷杯漏水 [T-2026-000001]", ("<2@p>",), ("<1@p>", "<2@p>"))
    assert (found.said, found.message_id, [a.name for a in found.attached], found.dated) == ("同意退款\n请查收", written.message_id, ["检测报告.pdf"], RECEIVED)
    assert tokens.read(b"secret", found.reply_to) == ("r", given.mail_id)
    assert tokens.read(b"secret", written.envelope_from) == ("b", given.mail_id)
    assert found.house == house(b"secret")
    assert write(b"secret", given).message_id == written.message_id
    assert b"\n" not in written.raw.replace(b"\r\n", b"")
    assert max(map(len, written.raw.split(b"\r\n"))) <= 998


def test_a_name_cannot_bring_a_header_with_it():
    found = read(write(b"s", draft(subject="a\r\nBcc: x@y.cn", name="b\nBcc: z@y.cn")).raw)
    assert found.subject == "a Bcc: x@y.cn [T-2026-000001]"
    assert [a for _, a in found.to] == ["kf@p.cn"]


@pytest.mark.parametrize(("automatic", "kind"), [(True, Kind.GENERATED), (False, Kind.MAIL)], ids=["a-machine", "a-person"])
def test_what_nobody_wrote_says_so(automatic, kind):
    assert read(write(b"s", draft(automatic=automatic)).raw).kind is kind


@pytest.mark.parametrize(("subject", "answers", "out"), [
    pytest.param("投诉", True, "Re: 投诉 [T-1]", id="answer"), pytest.param("回复：投诉", True, "回复：投诉 [T-1]", id="answered-before"),
    pytest.param("Re: 投诉 [T-1]", True, "Re: 投诉 [T-1]", id="once"), pytest.param("投诉", False, "投诉 [T-1]", id="new"),
])
def test_subjects(subject, answers, out):
    assert subject_of(subject, "T-1", answers) == out


@pytest.mark.parametrize(("words", "code"), [
    pytest.param("处理意见：同意客户诉求\n已安排退款", "approve", id="chinese"), pytest.param("您好\n意见: 不退货退款。\n谢谢", "refund_without_return", id="in-between"),
    pytest.param("Opinion: reissue offline", "reissue_offline", id="english"), pytest.param("处理意见：同意", "approve", id="short"), pytest.param("处理意见：再想想", "", id="unknown"),
    pytest.param("我们的处理意见是同意", "", id="only-words"),
])
def test_an_opinion_is_a_line_of_its_own(words, code):
    assert opinion_in(words) == code


def test_opinions_have_the_words_of_the_pages():
    assert set(OPINIONS) == set(RESULTS)
    words = catalogue.words()
    assert {code: words[f"choice.result_{code}"] for code in OPINIONS} == OPINIONS
