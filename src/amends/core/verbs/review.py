"""审核: what the merchant may say to an application (glossary, review results; SO-6)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask

FAULTS = ("buyer", "merchant", "carrier")
SAID_HOW = ("chat", "phone", "application", "other")


@dataclass
class ApproveReturn(Command):
    """The buyer may send the goods back, to this address; `freight_by` overrides who pays the way back."""

    zh, en, event, node = "同意客户发货", "Approve return", "return_approved", "review"
    return_address: str = ask("退货地址", "Return address", "address", most=64)
    freight_by: str = ask("寄回运费由谁承担", "Return freight paid by", "choice", choices=FAULTS)
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class Reject(Command):
    """The application is refused; reason, explanation and photos are shown to the buyer, who may dispute. Some reasons need photos (SO-27)."""

    zh, en, event, node = "审核不通过", "Reject", "rejected", "review"
    reason: str = ask("不通过原因", "Reason", required=True, most=64)
    words: str = ask("向客户说明", "Explanation to the buyer", "long", required=True)
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)


@dataclass
class ReissueWithoutReturn(Command):
    """New goods go out, nothing comes back; stock is taken now."""

    zh, en, event, node = "不退货补发新品", "Reissue without return", "reissue_granted", "review"
    sku: str = ask("补发 SKU", "SKU", "sku", most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class RefundWithoutReturn(Command):
    """Money back, goods stay with the buyer; `amount` in minor units, empty for what was computed (MO-1)."""

    zh, en, event, node = "不退货仅退款", "Refund without return", "refund_granted", "review"
    amount: int | None = ask("退款金额", "Amount", "money", least=0, most=10**12)
    adjust_reason: str = ask("调整原因", "Reason for another amount", most=64)
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class ReissueOffline(Command):
    """Goods went out outside the platform; carrier and number are entered by hand."""

    zh, en, event, node = "线下补发商品", "Reissue offline", "reissued_offline", "review"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)
    sku: str = ask("补发 SKU", "SKU", "sku", most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)


@dataclass
class AskBuyer(Command):
    """Something is missing; the buyer's answer brings the case back here."""

    zh, en, event, node = "待客户反馈", "Ask the buyer", "buyer_asked", "review"
    missing: str = ask("缺少什么", "What is missing", "choice", required=True, choices=("photos", "reason", "serial", "invoice", "other"))
    words: str = ask("向客户提问", "Question to the buyer", "long", required=True)


@dataclass
class Abandon(Command):
    """The buyer has given up, as recorded by the merchant."""

    zh, en, event, node = "客户放弃", "Buyer gave up", "abandoned", "review"
    said_how: str = ask("客户如何表示", "How the buyer said so", "choice", required=True, choices=SAID_HOW)
    words: str = ask("说明", "Note", "long")
