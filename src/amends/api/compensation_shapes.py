"""What compensation looks like in answers, and the bodies that ask for it (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.api.records import record_schema
from amends.api.shapes import Code, Language, Minor, Money
from amends.core.compensation import MEDIA, WORDS_AT_MOST
from amends.core.order_fields import OrderField

PHOTOS_AT_MOST, LINES_AT_MOST = 3, 100
GOODWILL: dict[str, OrderField] = {
    "order_id": OrderField("订单", "Order", "uuid", required=True),
    "case_id": OrderField("售后单，可不填", "The case, if it is about one", "uuid"),
    "amount": OrderField("金额，订单币种的最小单位", "Minor units of the order's currency", "count", required=True, most=10**12),
    "medium": OrderField("现金或优惠券，默认现金", "Money or a coupon; money unless said", "choice", choices=MEDIA),
    "minimum": OrderField("优惠券满多少可用", "Least purchase for a coupon", "count", most=10**12),
    "reason": OrderField("原因，见规则包", "Reason, one of the pack's", required=True, most=64),
    "words": OrderField("情况", "What happened", most=WORDS_AT_MOST),
    "ask": OrderField("超过额度时提交审批", "Where the limits stop it, have it decided", "flag"),
}
DECISION: dict[str, OrderField] = {
    "grant": OrderField("是否同意", "Whether it is granted", "flag", required=True),
    "amount": OrderField("同意金额，不填为可给的全部", "How much, in minor units; all that can be given unless said", "count", most=10**12),
    "words": OrderField("给客户的答复，不同意时必填", "Answer to the buyer; needed to refuse", most=WORDS_AT_MOST),
}
PRICE: dict[str, OrderField] = {"lines": OrderField("订单行，不填为有差价的全部", "Order lines; all with a difference unless said", "uuids", most=LINES_AT_MOST)}
FREIGHT: dict[str, OrderField] = {
    "case_id": OrderField("服务单", "The service order", "uuid", required=True),
    "amount": OrderField("运费单金额，最小单位", "What the carrier's receipt says, in minor units", "count", required=True, most=10**12),
    "photos": OrderField("运费单照片", "Photos of the receipt", "uuids", required=True, most=PHOTOS_AT_MOST),
    "words": OrderField("说明", "Words", most=WORDS_AT_MOST),
}
COUPON_USE: dict[str, OrderField] = {"order_id": OrderField("用在哪个订单", "The order it is used for", "uuid", required=True)}
BODIES = {"Goodwill": GOODWILL, "CompensationDecision": DECISION, "PriceProtectionAsked": PRICE, "ReturnFreightClaim": FREIGHT, "CouponUse": COUPON_USE}
_ID = "0197f2a0-0000-7000-8000-000000000004"
EXAMPLES: dict[str, dict[str, Any]] = {
    "Goodwill": {"zh": {"order_id": _ID, "amount": 1500, "reason": "long_wait", "words": "等了三天"}, "en": {"order_id": _ID, "amount": 1500, "reason": "long_wait", "words": "Waited three days"}},
    "CompensationDecision": {"zh": {"grant": False, "words": "差价已退"}, "en": {"grant": False, "words": "The difference was given back"}},
    "PriceProtectionAsked": {"zh": {"lines": [_ID]}},
    "ReturnFreightClaim": {"zh": {"case_id": _ID, "amount": 1800, "photos": [_ID]}},
    "CouponUse": {"zh": {"order_id": _ID}},
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies, by the names that operations use."""
    return {name: record_schema(table) for name, table in BODIES.items()}


class Coupon(Struct):
    """补偿发的优惠券；用过的写明用在哪一单。 · A coupon given as goodwill; used, it names the order."""

    code: str
    buyer_id: str
    amount: Money
    minimum: Money
    valid_from: datetime | None
    valid_until: datetime | None
    used_at: datetime | None
    used_for: str | None
    compensation_id: str | None


class CouponPage(Struct):
    """补偿发的优惠券，新的在前。 · Coupons given as goodwill, the newest first."""

    items: list[Coupon]
    next: str | None


class Compensation(Struct):
    """一笔赔付或补偿；`explanation` 写明依据哪个规则包的哪条规则、怎么算的。 · One compensation; `explanation` says by which rule of which pack it was reckoned, and how."""

    id: str
    number: str
    kind: str
    state: str
    medium: str
    order_id: str
    order_number: str
    case_id: str | None
    line_id: str | None
    buyer_id: str
    asked: Minor
    amount: Minor
    currency: Code
    reason: str
    words: str
    answer: str
    asked_by: str
    asked_at: datetime
    due_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    paid_at: datetime | None
    coupon: str | None
    explanation: dict[str, Any]


class CompensationPage(Struct):
    """赔付与补偿，新的在前。 · Compensation, the newest first."""

    items: list[Compensation]
    next: str | None


class CompensationsAsked(Struct):
    """申请了价保的各行，每行一笔。 · Price protection asked for, one for each line."""

    items: list[Compensation]


class PriceLine(Struct):
    """一行的差价；没有差价时写明原因。 · The difference of one line, or why there is none."""

    line_id: str
    title: str
    quantity: int
    today: Minor | None
    difference: Minor
    currency: Code
    waiting: str | None
    blocked: str | None
    detail: Language | None


class PriceOffer(Struct):
    """订单各行现在可以价保的差价，到什么时候。 · What price protection comes to now, line by line, and until when it can be asked for."""

    open: bool
    detail: Language | None
    until: datetime | None
    automatic: bool
    lines: list[PriceLine]


SHAPES: tuple[type, ...] = (Compensation, CompensationPage, CompensationsAsked, PriceOffer, Coupon, CouponPage)
