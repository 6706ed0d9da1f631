"""收货与处理: what the merchant does once goods are on the way or there (SO-13 … SO-18)."""

from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, ask

DISPOSITIONS = ("sale", "quarantine", "scrap", "back_to_buyer")
RECEIPTS = ("good", "damaged", "wrong_item", "missing", "short", "lost", "refused", "kept_by_buyer")


@dataclass
class RegisterReceipt(Command):
    """收货登记 of one service order's line: what came, how it is, and what becomes of it (SO-13, SO-34)."""

    zh, en, event, node = "收货登记", "Register receipt", "goods_received", "receipt"
    received: int | None = ask("收到数量", "Quantity received", "count", required=True, least=0, most=9999)
    condition: str = ask("验收结果", "Finding", "choice", required=True, choices=RECEIPTS)
    packaging: str = ask("包装", "Packaging", "choice", required=True, choices=("intact", "opened", "damaged", "missing"))
    appearance: str = ask("外观", "Appearance", "choice", required=True, choices=("intact", "slight", "damaged"))
    function: str = ask("功能", "Function", "choice", required=True, choices=("normal", "faulty", "untested"))
    accessories: str = ask("附件与赠品", "Accessories and gifts", "choice", required=True, choices=("complete", "missing"))
    serial: str = ask("序列号", "Serial number", most=64)
    disposition: str = ask("去向", "Disposition", "choice", required=True, choices=DISPOSITIONS)
    findings: list[Any] = ask("影响售后的情形", "Findings that matter", "codes", most=20)
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)
    note: str = ask("备注", "Note", "long")


@dataclass
class Refund(Command):
    """Money back for what arrived; amounts in minor units, empty for what was computed (MO-1, MO-2)."""

    zh, en, event, node = "退款", "Refund", "refund_granted", "processing"
    amount: int | None = ask("退款金额", "Amount", "money", least=0, most=10**12)
    freight: int | None = ask("其中运费", "Freight part", "money", least=0, most=10**9)
    adjust_reason: str = ask("调整原因", "Reason for another amount", most=64)
    words: str = ask("给客户的话", "Words to the buyer", "long")


@dataclass
class Exchange(Command):
    """Other goods go out for those that came; a new SKU may be another size or colour."""

    zh, en, event, node = "换新", "Exchange", "exchange_granted", "processing"
    sku: str = ask("换新 SKU", "New SKU", "sku", required=True, most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)


@dataclass
class ExchangeOffline(Command):
    """The exchange was handled outside the platform (S0)."""

    zh, en, event, node = "线下换新", "Exchange offline", "exchanged_offline", "processing"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)
    sku: str = ask("换新 SKU", "New SKU", "sku", required=True, most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)


@dataclass
class Repair(Command):
    """What was repaired and what it cost the buyer, in minor units; 0 in warranty (S1)."""

    zh, en, event, node = "维修", "Repair", "repaired", "processing"
    done: str = ask("维修内容", "What was done", "long", required=True)
    cost: int | None = ask("客户承担费用", "Cost to the buyer", "money", least=0, most=10**9)


@dataclass
class Reissue(Command):
    """The missing goods go out."""

    zh, en, event, node = "补发", "Reissue", "reissue_granted", "processing"
    sku: str = ask("补发 SKU", "SKU", "sku", most=64)
    quantity: int | None = ask("数量", "Quantity", "count", least=1, most=9999)


@dataclass
class ReturnOriginal(Command):
    """原返: the goods go back to the buyer as they came. The reason is a ground of the pack; it, the explanation and photos are shown to the buyer (SO-27)."""

    zh, en, event, node = "原返", "Return original", "original_returned", "processing"
    reason: str = ask("原返原因", "Reason", required=True, most=64)
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)
    words: str = ask("向客户说明", "Explanation to the buyer", "long")
    photos: list[Any] = ask("照片", "Photos", "photos", most=3)


@dataclass
class ChangeType(Command):
    """改类型 with the buyer's consent recorded; the original expectation is kept (SO-26)."""

    zh, en, event, node = "改类型", "Change type", "type_changed", "processing"
    type: str = ask("新类型", "New type", "choice", required=True, choices=("return", "exchange", "repair", "reissue"))
    consent: str = ask("客户如何同意", "How the buyer agreed", "long", required=True)


@dataclass
class RaiseDiscrepancy(Command):
    """What arrived differs from what was applied for; the buyer is asked (SO-15)."""

    zh, en, event, node = "收货差异", "Raise discrepancy", "discrepancy_raised", "receipt"
    difference: str = ask("差异", "Difference", "choice", required=True, choices=("short", "wrong_item", "used", "damaged", "accessories"))
    words: str = ask("向客户说明", "Explanation to the buyer", "long", required=True)


@dataclass
class DeliverParts(Command):
    """送达平台仓库: what the platform will send to the buyer has been delivered to the platform's warehouse (PO-8)."""

    zh, en, event, node = "配件已送平台仓", "Parts delivered to the platform", "parts_delivered", "processing"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)


@dataclass
class ShipReplacement(Command):
    """The waybill of the goods that go out (SO-16)."""

    zh, en, event, node = "发出商品", "Ship replacement", "replacement_shipped", "processing"
    carrier: str = ask("承运商", "Carrier", required=True, most=64)
    waybill: str = ask("运单号", "Waybill number", required=True, most=64)


@dataclass
class PromiseStock(Command):
    """承诺到货: the SKU waited for is not there; the buyer is told until when, and the time to process ends then (ST-K5)."""

    zh, en, event, node = "承诺到货日期", "Promise a date", "stock_promised", "processing"
    until: str = ask("最晚处理时间", "At the latest", "instant", required=True)
    words: str = ask("给客户的话", "Words to the buyer", "long", required=True)


@dataclass
class ReverseRefund(Command):
    """冲正: a refund is never deleted; this entry, with a permission of its own, reopens the case (SO-36)."""

    zh, en, event, node = "冲正退款", "Reverse refund", "refund_reversed", "finance"
    reason: str = ask("冲正原因", "Reason", "long", required=True)
