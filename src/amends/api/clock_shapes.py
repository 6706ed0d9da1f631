"""What the statement of every clock and suspensions look like in answers, and what may be sent (PO-15, PO-16)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from amends.api.records import record_schema
from amends.core.order_fields import OrderField

SUSPENSION: dict[str, OrderField] = {
    "zh": OrderField("中文名称", "Name in Chinese", required=True, most=40), "en": OrderField("英文名称", "Name in English", required=True, most=40),
    "starts_at": OrderField("开始", "Start", "instant", required=True), "ends_at": OrderField("结束", "End", "instant", required=True),
}
LISTS = {"clocks": "时限，不填是全部；见时限总表的 `stops_with` · Kinds of clock, as `stops_with` of the statement names them; all when left out", "regions": "省份，不填是全部 · Provinces; all when left out"}
BODIES = {"Suspending": SUSPENSION}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Suspending": {"zh": {"zh": "春节期间暂停", "en": "Paused for Spring Festival", "starts_at": "2027-02-04T00:00:00+08:00", "ends_at": "2027-02-18T00:00:00+08:00", "clocks": ["review", "ship_back"]}},
}


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas of the bodies, by the names that operations use."""
    lists = {name: {"description": about, "type": "array", "maxItems": 100, "items": {"type": "string", "minLength": 1}} for name, about in LISTS.items()}
    return {"Suspending": record_schema(SUSPENSION, lists)}


class Both(Struct):
    """同一句话的中文和英文。 · One text in both languages."""

    zh: str
    en: str


class ClockSpan(Struct):
    """多长时间。`amount`：`elapsed`、`working_time` 是秒，按天的是天数。 · How long. `amount`: seconds for `elapsed` and `working_time`, days for those counted in days; `before` and `by` are minutes of the day."""

    kind: str
    amount: int
    before: int
    by: int
    next_working: bool


class ClockSource(Struct):
    """数字的出处。 · Where the figure comes from."""

    id: str
    level: Annotated[str, Meta(description="document, law, web, own")]
    text: Annotated[str, Meta(description="英文。 · In English.")]
    zh: Annotated[str, Meta(description="中文；较早的规则包没有。 · In Chinese; empty in older packs.")]


class ClockLine(Struct):
    """一个时限的一种时长。`type`、`modes`、`ways`、`goods` 为空的适用于其余情况；`state` 为空的不随状态走。 · One time of one clock.
    Where `type`, `modes`, `ways` and `goods` are empty it goes for all others. Where `state` is empty it follows no state."""

    clock: str
    name: Both
    kind: str
    state: str
    state_name: Both
    type: str | None
    modes: list[str]
    ways: list[str]
    goods: list[str]
    rule: Annotated[str | None, Meta(description="`fast_review`：只适用于参加极速审核的商家。 · Only for merchants who take part in fast review (SO-31).")]
    span: ClockSpan
    time: Both
    then: str
    then_name: Both
    remind_before: Annotated[int | None, Meta(description="提前多少秒提醒。 · Seconds before the end; null: no reminder.")]
    source: ClockSource
    stops_with: Annotated[list[str], Meta(description="暂停里写哪些时限时它跟着停；空的不停。 · The kinds of clock by which a suspension stops it; empty: none does (PO-15).")]
    goes_on: Annotated[Both | None, Meta(description="为什么暂停时照常计时。 · Why no suspension stops it.")]


class Suspension(Struct):
    """一次暂停。`clocks`、`regions` 为空是全部；[`starts_at`, `ends_at`)。 · One suspension. Empty `clocks` or `regions` mean all; the end itself is no longer in it."""

    id: str
    name: Both
    state: Annotated[str, Meta(description="coming, in_force, over, withdrawn")]
    starts_at: datetime
    ends_at: datetime
    clocks: list[str]
    regions: list[str]
    made_at: datetime
    withdrawn_at: datetime | None
    moved: Annotated[int, Meta(description="上一次变更调整了多少个倒计时；只对平台。 · Countdowns moved for the last change; 0 for merchants.")]
    following: Annotated[int, Meta(description="还有多少个商家在调整；只对平台。 · Merchants still to follow; 0 for merchants.")]


class Clocks(Struct):
    """一个规则包的全部时限，以及生效和预告中的暂停。 · Every clock of a pack, with the suspensions in force and coming."""

    pack: str
    version: int
    pack_name: Both
    items: list[ClockLine]
    suspensions: list[Suspension]
    next: str | None = None


class SuspensionPage(Struct):
    """暂停，新开始的在前。 · Suspensions, the latest beginning first."""

    items: list[Suspension]
    next: str | None


class SuspensionEffect(Struct):
    """会调整多少个倒计时、多少个商家，其中多少个立即到期；`more`：至少这些。 · How many countdowns of how many merchants move, and how many are due at once; `more`: at least."""

    clocks: int
    merchants: int
    at_once: int
    more: bool


SHAPES: tuple[type, ...] = (Clocks, Suspension, SuspensionPage, SuspensionEffect)
