"""Mailboxes as the API shows and takes them (TI-4): passwords are taken and never shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.api.records import record_schema
from amends.core.mail.boxes import SECURITY, WAYS
from amends.core.order_fields import OrderField


def _server(kind: str, zh: str) -> dict[str, OrderField]:
    """The fields of one server."""
    about = {"imap": "reading", "smtp": "sending"}[kind]
    return {
        f"{kind}_host": OrderField(f"{zh}服务器", f"The server for {about}", most=253), f"{kind}_port": OrderField("端口，不填用常用的", "Its port; the usual one if left out", "count", most=65535),
        f"{kind}_security": OrderField("加密，不填为 tls；plain 只允许本机", "Encryption, tls if left out; plain for this machine only", "choice", choices=SECURITY),
        f"{kind}_user": OrderField("用户名", "User", most=190),
        f"{kind}_password": OrderField("密码或授权码，只写不读；修改时不填则保留", "Password or code, written and never read; when changing, left out keeps the one there is", most=200),
    }


SETTINGS: dict[str, OrderField] = {
    "address": OrderField("邮箱地址", "Address", required=True, most=190), "name": OrderField("发件人名称", "Sender's name", most=80),
    "way": OrderField("收信方式", "How mail is read", "choice", required=True, choices=WAYS),
    **_server("imap", "收信"), "folder": OrderField("文件夹，不填为 INBOX", "Folder, INBOX if left out", most=100), **_server("smtp", "发信"),
    "plus": OrderField("服务器支持“地址+后缀”", "The server knows address+suffix", "flag"), "take_old": OrderField("也收取已有的邮件", "Take mail that is there already too", "flag"),
}
MAILBOX = {"merchant_id": OrderField("商家；不填为平台自己的邮箱", "Whose it is; the platform's own if left out", "uuid"), **SETTINGS}
CONTACT = {"contact": OrderField("联系邮箱，空为不用", "Contact address; empty for none", most=190)}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Mailbox": {"zh": {"address": "kefu@shop.example.com", "name": "青禾家居·售后", "way": "imap", "imap_host": "imap.exmail.qq.com", "imap_user": "kefu@shop.example.com", "imap_password": "授权码",
                       "smtp_host": "smtp.exmail.qq.com", "smtp_user": "kefu@shop.example.com", "smtp_password": "授权码"}},
    "MailContact": {"zh": {"contact": "zhuanyuan@shop.example.com"}},
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies."""
    out = {"Mailbox": record_schema(MAILBOX), "MailboxSettings": record_schema(SETTINGS), "MailContact": record_schema(CONTACT)}
    for name in ("Mailbox", "MailboxSettings"):
        for kind in ("imap", "smtp"):
            out[name]["properties"][f"{kind}_password"] |= {"writeOnly": True}
            out[name]["properties"][f"{kind}_port"] |= {"minimum": 1}
    return out


class MailboxTried(Struct):
    """登录两边服务器的结果：`ok`、`none`（不用）或“原因: 对方的话”；`at` 为空表示还在试。 · What came of signing in: `ok`, `none` (not used) or `why: their words`; without `at` it is still being tried."""

    asked_at: datetime
    at: datetime | None
    reading: str
    sending: str


class MailboxShown(Struct):
    """一个邮箱，没有密码；`merchant_id` 为空是平台自己的，`secrets` 只给平台看。 · A mailbox without its passwords; no `merchant_id`: the platform's own. `secrets` is told to the platform only."""

    id: str
    merchant_id: str | None
    address: str
    name: str
    way: str
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    folder: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    plus: bool
    take_old: bool
    active: bool
    looked_at: datetime | None
    heard_at: datetime | None
    trouble: str
    tried: MailboxTried | None
    secrets: dict[str, bool] | None


class MailboxPage(Struct):
    """邮箱，使用中的在前。 · Mailboxes, those in use first."""

    items: list[MailboxShown]


class MailContactShown(Struct):
    """平台就工单写信给商家的地址，空为没有。 · Where the platform writes to the merchant about tickets; empty if nowhere."""

    contact: str


SHAPES: tuple[type, ...] = (MailboxShown, MailboxPage, MailContactShown)
