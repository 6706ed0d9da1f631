"""The people at the other end of the simulated post office: they complain, answer what they get with the history below as their programs do, are away, or do not exist."""

from __future__ import annotations

import email
import random
import threading
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import parseaddr
from uuid import uuid4
from zoneinfo import ZoneInfo

from amends.simulators.house_clock import HouseClock
from amends.simulators.mail_office import Office

CHINA = ZoneInfo("Asia/Shanghai")
ANSWERS = (
    "收到，客户已确认，感谢配合。", "客户表示还没有收到退款，请提供退款凭证。", "请补充上传质检报告后再回复。", "好的，我们会转告客户，有进展再联系。", "客户坚持要求换新，请给出可以换新的时间。",
)
WRITES: tuple[tuple[str, str, str, str], ...] = (
    ("shop", "集市客服 王敏 <wangmin@market.test>", "【投诉】陶瓷马克杯杯底裂纹，使用后漏水", "您好：\n\n客户反映收到的马克杯杯底有裂纹，使用一次后漏水，要求退货退款。请在规定时间内给出处理意见，并附质检报告。\n\n-- \n集市客服 王敏\n工作时间 9:00–18:00"),
    ("platform", "李华 <lihua1987@163.test>", "防伪码扫不出来", "请问上周买的奶粉怎么查防伪码？扫了二维码打不开网页。\n\n发自我的iPhone"),
    ("shop", "集市质检 赵岩 <zhaoyan@market.test>", "关于吨吨桶容量不符的核实", "商家您好，有客户称重后发现实际容量少于标称，请说明原因并提供检测证书。"),
    ("platform", "园区物业 <notice@park.test>", "本周末停电通知", "本周六 9:00–12:00 检修停电，请提前安排。"),
)
"""Who writes first: to a shop's mailbox or the platform's, from whom, about what."""

NAMED = {parseaddr(sender)[1]: sender for _, sender, _, _ in WRITES}


@dataclass(frozen=True, slots=True)
class Places:
    """The mailboxes that are written to."""

    shop: str
    platform: str


class People:
    """Write a few letters, and answer each that comes, with a pause. The same seed writes the same."""

    def __init__(self, office: Office, places: Places, clock: HouseClock, chance: random.Random, stop: threading.Event, pause: float) -> None:
        self._office, self._places, self._clock, self._chance, self._stop, self._pause = office, places, clock, chance, stop, pause

    def begin(self, pause: float) -> None:
        """The first letters, one after another."""
        for n, (to, sender, subject, words) in enumerate(WRITES):
            address = self._places.shop if to == "shop" else self._places.platform
            self._post(address, self._letter(sender, address, subject, words, f"first-{n}"))  # after a restart the same letters, known by their names
            if self._stop.wait(pause):
                return

    def taken(self, sender: str, recipient: str, raw: bytes) -> None:
        """A letter of the house has come: to a mailbox here it is delivered, anybody else reads it and answers."""
        if self._office.has(recipient):
            self._office.put(recipient, raw, self._clock.now())
            return
        letter = email.message_from_bytes(raw, policy=default)
        threading.Timer(self._pause, self._answer, (sender, recipient, letter)).start()

    def _answer(self, envelope: str, recipient: str, letter: EmailMessage) -> None:
        if self._stop.is_set():
            return
        if recipient.startswith("gone"):
            self._post(envelope, self._report(envelope, recipient, letter))
            return
        to = str(letter["Reply-To"] or letter["From"])
        away = recipient.startswith("away")
        subject = f"{'自动回复：' if away else '回复：'}{letter['Subject']}"
        body = letter.get_body(("plain",))
        history = str(body.get_content()) if body is not None else ""
        words = "您好，本人休假中，周一回复。" if away else self._chance.choice(ANSWERS)
        quoted = f"{words}\n\n------------------ 原始邮件 ------------------\n发件人: {letter['From']}\n发送时间: {letter['Date']}\n收件人: {recipient}\n主题: {letter['Subject']}\n\n{history}"
        made = self._letter(NAMED.get(recipient, recipient), to, subject, quoted)
        made["In-Reply-To"] = str(letter["Message-ID"])
        made["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
        if away:
            made["Auto-Submitted"] = "auto-replied"
        address = made["To"].addresses[0].addr_spec
        if self._office.has(address):
            self._post(address, made)

    def _letter(self, sender: str, to: str, subject: str, words: str, name: str = "") -> EmailMessage:
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"], made["Date"] = sender, to, subject, self._now()
        made["Message-ID"] = f"<{name or uuid4().hex}@simulated.test>"
        made.set_content(words, charset="utf-8", cte="base64")
        return made

    def _report(self, envelope: str, recipient: str, letter: EmailMessage) -> EmailMessage:
        """A letter of non-delivery in the manner of Chinese providers."""
        return self._letter("PostMaster@simulated.test", envelope, "系统退信/Systems bounce", f"抱歉，您的邮件被退回来了。\n收件人邮件地址：{recipient}\n退信原因：550 5.1.1 收件人邮箱不存在\n原邮件 Message-ID: {letter['Message-ID']}")

    def _post(self, address: str, letter: EmailMessage) -> None:
        self._office.put(address, letter.as_bytes(), self._clock.now())

    def _now(self) -> datetime:
        return self._clock.now().astimezone(CHINA)
