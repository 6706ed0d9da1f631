"""工单: what merchant, buyer and platform may say on a ticket, in turns (05-tickets, TI-1 … TI-8)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask

RESULTS = ("approve", "reject", "reissue_without_return", "ask_buyer", "refund_without_return", "reissue_offline", "buyer_gave_up")
"""TI-8: the merchant's opinion in fixed results, so that they can be counted."""
ASKS = ("explain", "refund", "return_refund", "exchange", "reissue", "compensate")
"""What the other side wants; silence is consent to it (TI-5)."""
DECISIONS = ("refund", "return_refund", "exchange", "reissue", "compensate", "nothing")
"""What the platform decides for the buyer (TI-5, TI-6)."""
FILES_AT_MOST = 9


@dataclass
class Reply(Command):
    """回复工单: the merchant's opinion, once in a turn: a fixed result, words, attachments (TI-3, TI-8)."""

    zh, en, event, node = "回复工单", "Answer the ticket", "ticket_replied", "tickets"
    result: str = ask("处理意见", "Opinion", "choice", required=True, choices=RESULTS)
    words: str = ask("说明", "Explanation", "long", required=True, most=2000)
    photos: list[Any] = ask("附件", "Attachments", "photos", most=FILES_AT_MOST)


@dataclass
class FollowUp(Command):
    """追问: the other side writes; if it was its turn, the merchant may answer once more (TI-3). `sent`: when a mail was sent, from which its time runs (TI-4)."""

    zh, en, event, node = "追问", "Write back", "ticket_followed_up", "ticket_desk"
    words: str = ask("内容", "Words", "long", required=True, most=2000)
    photos: list[Any] = ask("附件", "Attachments", "photos", most=FILES_AT_MOST)
    sent: Any = ask("邮件发出时间", "Mail sent at", "instant")


@dataclass
class HandBack(Command):
    """退回商家: what was transferred goes back to the merchant, with a fresh time to answer."""

    zh, en, event, node = "退回商家", "Hand back to the merchant", "ticket_handed_back", "ticket_desk"
    words: str = ask("给商家的话", "Words to the merchant", "long", required=True, most=2000)


@dataclass
class DecideTicket(Command):
    """平台处理: the platform decides by what the buyer asked, at the merchant's cost; the merchant carries it out (TI-5, TI-6)."""

    zh, en, event, node = "平台处理", "Decide for the buyer", "ticket_decided", "ticket_deciding"
    decision: str = ask("处理结果", "Decision", "choice", required=True, choices=DECISIONS)
    amount: int | None = ask("金额", "Amount", "money", least=1, most=10**12)
    sku: str = ask("商品 SKU（订单有多种商品时）", "SKU, where the order has several", "text", most=64)
    words: str = ask("理由", "Reason", "long", required=True, most=2000)
    photos: list[Any] = ask("证明文件", "Documents", "photos", most=FILES_AT_MOST)


@dataclass
class CarryOut(Command):
    """已执行: the merchant says that it did what the platform decided, and how (TI-5)."""

    zh, en, event, node = "已按要求处理", "Carried out", "ticket_carried_out", "tickets"
    words: str = ask("如何处理的", "What was done", "long", required=True, most=2000)
    photos: list[Any] = ask("附件", "Attachments", "photos", most=FILES_AT_MOST)


@dataclass
class RefundForMerchant(Command):
    """平台代退: the merchant did not carry it out in time, so the platform pays the buyer and charges the merchant (TI-5)."""

    zh, en, event, node = "平台代退", "Refund for the merchant", "ticket_refunded_by_platform", "ticket_deciding"
    amount: int | None = ask("金额", "Amount", "money", required=True, least=1, most=10**12)
    words: str = ask("说明", "Explanation", "long", required=True, most=2000)
    photos: list[Any] = ask("证明文件", "Documents", "photos", most=FILES_AT_MOST)


@dataclass
class ApproveDecision(Command):
    """复核通过: a second person agrees with what was decided, or is to be paid, above the set amount (DI-6, TI-5)."""

    zh, en, event, node = "复核通过", "Approve", "ticket_decision_approved", "ticket_second"
    words: str = ask("复核意见（只有平台可见）", "Remark (only the platform reads it)", "long", most=2000)


@dataclass
class ReturnDecision(Command):
    """复核退回: it goes back to be thought over; nothing has happened."""

    zh, en, event, node = "复核退回", "Send back", "ticket_decision_returned", "ticket_second"
    words: str = ask("退回原因（只有平台可见）", "Why (only the platform reads it)", "long", required=True, most=2000)


@dataclass
class ServiceOrderOpened(Command):
    """The service order that the platform's decision asked for was opened (TI-6)."""

    zh, en, event, node = "已开服务单", "Service order opened", "ticket_service_order_opened", "clock"
    case: str = ask("编号", "Id", required=True, most=64)
    number: str = ask("单号", "Number", most=64)


@dataclass
class ServiceOrderRefused(Command):
    """The service order could not be opened; the platform decides anew, with the reason."""

    zh, en, event, node = "服务单未能开立", "Service order not opened", "ticket_service_order_refused", "clock"
    words: str = ask("原因", "Reason", "long", required=True)


@dataclass
class ResolveTicket(Command):
    """问题已解决: the other side is content."""

    zh, en, event, node = "问题已解决", "Solved", "ticket_resolved", "ticket_desk"
    words: str = ask("说明", "Words", "long", most=2000)
    photos: list[Any] = ask("证明文件", "Documents", "photos", most=FILES_AT_MOST)


@dataclass
class CloseTicket(Command):
    """关闭工单: nothing more will come; a regulator's ticket needs a document."""

    zh, en, event, node = "关闭工单", "Close the ticket", "ticket_closed", "ticket_desk"
    words: str = ask("关闭原因", "Reason", "long", required=True, most=2000)
    photos: list[Any] = ask("证明文件", "Documents", "photos", most=FILES_AT_MOST)


@dataclass
class BindTicket(Command):
    """关联单据: the order, service order or cancellation the ticket is about, by its number; empty takes it away (TI-7)."""

    zh, en, event, node = "关联单据", "Bind", "ticket_bound", "tickets"
    number: str = ask("订单号、服务单号或取消单号", "Number of the order, service order or cancellation", most=64)


@dataclass
class SetSubject(Command):
    """改主题: what the ticket is about; of a mail it was told from its words, and an agent puts it right in one click (TI-4, TI-6)."""

    zh, en, event, node = "改主题", "Change the subject", "ticket_subject_set", "tickets"
    subject: str = ask("主题", "Subject", "text", required=True, most=64)
