"""Names of connected carriers as people write them, kept by the platform's people; parcels on their way are followed from then on (LO-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.connections import PERMISSION
from amends.engine.ids import is_id
from amends.store import carriers as store
from amends.store.connect import PLATFORM, Pool, scope

LONGEST, MOST = 64, 50
STILL_ON_ITS_WAY = timedelta(days=30)
"""Parcels sent longer ago are not asked about when a carrier is connected."""


def set_names(pool: Pool, by: By, connection_id: str, names: Iterable[str], now: datetime) -> Refusal | None:
    """These names, capitals aside, stand for this carrier, and no others."""
    if refusal := by.lacks(PERMISSION):
        return refusal
    wanted = sorted({name.strip().lower() for name in names if name.strip()})
    if any(len(name) > LONGEST for name in wanted) or len(wanted) > MOST:
        return Refusal("carrier_names_wrong", {"longest": LONGEST, "most": MOST}, "names")
    with scope(pool, PLATFORM) as conn:
        before = store.hold(conn, connection_id) if is_id(connection_id) else None
        if before is None:
            return Refusal("connection_unknown")
        if taken := store.elsewhere(conn, connection_id, wanted):
            return Refusal("carrier_name_taken", {"name": taken[0], "connection": taken[1]}, "names")
        if wanted != before:
            store.set_names(conn, connection_id, wanted)
            record(conn, by, now, "carrier_named", ("connection", connection_id), before={"names": before}, after={"names": wanted})
    follow_all(pool, connection_id, now)
    return None


def follow_all(pool: Pool, connection_id: str, now: datetime) -> int:
    """Follow the parcels of a carrier that were on their way before it was connected; answers how many."""
    since = now - STILL_ON_ITS_WAY
    with scope(pool, PLATFORM) as conn:
        merchants = store.merchants_unfollowed(conn, connection_id, since)
    total = 0
    for merchant in merchants:
        with scope(pool, UUID(merchant)) as conn:
            total += store.follow(conn, merchant, connection_id, since, now)
    return total
