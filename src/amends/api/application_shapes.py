"""What applications, options and photos look like in answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from amends.api.shapes import Language


class AppliedCase(Struct):
    """申请里的一张服务单；`existing`：同样的商品先前已有这一单。 · A service order of the application; `existing`: the same goods were on it already (SO-3)."""

    id: str
    number: str
    state: str
    line_id: str
    existing: bool


class Applied(Struct):
    """受理的申请，每行一张服务单；各行都已有单时没有编号。 · An application taken in, a service order for each line; no id and number when every line had one already."""

    application_id: str | None
    number: str | None
    cases: list[AppliedCase]


class Cancelled(Struct):
    """受理的取消；`existing`：同样的商品先前已有这一张。 · A cancellation taken in; `existing`: its goods were on an open one already, and that is it (CA-8)."""

    id: str
    number: Annotated[str, Meta(examples=["C-2026-000123"])]
    state: str
    existing: bool


class ReasonOption(Struct):
    """规则包里的一个原因，以及能不能用它申请。 · One reason of the pack's tree and whether the type may be asked for with it."""

    code: str
    label: Language
    allowed: bool
    verdict: str
    detail: Language
    until: datetime | None


class TypeOption(Struct):
    """一行的一种类型：能不能申请、到什么时候、依据哪条规则。 · One type on one line: open or not, until when, and the rule that says so (SO-2)."""

    type: str
    allowed: bool
    code: str
    rule: str
    detail: Language
    until: datetime | None
    freight_by: Annotated[str | None, Meta(description="谁承担寄回运费 · Who pays the way back.")]
    reasons: list[ReasonOption]


class LineOption(Struct):
    """订单的一行；还能申请 `left` 件。 · One line of the order; `left` pieces can still be asked for."""

    line_id: str
    sku: str
    title: str
    quantity: int
    left: int
    types: list[TypeOption]


class Options(Struct):
    """一个订单可以申请的售后。 · What may be asked for on an order."""

    order_id: str
    order_number: str
    lines: list[LineOption]
    photos_at_most: int
    photo_bytes_below: int


class BuyerLink(Struct):
    """让订单的客户进来的地址，到期失效。 · An address that lets the buyer of an order in, until it expires."""

    url: str
    expires_at: datetime


class Photo(Struct):
    """已保存的照片；在 `photos` 里写它的编号。 · A photo kept; name its id in `photos`."""

    id: str
