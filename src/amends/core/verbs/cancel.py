"""取消订单: what the merchant may answer to a cancellation, and what the house does by itself (CA-1 … CA-5)."""

from dataclasses import dataclass

from amends.core.commands import Command, ask

REJECT_WHY = ("on_the_way", "delivered", "customs_declared", "buyer_agreed", "other")
"""Why a cancellation is refused; the trade's own list (拒绝类型 of the refund reply, facts/jos-api.md)."""


@dataclass
class ApproveCancellation(Command):
    """同意取消: not shipped, so shipment stops and the money goes back in full (CA-1)."""

    zh, en, event, node = "同意取消", "Approve cancellation", "cancellation_approved", "review"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class ApproveAndIntercept(Command):
    """通过并拦截: the carrier is asked to stop the parcel; the money goes back when it has (CA-2)."""

    zh, en, event, node = "通过并拦截", "Approve and intercept", "interception_asked", "review"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class FollowUpParcel(Command):
    """物流待跟进: the merchant follows the parcel up with the carrier; 48 hours run (CA-2, CA-3)."""

    zh, en, event, node = "物流待跟进", "Follow the parcel up", "follow_up_chosen", "review"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class ForceRefund(Command):
    """强制退款: the money goes back now, whatever becomes of the parcel (CA-2)."""

    zh, en, event, node = "强制退款", "Force the refund", "refund_forced", "processing"
    words: str = ask("原因", "Reason", "long", required=True)


@dataclass
class RejectCancellation(Command):
    """审核不通过: with a coded reason and an explanation; the buyer may accept the parcel, ask again or dispute (CA-2)."""

    zh, en, event, node = "审核不通过", "Reject", "cancellation_rejected", "review"
    reason: str = ask("不通过原因", "Reason", "choice", required=True, choices=REJECT_WHY)
    words: str = ask("向客户说明", "Explanation to the buyer", "long", required=True)


@dataclass
class FastRefund(Command):
    """极速退款: the merchant's switch refunds what is not shipped at once, without review (CA-1)."""

    zh, en, event, node = "极速退款", "Fast refund", "refunded_at_once", "clock"
