"""The platform's spare-parts store (PO-8): where it is. Buyers are told with the agreement to their return; what a case was told stays with it."""

from __future__ import annotations

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.addresses import Typed, place_of
from amends.engine.audit import By, record
from amends.store import platform_store as store
from amends.store.connect import Pool, scope

PERMISSION = "manage_settings"


def place(pool: Pool, by: By) -> store.Row | None:
    """The address as it is kept; None where none was given yet."""
    with scope(pool, by.scope) as conn:
        return store.place(conn)


def keep(pool: Pool, by: By, typed: Typed, now: datetime) -> Refusal | None:
    """Write the address; returns agreed to from now on are sent there. It can be changed and not taken away: goods may be on their way."""
    if by.merchant_id is not None:
        return Refusal("not_yours", {"command": "platform_store", "party": by.actor.party.value})
    found = by.lacks(PERMISSION) or place_of(typed)
    if isinstance(found, Refusal):
        return found
    row = {
        "receiver": typed.receiver.strip(), "phone": typed.phone.strip(), "province": found.province, "city": found.city, "district": found.district, "detail": typed.detail.strip(),
    }
    with scope(pool, by.scope) as conn:
        old = store.place(conn, lock=True)
        if row != old:
            store.keep(conn, row | {"changed_by": by.actor.name, "changed_at": now})
            record(conn, by, now, "platform_store_changed", ("platform", "store"), before=old, after=row)
    return None
