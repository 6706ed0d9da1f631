"""What staff, clocks and carriers may say besides reviewing and processing (ST-7, SO-24, SO-30, SO-14, SO-18)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask


@dataclass
class Claim(Command):
    """领取: this case is mine to work on."""

    zh, en, event, node = "领取", "Claim", "claimed", "desk"


@dataclass
class Release(Command):
    """退回: back to the pool."""

    zh, en, event, node = "退回领取", "Release", "released", "desk"


@dataclass
class Assign(Command):
    """指派: a supervisor gives the case to somebody."""

    zh, en, event, node = "指派", "Assign", "assigned", "desk"
    person: str = ask("处理人", "Person", "person", required=True, most=64)
    person_name: str = ask("姓名", "Name", most=64)


@dataclass
class Note(Command):
    """A staff note that buyers never see."""

    zh, en, event, node = "内部备注", "Note", "noted", "desk"
    words: str = ask("备注", "Note", "long", required=True)


@dataclass
class Say(Command):
    """A message between buyer and merchant on the case."""

    zh, en, event, node = "发送消息", "Send message", "said", "desk"
    words: str = ask("消息", "Message", "long", required=True)
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)


@dataclass
class AcknowledgeAlert(Command):
    """An alert is kept in mind; the case goes on with the type as chosen (KW-2). Where the buyer agrees to another one, `ChangeType` answers the alert."""

    zh, en, event, node = "确认告警", "Acknowledge alert", "alert_acknowledged", "review"
    words: str = ask("说明", "Remark", "long")


@dataclass
class RaiseAlert(Command):
    """A warning that stays until somebody answers it: words of the buyer that do not fit (KW-2), or a person's or a strategy's own (SA-3)."""

    zh, en, event, node = "发出告警", "Raise alert", "alert_raised", "desk"
    words: str = ask("要留意什么", "What to look at", "long", required=True)


PRIORITIES = ("high", "normal", "low")


@dataclass
class SetPriority(Command):
    """How soon people should come to it, as a strategy or a colleague says (SA-3); clocks stay as they are."""

    zh, en, event, node = "设优先级", "Set priority", "priority_set", "desk"
    priority: str = ask("优先级", "Priority", "choice", required=True, choices=PRIORITIES)


@dataclass
class CallPlatform(Command):
    """申请平台介入, with a reason (SO-30)."""

    zh, en, event, node = "申请平台介入", "Call the platform in", "platform_called", "desk"
    reason: str = ask("原因", "Reason", "long", required=True)
    cause: str = ask("事由", "Cause", most=64)
    photos: list[Any] = ask("照片", "Photos", "photos", most=6)


@dataclass
class AnswerCall(Command):
    """答复求助: what the platform says to whoever called it in; `dispute` is the number of one it opened from the call (SO-30)."""

    zh, en, event, node = "答复求助", "Answer the call for help", "call_answered", "platform"
    words: str = ask("答复", "Answer", "long", required=True)
    dispute: str = ask("已开纠纷单", "Dispute opened", most=32)


@dataclass
class AnswerRating(Command):
    """The merchant's answer to a rating, once."""

    zh, en, event, node = "回复评价", "Answer rating", "rating_answered", "desk"
    words: str = ask("回复", "Answer", "long", required=True)


@dataclass
class RefundAtMerchantsCost(Command):
    """Processing is late; the platform refunds the buyer and the merchant bears it (SO-18, S1)."""

    zh, en, event, node = "超时代退款", "Refund at merchant's cost", "refunded_by_platform", "platform"
    reason: str = ask("原因", "Reason", "long", required=True)


@dataclass
class RecordTransfer(Command):
    """登记退款转账: finance has moved the money of one refund request by hand (MO-5, SO-35)."""

    zh, en, event, node = "登记退款转账", "Record refund transfer", "refund_moved", "finance"
    request: str = ask("退款请求", "Refund request", "request", required=True, most=64)
    reference: str = ask("转账流水号", "Transfer reference", required=True, most=64)


@dataclass
class ParcelSigned(Command):
    """The carrier says the parcel was signed for; the time to register it begins (SO-14)."""

    zh, en, event, node = "包裹签收", "Parcel signed", "parcel_signed", "receipt"
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class ReplacementDelivered(Command):
    """The replacement was delivered; the buyer's time to confirm begins (SO-16)."""

    zh, en, event, node = "商品送达", "Replacement delivered", "replacement_delivered", "processing"
    waybill: str = ask("运单号", "Waybill number", most=64)


@dataclass
class RunOut(Command):
    """The state's clock has run out."""

    zh, en, event, node = "到时", "Time ran out", "ran_out", "clock"
