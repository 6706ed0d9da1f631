"""What the API answers about work on orders: steps, shipment, changes by the buyer, urges."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.shapes import FieldError, Money, Problem


class OrderWorked(Struct):
    """处理后的订单；`changed` 为假：本来就是这样。 · The order after the work; `changed` is false when it was so already (OR-8)."""

    id: str
    number: str
    state: str
    sub_state: str | None
    flag: str | None
    remarks: str
    version: int
    changed: bool


class ShipResult(Struct):
    """一单发货的结果；`status` 与单独发送时相同。 · What became of one order; `status` as if it had been sent alone."""

    id: str
    number: str | None
    status: int
    changed: bool
    problem: Problem | None


class ShipResults(Struct):
    """每单各有结果，按发送的顺序。 · Every order's own result, in the order sent."""

    done: int
    refused: int
    results: list[ShipResult]


class ChangeBegun(Struct):
    """订单已为客户锁定到 `until`，过时自动解锁。 · The order is held for its buyer until `until`, then unlocks by itself (OR-7)."""

    change: str
    until: datetime


class ChangedLine(Struct):
    """改后的一行；`change` 是 same、changed、added 或 removed。 · A line after the change; `change` is same, changed, added or removed."""

    line_id: str | None
    sku: str
    title: str
    quantity: int
    unit_price: Money
    paid: Money
    coupon: Money
    gift: bool
    change: str


class ChangeLooked(Struct):
    """改后是什么样；什么都没有写入。保存时带上 `seen`。 · What it would come to; nothing is written. Send `seen` with the save."""

    seen: Annotated[str, Meta(description="保存时原样带回：订单或价格变了就会被拒 · Sent back with the save, which is refused when order or prices are no longer these")]
    until: datetime
    before: Money
    total: Money
    back: Annotated[Money, Meta(description="将退给客户的差额 · What goes back to the buyer")]
    due: Annotated[Money, Meta(description="客户还需付的 · What the buyer has still to pay")]
    points_back: int
    lines: list[ChangedLine]


class ChangeSaved(Struct):
    """已保存并解锁的订单。 · An order saved and unlocked."""

    order_id: str
    total: Money
    back: Money
    due: Money


class ChangeEnded(Struct):
    """已放弃修改；订单保持原样。 · The change was given up; the order is as it was."""

    order_id: str
    change: str


class OrderChangeRow(Struct):
    """订单上做过的一件事；姓名、电话、地址打码。 · Something that was done to an order; names, phones and streets are masked."""

    id: str
    what: str
    at: datetime
    actor_kind: str
    actor_name: str | None
    before: dict[str, Any]
    after: dict[str, Any]


class OrderChangePage(Struct):
    """订单记录，新的在前。 · What was done to an order, newest first."""

    items: list[OrderChangeRow]
    next: str | None


class Urged(Struct):
    """已催单；`again_at` 之后可以再催。 · The merchant has been asked; it can be asked again after `again_at` (OR-9)."""

    id: str
    again_at: datetime


class Urge(Struct):
    """一次催单和回复。 · An urge and its answer."""

    id: str
    order_id: str
    number: str
    state: str
    words: str
    at: datetime
    ship_by: datetime | None
    answered_at: datetime | None
    answer: str | None
    answered_name: str | None


class UrgePage(Struct):
    """待回复的催单，等得最久的在前；或已回复的，新的在前。 · Urges that wait, the longest waiting first; or those answered, newest first."""

    items: list[Urge]
    next: str | None


class UrgeAnswered(Struct):
    """已回复的催单。 · An urge that is answered."""

    id: str
    order_id: str
    number: str


class CouponKept(Struct):
    """一张券的结果：new、changed、same 或 refused。 · What became of one: new, changed, same or refused."""

    index: int
    code: str
    status: str
    errors: list[FieldError]


class CouponsKept(Struct):
    """每张各有结果，按发送的顺序。 · Each with its own result, in the order sent."""

    new: int
    changed: int
    same: int
    refused: int
    results: list[CouponKept]
