"""The operations of tickets besides those read off the table (05-tickets)."""

from __future__ import annotations

from typing import Any


def operations(operation: Any) -> list[Any]:
    """Opening, the conversation, counts."""
    return [
        operation("open_ticket", "post", "/tickets", "提交工单", "Open a ticket", "tickets", "TicketOpened", "ticket.follow_up | ticket.reply | speak_for_buyer", "Ticket",
                  ("merchant_id", "Acting-As", "Idempotency-Key"), (404, 409, 413, 415, 422),
                  about="平台、商家（只能咨询）或代客户提交。时限按规则包：投诉 3 小时，邮件按发出时间截止。 · By the platform, by the merchant (enquiries only) or for a buyer. Times are the pack's: hours for a "
                        "complaint, the cut-off of the day for mail (TI-1, TI-4)."),
        operation("list_ticket_messages", "get", "/tickets/{id}/messages", "工单往来", "The conversation of a ticket", "tickets", "TicketMessages", takes=("merchant_id", "Acting-As"), fails=(404, 422)),
        operation("list_ticket_opinions", "get", "/ticket-opinions", "工单意见统计", "Counts of opinions", "tickets", "TicketOpinions", takes=("merchant_id", "since", "until"), fails=(404, 422),
                  about="缺省是最近 30 天。 · The last 30 days unless said otherwise (TI-8)."),
    ]
