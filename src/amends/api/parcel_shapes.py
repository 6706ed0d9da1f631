"""What parcels look like in answers, and what an ERP posts of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from amends.api.records import record_schema
from amends.core.order_fields import OrderField
from amends.core.parcel_news import MOST_KEY, MOST_PLACE, MOST_WORDS
from amends.core.parcels import CODES

MOST_POSTED = 200
EVENT: dict[str, OrderField] = {
    "id": OrderField("事件编号", "The event's own id", most=MOST_KEY), "code": OrderField("事件", "What happened", "choice", required=True, choices=CODES),
    "at": OrderField("时间", "When, by the carrier's clock", "instant", required=True), "words": OrderField("说明", "Words", most=MOST_WORDS),
    "place": OrderField("地点", "Place", most=MOST_PLACE),
}
TRACE: dict[str, OrderField] = {"expected_at": OrderField("预计送达", "Expected to be delivered", "instant")}


class ParcelEvent(Struct):
    """一条轨迹。 · One event of a trace."""

    code: str
    words: str
    place: str
    at: datetime


class Parcel(Struct):
    """一个包裹。`flag`：`lost`、`abnormal`、`silent`（长时间没有轨迹）或空；`connected_since` 为空表示承运商未接入，轨迹由人工或接口上报。
    · A parcel. `flag`: `lost`, `abnormal`, `silent` (no news for long) or empty; without `connected_since` its trace is posted by hand (LO-1)."""

    id: str
    direction: str
    carrier: str
    waybill: str
    state: str
    flag: str
    trouble: str
    order_id: str | None
    case_id: str | None
    sent_at: datetime | None
    accepted_at: datetime | None
    expected_at: datetime | None
    signed_at: datetime | None
    returned_at: datetime | None
    registered_at: datetime | None
    connected_since: datetime | None
    interception: str | None
    interception_answer: str


class ParcelTrace(Parcel):
    """一个包裹和它的轨迹，新的在前。 · A parcel with its trace, newest first."""

    events: list[ParcelEvent]


class ParcelPage(Struct):
    """包裹，新的在前。 · Parcels, newest first."""

    items: list[Parcel]
    next: str | None


def body() -> dict[str, Any]:
    """The schema of a posted trace."""
    events = {"type": "array", "minItems": 1, "maxItems": MOST_POSTED, "items": record_schema(EVENT)}
    return {**record_schema(TRACE, {"events": events}), "required": ["events"]}


EXAMPLE: dict[str, Any] = {"events": [
    {"id": "9001", "code": "accepted", "at": "2026-03-02T10:12:00+08:00", "words": "廊坊营业点已收件", "place": "廊坊"},
    {"id": "9002", "code": "signed", "at": "2026-03-04T15:30:00+08:00", "words": "已签收"},
], "expected_at": "2026-03-04T18:00:00+08:00"}
