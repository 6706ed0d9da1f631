"""Disputes over HTTP: the body that opens one, ways to open one, evidence (DI-1, DI-5, DI-6a)."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.records import record_schema
from amends.api.shapes import Language, Minor, Why
from amends.core.order_fields import OrderField
from amends.core.pack_disputes import SCENARIOS
from amends.core.verbs.dispute import OUTCOMES

DISPUTE: dict[str, OrderField] = {
    "order_id": OrderField("订单编号", "Order", "uuid", required=True),
    "case_id": OrderField("针对的取消订单或服务单；不填是订单本身", "The cancellation or service order in dispute; the order as such when left out", "uuid"),
    "scenario": OrderField("纠纷类型", "What it is about", "choice", required=True, choices=tuple(SCENARIOS)),
    "demand": OrderField("诉求", "What is asked for", "choice", required=True, choices=tuple(o for o in OUTCOMES if o != "nothing")),
    "amount": OrderField("要求的金额，货币最小单位", "The amount asked for, in minor units", "count", most=10**15),
    "words": OrderField("发生了什么", "What happened", required=True, most=1000),
    "photos": OrderField("证据文件编号", "Ids of evidence files", "uuids", most=9),
}
_ORDER = "0197f2a0-0000-7000-8000-000000000004"
EXAMPLES: dict[str, dict[str, Any]] = {
    "Dispute": {
        "zh": {"order_id": _ORDER, "scenario": "goods_quality", "demand": "refund", "amount": 13900, "words": "杯盖漏水，商家拒绝退货"},
        "en": {"order_id": _ORDER, "scenario": "goods_quality", "demand": "refund", "amount": 13900, "words": "The lid leaks and the merchant refused the return"},
    },
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of the body."""
    return {"DisputeBody": record_schema(DISPUTE)}


class DisputeOpened(Struct):
    """受理的纠纷；`existing`：同一单先前已有进行中的纠纷。 · A dispute taken in; `existing`: there was an open one about the same thing, and that is it (DI-1)."""

    id: str
    number: Annotated[str, Meta(examples=["D-2026-000123"])]
    state: str
    existing: bool


class DisputeWay(Struct):
    """可以争议的一项：订单本身或它的一张单；`refusal` 写明现在为什么不行。 · Something that can be disputed, the order or a case of it; `refusal` says why not now (DI-6a, DI-9)."""

    kind: str
    id: str
    number: str
    state: str
    opens_at: datetime | None
    ends_at: datetime | None
    most: Minor
    scenarios: list[str]
    refusal: Why | None
    open_dispute: str | None


class DisputeWays(Struct):
    """一个订单的全部途径。 · All ways of one order."""

    items: list[DisputeWay]


class EvidencePiece(Struct):
    """一份证据：原样保存，`sha256` 是文件的摘要。 · One piece of evidence, kept unaltered; `sha256` is the file's digest (DI-5)."""

    id: str
    n: int
    side: str
    kind: str
    kind_label: Language
    words: str
    file_id: str
    sha256: str
    media_type: str
    size: int
    at: datetime
    href: str


class EvidencePieces(Struct):
    """一张纠纷单的证据，按提交顺序。 · The evidence of a dispute in the order it was filed."""

    items: list[EvidencePiece]


class EvidenceFile(Struct):
    """已保存的文件；把编号写进 `add_evidence` 的 `photos`。 · A file that was kept; name its id in `photos` of `add_evidence`."""

    id: str


class CountedDispute(Struct):
    """计入商责率的一张纠纷单。 · A dispute that counts against the merchant."""

    id: str
    number: Annotated[str, Meta(examples=["D-2026-000123"])]
    scenario: str
    liability: str
    outcome: str
    state: str
    on_appeal: bool
    judged_at: datetime


class LiabilityLine(Struct):
    """规则包的达标线：少于几单，或比率不高于多少（万分之一）；没有的为空。 · The line of the rules: fewer than so many, or at most this rate (1/100 of a percent); null where none is drawn."""

    count_below: int | None
    rate_at_most: int | None
    source: str


class DisputeLiability(Struct):
    """近 `days` 天：商责纠纷 `liable`，完结的退款单 `refunds_ended`，`rate` 是两者之比（没有退款单时为空）；`kept`：是否达标，没有达标线时为空。 · Of the last `days` days: liable disputes, refunds that ended, their ratio (null without any); `kept`: whether the line is kept, null where none is drawn (PO-12)."""

    days: int
    liable: int
    refunds_ended: int
    rate: float | None
    line: LiabilityLine | None
    kept: bool | None
    disputes: list[CountedDispute]


SHAPES: tuple[type, ...] = (DisputeOpened, DisputeWays, EvidencePieces, EvidenceFile, DisputeLiability)
