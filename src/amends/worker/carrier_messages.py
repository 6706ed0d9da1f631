"""What carriers tell by message (docs/guides/carrier.md), many messages at once: one batch of news for each carrier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from amends.core.parcel_news import News, PickupNews, Unreadable, read_news, read_pickup
from amends.engine.house import House
from amends.engine.parcels import take_news
from amends.engine.pickups import take_answers
from amends.store.connections import Connection
from amends.store.inbox import Message


def read_carrier(house: House, connection: Connection, messages: list[Message], now: datetime) -> None:
    """`parcel.news` and `pickup.changed`; other types are for others. Raises Unreadable for nonsense, with nothing taken in."""
    told = [t for m in messages if (t := _told(m.body)) is not None]
    if news := [t for t in told if isinstance(t, News)]:
        take_news(house.pool, connection.id, news, now, by="message")
    if couriers := [t for t in told if isinstance(t, PickupNews)]:
        take_answers(house.pool, connection.id, couriers, now)


def _told(text: str) -> News | PickupNews | None:
    try:
        body: Any = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Unreadable("not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise Unreadable("not an object with a type")
    if body["type"] == "parcel.news":
        return read_news(body.get("data"))
    return read_pickup(body.get("data")) if body["type"] == "pickup.changed" else None
