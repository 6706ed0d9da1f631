"""Tickets over HTTP: the body that opens one, its answer, the conversation, counts of opinions (05-tickets)."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.records import record_schema
from amends.core.order_fields import OrderField
from amends.core.pack_tickets import ORIGINS
from amends.core.verbs.ticket import ASKS

TICKET: dict[str, OrderField] = {
    "origin": OrderField("来源；客户只能提投诉和咨询，邮件由平台转入", "Origin; buyers open complaints and enquiries, mail is the platform's", "choice", required=True, choices=tuple(ORIGINS)),
    "subject": OrderField("主题，规则包里的编码", "Subject, a code of the pack", required=True, most=64),
    "words": OrderField("问题", "What it is about", required=True, most=5000),
    "title": OrderField("标题", "Title", most=200),
    "asks": OrderField("诉求", "What is asked", "choice", choices=ASKS),
    "amount_minor": OrderField("涉及金额，最小货币单位", "Amount asked, in minor units", "count", most=10**12),
    "number": OrderField("订单号、服务单号或取消单号", "Number of the order, service order or cancellation", most=64),
    "buyer_id": OrderField("客户编号，没有单号时填", "The buyer's id where there is no number", most=64),
    "photos": OrderField("附件", "Attachments", "uuids", most=30),
    "mail_from": OrderField("发件人，只用于邮件", "Who wrote, for mail only", most=200),
    "sent_at": OrderField("邮件发出时间，时限从此算起", "When the mail was sent; its time runs from then (TI-4)", "instant"),
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Ticket": {
        "zh": {"origin": "complaint", "subject": "quality", "words": "杯子有裂纹，要求退款", "asks": "refund", "amount_minor": 12900, "number": "240031178"},
        "en": {"origin": "complaint", "subject": "quality", "words": "The cup is cracked; a refund, please", "asks": "refund", "amount_minor": 12900, "number": "240031178"},
    },
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of the body."""
    return {"Ticket": record_schema(TICKET)}


class TicketOpened(Struct):
    """受理的工单；`due_at` 是商家应回复的时间。 · A ticket taken in; `due_at` is until when the merchant is to answer (TI-1, TI-4)."""

    id: str
    number: Annotated[str, Meta(examples=["T-2026-000123"])]
    state: str
    due_at: datetime | None


class TicketMessage(Struct):
    """往来里的一条；`result` 是商家的固定意见。 · One message; `result` is the merchant's fixed opinion (TI-8)."""

    by: str
    name: str
    words: str
    files: list[str]
    result: str | None
    at: datetime


class TicketMessages(Struct):
    """往来，最早的在前。 · The conversation, oldest first."""

    items: list[TicketMessage]


class TicketOpinion(Struct):
    """一个商家的意见计数。 · Counts of one merchant's opinions (TI-2, TI-8)."""

    merchant_id: str
    turns: int
    answered: int
    in_time: int
    transferred: int
    with_documents: int
    median_seconds: int | None
    results: dict[str, int]


class TicketOpinions(Struct):
    """各商家的计数。 · Counts by merchant."""

    items: list[TicketOpinion]


SHAPES: tuple[type, ...] = (TicketOpened, TicketMessages, TicketOpinions)
