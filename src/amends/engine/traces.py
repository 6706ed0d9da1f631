"""Traces by hand: what an ERP or a person knows of a parcel whose carrier has no connection (LO-1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from amends.core.parcel_news import News
from amends.core.parcels import Event
from amends.core.refusal import Refusal
from amends.engine.parcels import keep, tell
from amends.store import parcels as store
from amends.store.connect import Pool, scope


def key_of(code: str, at: str, words: str, place: str) -> str:
    """The key of an event that came without one: the same event posted again is the same key."""
    return hashlib.sha256("\n".join((code, at, words, place)).encode()).hexdigest()[:32]


def post_trace(pool: Pool, merchant: str, parcel_id: str, events: Sequence[Event], expected_at: datetime | None, now: datetime) -> Refusal | None:
    """Keep events of a parcel and tell its cases. A connected carrier speaks for itself, so that two sources never contradict each other."""
    with scope(pool, UUID(merchant)) as conn:
        parcel = store.one(conn, merchant, parcel_id)
        connection = store.connection_of(conn, parcel.carrier) if parcel else None
    if parcel is None:
        return Refusal("not_there")
    if connection:
        return Refusal("parcel_is_connected", {"carrier": parcel.carrier})
    keep(pool, merchant, [(parcel_id, News(parcel.waybill, tuple(events), expected_at))], now, by="hand")
    tell(pool, merchant, now)
    return None
