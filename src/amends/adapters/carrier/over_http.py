"""A carrier over HTTP, as docs/guides/carrier.md says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amends.adapters.carrier.protocol import PickupAsked, Slot
from amends.adapters.link import Link, Unreachable
from amends.core.parcel_news import News, PickupNews, Stopped, Unreadable, instant, read_news, read_pickup, read_stopped

AT_ONCE = 100
"""Waybills in one request."""


class CarrierOverHttp:
    """One connection's carrier; safe from many threads."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def follow(self, waybills: Sequence[str]) -> list[News]:
        """See `protocol.Carrier`."""
        return self._many("/v1/parcels/follow", waybills)

    def look(self, waybills: Sequence[str]) -> list[News]:
        """See `protocol.Carrier`."""
        return self._many("/v1/parcels/look", waybills)

    def slots(self) -> list[Slot]:
        """See `protocol.Carrier`."""
        answer = self._link.get("/v1/pickups/slots")
        try:
            return [_slot(given) for given in _list(answer, "slots")]
        except Unreadable as error:
            raise Unreachable(f"/v1/pickups/slots: {error}") from error

    def book(self, asked: PickupAsked) -> PickupNews:
        """See `protocol.Carrier`."""
        ends = asked.ends_at.isoformat() if asked.ends_at else None
        return self._pickup("/v1/pickups", {"key": asked.key, "address": asked.address, "starts_at": asked.starts_at.isoformat(), "ends_at": ends}, asked.key)

    def cancel(self, key: str) -> PickupNews:
        """See `protocol.Carrier`."""
        return self._pickup("/v1/pickups/cancel", {"key": key}, f"{key}.cancel")

    def intercept(self, key: str, waybill: str, reason: str) -> Stopped:
        """See `protocol.Carrier`."""
        answer = self._link.post("/v1/intercepts", {"key": key, "waybill": waybill, "reason": reason}, key)
        try:
            return read_stopped(answer)
        except Unreadable as error:
            raise Unreachable(f"/v1/intercepts: {error}") from error

    def _many(self, path: str, waybills: Sequence[str]) -> list[News]:
        found: list[News] = []
        for start in range(0, len(waybills), AT_ONCE):
            answer = self._link.post(path, {"waybills": list(waybills[start : start + AT_ONCE])})
            try:
                found += [read_news(given) for given in _list(answer, "parcels")]
            except Unreadable as error:
                raise Unreachable(f"{path}: {error}") from error
        return found

    def _pickup(self, path: str, body: dict[str, Any], key: str) -> PickupNews:
        answer = self._link.post(path, body, key)
        try:
            return read_pickup(answer)
        except Unreadable as error:
            raise Unreachable(f"{path}: {error}") from error


def _list(answer: dict[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    if not isinstance(found, list):
        raise Unreadable(f"{name}: a list")
    return found


def _slot(given: Any) -> Slot:
    record = given if isinstance(given, dict) else {}
    starts, ends = instant(record, "starts_at"), instant(record, "ends_at")
    if starts is None or ends is None or starts >= ends:
        raise Unreadable("slots: each with starts_at before ends_at")
    return Slot(starts, ends)
