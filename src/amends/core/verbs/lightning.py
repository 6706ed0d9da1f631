"""闪电退款: the refund is advanced when the goods are on their way back, settled when they are in order, claimed back when they are not (SO-32)."""

from dataclasses import dataclass

from amends.core.commands import Command, ask

CLAIMS = ("not_arrived", "short", "damaged", "used", "wrong_item", "other")


@dataclass
class ReturnCollected(Command):
    """The carrier has the goods that come back: its first word of the waybill, which is how a waybill proves valid (LO-1)."""

    zh, en, event, node = "寄回件已揽收", "Return collected", "return_collected", "receipt"
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class AdvanceRefund(Command):
    """垫付退款: the house refunds before the goods are there, because every condition of the pack holds."""

    zh, en, event, node = "闪电退款", "Advance the refund", "refund_advanced", "clock"


@dataclass
class SettleAdvance(Command):
    """按已退结清: what was advanced stands, whatever is wrong with the goods; the merchant bears it."""

    zh, en, event, node = "按已退金额结清", "Let the advance stand", "advance_settled", "processing"
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class ClaimBack(Command):
    """催收: the buyer is asked to pay back all of the advance or a part of it. `amount` in minor units, empty for what did not come in order."""

    zh, en, event, node = "向客户催收", "Claim back", "advance_claimed", "processing"
    amount: int | None = ask("要退回的金额", "Amount to pay back", "money", least=1, most=10**12)
    reason: str = ask("原因", "Reason", "choice", required=True, choices=CLAIMS)
    words: str = ask("向客户说明", "Explanation to the buyer", "long", required=True)


@dataclass
class WaiveClaim(Command):
    """放弃催收: the buyer keeps the money, and the merchant bears it."""

    zh, en, event, node = "放弃催收", "Waive the claim", "claim_waived", "processing"
    words: str = ask("说明", "Explanation", "long", required=True)
