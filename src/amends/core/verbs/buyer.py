"""What the buyer may say (SO-5, SO-12, SO-17, SO-19, SO-30)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask

RATINGS = ("very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied")


@dataclass
class ChangeApplication(Command):
    """The application as it should read, until it is reviewed."""

    zh, en, event, node = "修改申请", "Change application", "application_changed", "buyer"
    reason: str = ask("原因", "Reason", most=64)
    description: str = ask("发生了什么", "What happened", "long")
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)


@dataclass
class Withdraw(Command):
    """The buyer gives the application up, until the goods are received."""

    zh, en, event, node = "撤回申请", "Withdraw", "withdrawn", "buyer"
    words: str = ask("原因", "Reason", "long")


@dataclass
class Answer(Command):
    """The buyer's answer to what was asked."""

    zh, en, event, node = "回复商家", "Answer", "buyer_answered", "buyer"
    words: str = ask("回复", "Answer", "long", required=True)
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)


@dataclass
class ShipBack(Command):
    """The buyer has sent the goods; carrier and number."""

    zh, en, event, node = "填写寄回运单", "Enter return waybill", "shipped_back", "buyer"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)


@dataclass
class BookPickup(Command):
    """Somebody comes for the goods: where, and in which slot."""

    zh, en, event, node = "预约上门取件", "Book pickup", "pickup_booked", "buyer"
    address: str = ask("取件地址", "Address", required=True, most=200)
    starts: str = ask("时间", "Slot starts", "instant", required=True)
    carrier: str = ask("承运商", "Carrier", most=64)


@dataclass
class DropOff(Command):
    """The goods were left at a collection point."""

    zh, en, event, node = "已放代收点", "Drop off", "dropped_off", "buyer"
    point: str = ask("代收点", "Collection point", required=True, most=200)
    carrier: str = ask("承运商", "Carrier", most=64)
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class CorrectWaybill(Command):
    """A wrong number, set right until the goods are received."""

    zh, en, event, node = "更正运单", "Correct waybill", "waybill_corrected", "receipt"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)


@dataclass
class ConfirmDelivery(Command):
    """The replacement is there and in order."""

    zh, en, event, node = "确认收到", "Confirm delivery", "delivery_confirmed", "buyer"


@dataclass
class Confirm(Command):
    """The buyer agrees that this is settled."""

    zh, en, event, node = "确认完成", "Confirm", "confirmed", "buyer"


@dataclass
class Decline(Command):
    """The buyer does not agree; processing opens again (SO-17)."""

    zh, en, event, node = "不同意", "Decline", "declined", "buyer"
    reason: str = ask("为什么不同意", "Why not", "long", required=True)


@dataclass
class Rate(Command):
    """Five steps and a text, once (SO-19)."""

    zh, en, event, node = "评价", "Rate", "rated", "buyer"
    rating: str = ask("满意度", "Satisfaction", "choice", required=True, choices=RATINGS)
    words: str = ask("想说的话", "Words", "long")


@dataclass
class ImproveRating(Command):
    """改评: once, upwards, within the pack's days (S1)."""

    zh, en, event, node = "改评", "Improve rating", "rating_improved", "buyer"
    rating: str = ask("满意度", "Satisfaction", "choice", required=True, choices=RATINGS)
    words: str = ask("想说的话", "Words", "long")


@dataclass
class NotSolved(Command):
    """未解决: reopens the conversation, not the case (SO-30)."""

    zh, en, event, node = "问题没解决", "Not solved", "not_solved", "buyer"
    words: str = ask("还有什么问题", "What is still wrong", "long", required=True)
