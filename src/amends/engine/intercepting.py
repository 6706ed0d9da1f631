"""Interception of parcels (LO-3): which of them must be asked for, each once in its life, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core import parcels as trade
from amends.core.parcel_news import News, Stopped
from amends.engine.parcels import keep, tell
from amends.store import parcels as store
from amends.store.connect import Pool, scope
from amends.store.parcels import Parcel


@dataclass(slots=True)
class ToStop:
    """A parcel that its carrier is to stop; `key` is the same whoever asks and how often. One that is not `followed` must be first, or the answer is never heard."""

    parcel: str
    waybill: str
    key: str
    connection: str
    followed: bool


def begin(pool: Pool, merchant: str, waybills: Iterable[str], now: datetime) -> list[ToStop]:
    """Note that these outbound parcels are to be stopped; answers those whose carrier is connected and has not answered yet.

    One that is over, or was answered before for another cancellation, is not asked for again: the case hears what is known. Others are followed up by hand.
    """
    with scope(pool, UUID(merchant)) as conn:
        held = store.hold(conn, merchant, [p.id for p in store.out_with(conn, merchant, waybills)])
        links = {carrier: store.connection_of(conn, carrier) for carrier in {p.carrier for p in held}}
        store.note_interception(conn, merchant, [row for p in held if (row := _first(p)) is not None], now)
    tell(pool, merchant, now)
    return [
        ToStop(p.id, p.waybill, trade.intercept_key(merchant, p.id), connection, p.followed_at is not None)
        for p in held if p.intercept in (None, "asked") and p.state not in trade.OVER and p.state != "intercepted" and (connection := links[p.carrier])
    ]


def _first(parcel: Parcel) -> dict[str, Any] | None:
    """What asking for it changes at once: it is asked for, or the answer is known already."""
    if parcel.intercept in ("succeeded", "failed"):
        return {"id": parcel.id, "intercept": parcel.intercept, "tell": True}
    if parcel.state in ("intercepted", "returned"):
        return {"id": parcel.id, "intercept": "succeeded", "tell": True}
    if parcel.state in trade.OVER:
        return {"id": parcel.id, "intercept": "failed", "tell": True}
    return {"id": parcel.id, "intercept": "asked", "tell": False} if parcel.intercept is None else None


def answered(pool: Pool, merchant: str, asked: ToStop, answer: Stopped, now: datetime) -> None:
    """The carrier's answer to one of them, heard by the cases that wait for it."""
    keep(pool, merchant, [(asked.parcel, News(asked.waybill, intercept=answer))], now, by="look")
    tell(pool, merchant, now)
