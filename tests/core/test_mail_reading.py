"""Mails as programs in China and elsewhere write them, read (TI-4)."""

from __future__ import annotations

import base64
import email
from datetime import UTC, datetime
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from amends.core.mail import html_text, quotes
from amends.core.mail.bounces import bounce_in
from amends.core.mail.decoding import POLICY
from amends.core.mail.quotes import said_in
from amends.core.mail.reading import Kind, envelope, read


def mail(headers: str, body: str = "您好", charset: str = "utf-8") -> bytes:
    """A message in one part, 8 bit."""
    return f"{headers}\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n{body}".encode(charset)


def b(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode('gb18030' if charset.lower() in ('gb2312', 'gbk') else charset)).decode()}?="


@pytest.mark.parametrize(("raw", "subject"), [
    pytest.param(f"Subject: {b('投诉：商品瑕疵', 'GBK')}\n\nx".encode(), "投诉：商品瑕疵", id="gbk-base64"),
    pytest.param(f"Subject: {b('龍騰瑄𠮷', 'GB18030')}\n\nx".encode(), "龍騰瑄𠮷", id="gb18030"),
    pytest.param(f"Subject: {b('朱镕基', 'gb2312')}\n\nx".encode(), "朱镕基", id="a-sign-beyond-the-charset-named"),
    pytest.param(b"Subject: =?utf-8?Q?=E5=B7=A5=E5=8D=95_T-1?=\n\nx", "工单 T-1", id="utf-8-quoted"),
    pytest.param(b"Subject: " + "生鲜坏了".encode("gbk") + b"\n\nx", "生鲜坏了", id="gbk-without-a-label"),
    pytest.param(b"Subject: " + "生鲜坏了".encode() + b"\n\nx", "生鲜坏了", id="utf-8-without-a-label"),
    pytest.param(b"Subject: =?utf-8?B?5bel?=\n =?utf-8?B?5Y2V?=\n\nx", "工单", id="two-words-are-one"),
    pytest.param(b"Subject: =?utf-8?B?5bflj?= =?utf-8?B?Zo=?=\n\nx", "", id="broken-base64"),
    pytest.param(b"Subject: =?utf-7?Q?a+2AA-b?=\n\nx", "ab", id="half-a-sign"),
    pytest.param(b"Subject: a\x00b\xe2\x80\xaec\n\nx", "abc", id="control-signs"),
])
def test_headers(raw, subject):
    found = read(raw).subject
    assert found == subject or (not subject and isinstance(found, str))


def test_a_file_name_in_gbk_by_each_of_the_ways_it_is_written():
    outer = MIMEMultipart()
    outer.attach(MIMEText("见附件", "plain", "gb18030"))
    for header in (
        f'attachment; filename="{b("质检报告.pdf", "GBK")}"', "attachment; filename*=GBK''" + "".join(f"%{x:02X}" for x in "质检报告.pdf".encode("gbk")),
        "attachment; filename*0*=UTF-8''%E8%B4%A8%E6%A3%80; filename*1*=%E6%8A%A5%E5%91%8A.pdf",
    ):
        part = MIMEApplication(b"%PDF-1.4", "pdf")
        part["Content-Disposition"] = header
        outer.attach(part)
    found = read(outer.as_bytes())
    assert [a.name for a in found.attached] == ["质检报告.pdf"] * 3
    assert found.text == "见附件"


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_a_file_name_that_nobody_encoded(charset):
    raw = 'Content-Type: application/pdf\nContent-Disposition: attachment; filename="C:\\\\temp\\\\质检报告.pdf"\n\n%PDF-1.4'.encode(charset)
    assert [a.name for a in read(raw).attached] == ["质检报告.pdf"]


def test_plain_is_chosen_before_html_and_html_is_read_when_alone():
    both = MIMEMultipart("alternative")
    both.attach(MIMEText("纯文本", "plain", "utf-8"))
    both.attach(MIMEText("<p>网页</p>", "html", "utf-8"))
    assert read(both.as_bytes()).text == "纯文本"
    html = "<html><head><style>p{color:red}</style></head><body><script>alert(1)</script><p>第一段</p><div>第二<b>段</b><br>第三行</div><ul><li>甲</li><li>乙</li></ul><div style='display:none'>看不见</div>"
    assert read(MIMEText(html, "html", "gb18030").as_bytes()).text == "第一段\n第二段\n第三行\n· 甲\n· 乙"


@pytest.mark.parametrize(("text", "said"), [
    pytest.param("同意退款\n\n------------------ 原始邮件 ------------------\n发件人: \"平台\"<a@b.cn>;\n发送时间: 2026年5月1日\n\n旧", "同意退款", id="qq"),
    pytest.param("同意\n\n在 2026-05-01 15:59:00，\"平台客服\" <kf@p.cn> 写道：\n旧的内容\n没有标记", "同意", id="163"),
    pytest.param("ok\n\nAt 2026-05-01 15:59:00, \"kf\" <kf@p.cn> wrote:\n>old\n>old", "ok", id="163-english"),
    pytest.param("同意\n\n发件人： kf@p.cn\n发送时间： 2026-05-01 15:59\n收件人： 商家\n主题： 投诉\n旧", "同意", id="foxmail"),
    pytest.param("Fine\n\nOn Fri, May 1, 2026 at 3:59 PM Platform\n<kf@p.cn> wrote:\n\n> old", "Fine", id="gmail-broken-line"),
    pytest.param("Fine\n________________________________\nFrom: KF <kf@p.cn>\nSent: Friday\nTo: Shop\nSubject: x\n\nold", "Fine", id="outlook"),
    pytest.param("好的\n\n平台客服 <kf@p.cn> 于2026年5月1日周五 15:59写道：\n\n> 旧", "好的", id="gmail-chinese"),
    pytest.param("收到\n\n发自我的iPhone\n\n> 在 2026年5月1日，15:59，平台 <kf@p.cn> 写道：\n> \n> 旧", "收到", id="iphone"),
    pytest.param("On 1 May someone wrote:\n> question?\n\nanswer below", "answer below", id="answer-below"),
    pytest.param("第一点\n-- \n张三\n售后部", "第一点", id="signature"),
    pytest.param("> 只有引用", "> 只有引用", id="nothing-else"),
    pytest.param("发件人：请核对是否本人\n金额 12 元", "发件人：请核对是否本人\n金额 12 元", id="a-word-that-only-looks-like-a-header"),
    pytest.param("On sale until May. We wrote: nothing", "On sale until May. We wrote: nothing", id="words-only"),
])
def test_what_was_said_this_time(text, said):
    assert said_in(text) == said


@pytest.mark.parametrize("html", [
    pytest.param("<div>同意</div><div class='gmail_quote'><div>On Fri x wrote:</div><blockquote>旧</blockquote></div>", id="gmail"),
    pytest.param("<p>同意</p><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>From:</b> a</div><div>旧</div>", id="outlook"),
    pytest.param("<div>同意</div><blockquote id='isReplyContent'>旧</blockquote>", id="netease"),
    pytest.param("<p>同意</p><p>在 2026-05-01，平台 写道：</p><blockquote type='cite'><p>旧</p></blockquote>", id="apple"),
])
def test_history_of_html_mails_is_folded_away(html):
    assert read(MIMEText(html, "html", "utf-8").as_bytes()).said == "同意"


@pytest.mark.parametrize(("headers", "kind"), [
    pytest.param("Subject: 投诉", Kind.MAIL, id="person"),
    pytest.param("Subject: 投诉\nAuto-Submitted: no", Kind.MAIL, id="said-not-to-be"),
    pytest.param("Subject: x\nAuto-Submitted: auto-replied", Kind.AUTO_REPLY, id="auto-replied"),
    pytest.param("Subject: x\nAuto-Submitted: auto-generated (rejected)", Kind.GENERATED, id="a-system-wrote"),
    pytest.param("Subject: x\nIn-Reply-To: <a@b>\nX-Auto-Response-Suppress: All", Kind.AUTO_REPLY, id="exchange-answers"),
    pytest.param("Subject: x\nX-Auto-Response-Suppress: OOF", Kind.GENERATED, id="exchange-writes"),
    pytest.param("Subject: 自动回复：外出", Kind.AUTO_REPLY, id="by-its-subject"),
    pytest.param("Subject: x\nPrecedence: bulk", Kind.LIST, id="bulk"),
])
def test_kinds(headers, kind):
    assert read(mail(f"From: a@b.cn\n{headers}")).kind is kind


def test_sender_date_and_thread():
    found = read(mail(
        f'From: "{b("京选·客服", "gb18030")}" <KF@P.cn>\nTo: help+x@shop.cn, =?utf-8?B?5ZWG5a62?= <m@shop.cn>\nDate: Fri, 1 May 2026 15:59:00 +0800\nMessage-ID: <1@p>\n'
        "In-Reply-To: <0@h>\nReferences: <a@h>\n\t<0@h>\nDelivered-To: help@shop.cn"))
    assert found.sender == ("京选·客服", "kf@p.cn")
    assert found.to == [("", "help+x@shop.cn"), ("商家", "m@shop.cn")]
    assert found.dated == datetime(2026, 5, 1, 7, 59, tzinfo=UTC)
    assert (found.message_id, found.in_reply_to, found.references, found.delivered_to) == ("<1@p>", ("<0@h>",), ("<a@h>", "<0@h>"), ["help@shop.cn"])


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n--x--", b"Date: tomorrow\nFrom: @@@\nContent-Type: ;;\n\n\x00", b"Content-Type: text/plain; charset=nonsense\n\n\xd6\xd0",
                                 b'Content-Type: text/plain; charset="a\0b"\n\nx', b"Subject: =?a\0b?B?eA==?=\n\nx", b"Content-Type: message/rfc822\n\nSubject: a\xff\nX\n Y: z\n\nx",
                                 b"Content-Type: text/html\n\n" + b"<div>x" * 60_000, b"Subject: x\n\n" + b"On 1 " * 100_000, b"From: postmaster@x\nSubject: failure notice\n\n" + b"<a@" * 100_000],
                         ids=["empty", "bytes", "empty-parts", "nonsense", "charset", "zero-charset", "zero-word", "broken-inside", "deep", "long-line", "many-ids"])
def test_anything_can_be_read(raw):
    assert isinstance(read(raw).text, str)


H = b"From: a@b.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


@pytest.mark.parametrize(("name", "value"), [("To", b"(" * 3000), ("From", b"(" * 3000), ("To", b"a:" * 5000), ("Delivered-To", b"(" * 40)], ids=["comments", "sender", "groups", "a-few"])
def test_addresses_made_to_break_the_parser_are_none(name, value):
    raw = name.encode() + b": " + value + b"\r\nCc: c@d.cn\r\n\r\nx"
    assert envelope(raw).recipients == ("c@d.cn",)
    assert read(raw).text == "x"


@pytest.mark.parametrize("part", [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n', b"Content-Type: message/rfc822\r\n\r\n%.0s%.0s"], ids=["multipart", "rfc822"])
def test_parts_within_parts_without_end_leave_the_header(part):
    marks = b"".join(part.replace(b"%.0s", b"") if b"%d" not in part else part % (n, n) for n in range(1500))
    found = read(H + b"Message-ID: <deep@b.cn>\r\n" + marks + b"Content-Type: text/plain\r\n\r\nhi\r\n")
    assert (found.sender[1], found.subject, found.message_id, found.attached) == ("a@b.cn", "x", "<deep@b.cn>", []) or found.text


@pytest.mark.parametrize("html", ["<a " * 20_000, "<a " * 10_000 + ">", ">" * 12_000 + "<a " * 12_000, "<" * 20_000, "<div style='display" * 5_000], ids=["tags", "closed-once", "closed-before", "signs", "attributes"])
def test_markup_that_never_closes_is_not_given_to_the_parser(html, monkeypatch):
    fed = [""]
    monkeypatch.setattr(html_text._Text, "feed", lambda self, data: fed.append(data))
    html_text.html_to_text("<p>前</p>" + html)
    assert fed[-1].count("<") <= html_text.UNCLOSED


@pytest.mark.parametrize(("html", "text"), [
    pytest.param("<style>" + "p{}" * 40_000 + "</style><p>正文</p>", "正文", id="styles"),
    pytest.param("<p>正文</p><!-- x" + "<!--y>" * 9_000, "正文", id="a-comment-to-the-end"),
    pytest.param("<p>正文</p><STYLE>p{}", "正文", id="a-style-to-the-end"),
    pytest.param("<p>a</p><!--[if mso]><b>o</b><![endif]--><p>b</p>", "a\nb", id="a-comment-of-outlook"),
])
def test_what_is_not_text_takes_no_room_from_the_text(html, text):
    assert html_text.html_to_text(html) == text


def test_no_more_markup_than_has_an_end_is_given_to_the_parser(monkeypatch):
    fed = []
    monkeypatch.setattr(html_text._Text, "feed", lambda self, data: fed.append(data))
    html_text.html_to_text("<p>x</p>" * 40_000)
    assert (len(fed), len(fed[0]) <= html_text.LONGEST, fed[0].endswith("</p>")) == (1, True, True)


@pytest.mark.parametrize(("text", "recipient"), [("投递失败：\nBOB@p.cn 不存在", "bob@p.cn"), ("a" * 20_000 + "\nbob@p.cn", "")], ids=["near-the-top", "far-below"])
def test_whom_a_letter_could_not_reach_stands_near_its_top(text, recipient):
    found = bounce_in(email.message_from_string("From: mailer-daemon@b.cn\nSubject: Undeliverable\n\n", policy=POLICY), text, "")
    assert found is not None
    assert found.recipient == recipient


@pytest.mark.parametrize("line", [" " * 5000 + "x", "在" + " " * 5000 + "1", "1" * 5000], ids=["blanks", "blanks-inside", "digits"])
def test_no_line_longer_than_any_that_says_who_wrote_is_compared(line, monkeypatch):
    compared = []

    class Pattern:
        def match(self, text):
            compared.append(len(text))

    monkeypatch.setattr(quotes, "_WROTE", (Pattern(),))
    assert said_in(f"好\n{line}\n谢谢").endswith("谢谢")
    assert max(compared) <= 600
