"""Buyers' personal data as the API shows and takes it (ST-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.api.records import record_schema
from amends.core.erasable import MOST_REFERENCE, WHY
from amends.core.order_fields import OrderField

ASKED: dict[str, OrderField] = {
    "merchant_id": OrderField("商家", "At which merchant", "uuid", required=True), "buyer_id": OrderField("客户编号", "The buyer's id", required=True, most=128),
    "why": OrderField("理由", "Why", "choice", required=True, choices=WHY), "reference": OrderField("工单号或函件号，不写姓名", "A ticket's or letter's number, no name", most=MOST_REFERENCE),
}
COPY_ASKED = {**ASKED, "language": OrderField("语言，不填为 zh-CN", "Language, zh-CN if left out", "choice", choices=("zh-CN", "en"))}
_EXAMPLE = {"merchant_id": "0197f2a0-0000-7000-8000-000000000001", "buyer_id": "lin-88", "why": "buyer_asked", "reference": "T-2026-000123"}
EXAMPLES: dict[str, dict[str, Any]] = {"BuyerAsked": {"zh": _EXAMPLE}, "BuyerCopyAsked": {"zh": _EXAMPLE | {"language": "zh-CN"}}}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies."""
    return {"BuyerAsked": record_schema(ASKED), "BuyerCopyAsked": record_schema(COPY_ASKED)}


class BuyerStays(Struct):
    """为什么还要保留：`code` 给程序，`words` 给人。 · Why it must stay: `code` for machines, `words` for people."""

    number: str
    code: str
    words: str


class BuyerMatter(Struct):
    """一个订单（`order_id`）连同它的单据，或一张没有订单的单据（`case_id`）。 · An order with its cases, or a case about no order."""

    number: str
    order_id: str | None
    case_id: str | None
    cases: int
    last_at: datetime
    stays: BuyerStays | None


class BuyerMatterPage(Struct):
    """还没有清除的，旧的在前。 · What is not erased, oldest first."""

    items: list[BuyerMatter]


class BuyerErasureShown(Struct):
    """一份清除申请；`done` 之后 `buyer_id` 是化名。 · A request; once `done`, `buyer_id` is the pseudonym."""

    id: str
    merchant_id: str
    buyer_id: str
    why: str
    reference: str
    state: str
    asked_by: str
    asked_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    ended_at: datetime | None
    next_at: datetime | None
    erased: int
    stays: list[BuyerStays]


class BuyerErasurePage(Struct):
    """办理中的在前，新的在前。 · Open ones first, newest first."""

    items: list[BuyerErasureShown]


class BuyerCopyShown(Struct):
    """一份副本，不含内容；`gone_at` 之后不能下载，`buyer_id` 为空。 · A copy without its bytes; after `gone_at` it cannot be fetched and names nobody."""

    id: str
    merchant_id: str
    buyer_id: str
    why: str
    reference: str
    language: str
    asked_by: str
    asked_at: datetime
    size: int
    sha256: str
    orders: int
    cases: int
    files: int
    taken: int
    gone_after: datetime
    gone_at: datetime | None


class BuyerCopyPage(Struct):
    """新的在前。 · Newest first."""

    items: list[BuyerCopyShown]


SHAPES: tuple[type, ...] = (BuyerStays, BuyerMatter, BuyerMatterPage, BuyerErasureShown, BuyerErasurePage, BuyerCopyShown, BuyerCopyPage)
