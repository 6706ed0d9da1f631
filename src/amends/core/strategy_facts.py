"""The facts a strategy may look at (SA-2): one catalogue, from which editor, check, compiler, JSON Schema and guide are read off.

Values in Python: choice and text `str`, set `frozenset[str]`, number and minutes `int`, days whole days `int`, percent 0–100 with two decimals `float`,
money minor units `int`, flag `bool`, time of day minutes since midnight `int` on the merchant's clock. None: not known here, and a condition on it does not fit.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["service_order", "cancellation"]
Node = Literal["review", "receipt", "processing"]
FactType = Literal["choice", "set", "number", "money", "text", "flag", "minutes", "days", "percent", "time"]

NODES: dict[Node, tuple[str, str]] = {"review": ("审核", "Review"), "receipt": ("收货", "Receipt"), "processing": ("处理", "Processing")}
STATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("service_order", "review"): ("reviewing",),
    ("service_order", "receipt"): ("awaiting_return", "in_transit"),
    ("service_order", "processing"): ("processing",),
    ("cancellation", "review"): ("reviewing",),
    ("cancellation", "processing"): ("logistics_follow_up",),
}
"""The states of each kind of case in which a node's strategies are asked."""

OPERATORS: dict[str, tuple[str, str]] = {
    "is": ("是", "is"), "is_not": ("不是", "is not"), "in": ("属于", "is one of"), "not_in": ("不属于", "is none of"),
    "has_any": ("含任一", "has any of"), "has_all": ("全部含", "has all of"), "has_none": ("不含", "has none of"),
    "lt": ("<", "<"), "le": ("≤", "≤"), "gt": (">", ">"), "ge": ("≥", "≥"), "eq": ("=", "="), "between": ("介于", "between"),
    "contains_any": ("包含任一", "contains any of"), "contains_none": ("不包含", "contains none of"),
}
_NUMBERS = ("lt", "le", "gt", "ge", "eq", "between")
OPERATORS_OF: dict[FactType, tuple[str, ...]] = {
    "choice": ("is", "is_not", "in", "not_in"), "set": ("has_any", "has_all", "has_none"), "number": _NUMBERS, "money": _NUMBERS, "minutes": _NUMBERS,
    "days": _NUMBERS, "percent": _NUMBERS, "text": ("contains_any", "contains_none"), "flag": ("is",), "time": ("between",),
}
"""What can be asked of a type. `between` takes [least, most], both included; for a time of day the second may be the smaller one (past midnight)."""
LISTS = frozenset({"in", "not_in", "has_any", "has_all", "has_none", "contains_any", "contains_none"})
"""Operators whose value is a list of texts."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `choices` are fixed (code, zh, en); `source` names choices that belong to the merchant (`reasons`, `categories`, `skus`, `keyword_sets`,
    `alerts`, `provinces`, `payments`, `policy_codes`), "" where any text is taken. `at` are the (kind, node) it exists at. `moves` says that time alone changes it.
    `in_trials`: history keeps enough to know it as it was."""

    code: str
    zh: str
    en: str
    type: FactType
    group: str
    at: frozenset[tuple[str, str]]
    unit: tuple[str, ...] = ("", "")
    choices: tuple[tuple[str, str, str], ...] = ()
    source: str = ""
    moves: bool = False
    in_trials: bool = True
    cost: int = 1
    """How dear a comparison is: the compiler asks the cheap ones first."""

    @property
    def operators(self) -> tuple[str, ...]:
        """What can be asked of it."""
        return OPERATORS_OF[self.type]


GROUPS: dict[str, tuple[str, str]] = {
    "application": ("申请", "Application"), "goods": ("商品", "Goods"), "order": ("订单", "Order"), "buyer": ("客户", "Buyer"), "parcel": ("物流", "Parcel"),
    "inspection": ("验收", "Inspection"), "desk": ("工作台", "Desk"),
}
_ALL = frozenset(STATES)
_SO = frozenset(k for k in STATES if k[0] == "service_order")
_CA = frozenset(k for k in STATES if k[0] == "cancellation")
_REVIEW = frozenset({("service_order", "review")})
_BACK = frozenset({("service_order", "receipt"), ("service_order", "processing")})
_DONE = frozenset({("service_order", "processing")})
_PIECES, _TIMES, _DAYS, _YEN, _PHOTOS, _PER = ("件", "pieces", "piece"), ("次", "times", "time"), ("天", "days", "day"), ("元", "currency"), ("张", "photos", "photo"), ("%", "%")
_YES = (("opened", "已拆封", "opened"), ("unopened", "未拆封", "unopened"), ("unknown", "未说明", "not said"))


def _buyer() -> tuple[Fact, ...]:
    out: list[Fact] = []
    for days in (30, 90):
        out += [
            Fact(f"buyer_applications_{days}", f"{days} 天申请", f"applications in {days} days", "number", "buyer", _ALL, _TIMES),
            Fact(f"buyer_refund_rate_{days}", f"{days} 天退款率", f"refund rate in {days} days", "percent", "buyer", _ALL, _PER),
            Fact(f"buyer_disputes_{days}", f"{days} 天纠纷", f"disputes in {days} days", "number", "buyer", _ALL, _TIMES),
        ]
    return (*out, Fact("buyer_level", "客户等级", "buyer level", "number", "buyer", _ALL))


CATALOGUE: tuple[Fact, ...] = (
    Fact("case_type", "期望", "asks for", "choice", "application", _ALL, choices=(
        ("return", "退货", "return"), ("exchange", "换货", "exchange"), ("repair", "维修", "repair"), ("reissue", "补发", "reissue"),
        ("whole", "整单取消", "whole order"), ("part", "部分取消", "part of the order"), ("deletion", "删除订单", "deletion"))),
    Fact("reason", "原因", "reason", "choice", "application", _ALL, source="reasons"),
    Fact("responsibility", "责任", "responsibility", "choice", "application", _SO, choices=(("buyer", "客户", "buyer"), ("merchant", "商家", "merchant"), ("carrier", "承运商", "carrier"))),
    Fact("description", "描述", "description", "text", "application", _ALL, cost=4),
    Fact("keywords", "识别到的关键词集", "keyword sets found", "set", "application", _SO, source="keyword_sets", cost=2),
    Fact("alerts", "出现过的告警", "alerts raised", "set", "application", _SO, source="alerts", cost=2),
    Fact("photos", "照片", "photos", "number", "application", _SO, _PHOTOS),
    Fact("amount", "实付", "paid", "money", "application", _ALL, _YEN),
    Fact("quantity", "数量", "quantity", "number", "application", _ALL, _PIECES),
    Fact("by_staff", "客服代申请", "applied for by staff", "flag", "application", _ALL),
    Fact("source", "来源", "source", "choice", "application", _CA, choices=(
        ("buyer", "客户", "buyer"), ("staff", "客服", "staff"), ("dispute_direct_refund", "纠纷直接退款", "dispute: direct refund"),
        ("dispute_48h_interception", "纠纷 48 小时拦截", "dispute: 48 h interception"))),
    Fact("policy_verdict", "规则判断", "policy verdict", "choice", "application", _SO, choices=(
        ("allowed", "支持", "allowed"), ("not_allowed", "不支持", "not allowed"), ("overridden", "越权申请", "applied against the rules"))),
    Fact("policy_code", "规则结论", "policy finding", "choice", "application", _SO, source="policy_codes"),
    Fact("minutes_open", "申请已过", "since it was opened", "minutes", "application", _ALL, ("分钟", "minutes", "minute"), moves=True),
    Fact("sku", "SKU", "SKU", "choice", "goods", _ALL, source="skus"),
    Fact("category", "类目", "category", "choice", "goods", _ALL, source="categories"),
    Fact("goods_state", "商品状态", "goods", "choice", "goods", _SO, choices=_YES),
    Fact("stock_free", "SKU 可用库存", "stock free", "number", "goods", _ALL, _PIECES),
    Fact("order_amount", "订单金额", "order paid", "money", "order", _ALL, _YEN),
    Fact("payment", "支付方式", "payment", "choice", "order", _ALL, source="payments"),
    Fact("fulfilment_mode", "履约模式", "fulfilment", "choice", "order", _ALL, choices=tuple((m, m, m) for m in ("FBP", "LBP", "SOPL", "SOP"))),
    Fact("platform_delivery", "平台配送", "platform delivery", "flag", "order", _ALL),
    Fact("province", "省份", "province", "choice", "order", _ALL, source="provinces"),
    Fact("days_since_receipt", "收货天数", "days since receipt", "days", "order", _SO, _DAYS, moves=True),
    Fact("shipped", "已发货", "shipped", "flag", "order", _CA),
    Fact("delivered", "已送达", "delivered", "flag", "order", _CA),
    *_buyer(),
    Fact("waybill_state", "寄回包裹", "return parcel", "choice", "parcel", _SO, choices=(
        ("none", "无运单", "no waybill"), ("in_transit", "在途", "in transit"), ("signed", "已签收", "signed for"), ("lost", "丢失", "lost"))),
    Fact("parcel_state", "发出包裹", "outgoing parcel", "choice", "parcel", _CA, choices=(
        ("none", "无运单", "no waybill"), ("in_transit", "在途", "in transit"), ("signed", "已签收", "signed for"), ("lost", "丢失", "lost"), ("returned", "已退回", "returned"))),
    Fact("days_without_tracking", "物流无更新", "no tracking for", "days", "parcel", _ALL, _DAYS, moves=True),
    Fact("received_quantity", "收到数量", "received", "number", "inspection", _DONE, _PIECES),
    Fact("received_all", "全部收到", "all received", "flag", "inspection", _DONE),
    Fact("condition", "验收结果", "finding", "choice", "inspection", _DONE, choices=(
        ("good", "完好", "good"), ("damaged", "损坏", "damaged"), ("wrong_item", "非原商品", "wrong item"), ("missing", "缺少", "missing"), ("short", "少件", "short"),
        ("lost", "途中丢失", "lost on the way"), ("refused", "拒收", "refused"), ("kept_by_buyer", "客户留用", "kept by the buyer"))),
    Fact("packaging", "包装", "packaging", "choice", "inspection", _DONE, choices=(
        ("intact", "完好", "intact"), ("opened", "已拆", "opened"), ("damaged", "破损", "damaged"), ("missing", "缺失", "missing"))),
    Fact("appearance", "外观", "appearance", "choice", "inspection", _DONE, choices=(("intact", "完好", "intact"), ("slight", "轻微痕迹", "slight marks"), ("damaged", "损坏", "damaged"))),
    Fact("function", "功能", "function", "choice", "inspection", _DONE, choices=(("normal", "正常", "normal"), ("faulty", "故障", "faulty"), ("untested", "未测", "untested"))),
    Fact("accessories", "附件与赠品", "accessories", "choice", "inspection", _DONE, choices=(("complete", "齐全", "complete"), ("missing", "缺少", "missing"))),
    Fact("counted_as_received", "超时视为收货", "counted as received", "flag", "inspection", _DONE),
    Fact("time_of_day", "时刻", "time of day", "time", "desk", _ALL, moves=True),
    Fact("service_hours", "营业时间内", "in service hours", "flag", "desk", _ALL, moves=True),
    Fact("agent_load", "每位在岗客服待办", "cases waiting per agent on duty", "number", "desk", _ALL, ("单", "cases", "case"), moves=True, in_trials=False),
)
FACTS: dict[str, Fact] = {fact.code: fact for fact in CATALOGUE}
DEAR = frozenset({
    *(f"buyer_{what}_{days}" for what in ("applications", "refund_rate", "disputes") for days in (30, 90)),
    "stock_free", "payment", "waybill_state", "parcel_state", "days_without_tracking", "agent_load",
})
"""Facts that are counted or looked for elsewhere than in the case, its line and its order: they are read only for cases whose decision hangs on them."""


_TYPES_OF = {"service_order": ("return", "exchange", "repair", "reissue"), "cancellation": ("whole", "part", "deletion")}


def choices_at(fact: Fact, kind: str) -> tuple[tuple[str, str, str], ...]:
    """The choices an editor offers for cases of this kind: a cancellation never asks for an exchange."""
    return tuple(c for c in fact.choices if fact.code != "case_type" or c[0] in _TYPES_OF[kind])


def facts_at(kind: str, node: str) -> tuple[Fact, ...]:
    """What can be asked of a case of this kind at this node, in the catalogue's order."""
    return tuple(fact for fact in CATALOGUE if (kind, node) in fact.at)
