"""The platform's own switch for lightning refunds of a merchant: for goods below the pack's figure, whatever the merchant has chosen (SO-32)."""

from __future__ import annotations

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id
from amends.store import merchants
from amends.store.connect import Pool, scope


def switch(pool: Pool, by: By, merchant_id: str, on: bool, now: datetime) -> Refusal | None:
    """Switch it on or off; cases whose goods are collected from now on follow it. Refused where the merchant's pack offers no lightning refund."""
    if by.merchant_id is not None:
        return Refusal("not_yours", {"command": "lightning_by_platform", "party": by.actor.party.value})
    if refusal := by.lacks("manage_settings"):
        return refusal
    with scope(pool, by.scope) as conn:
        old = merchants.one(conn, merchant_id, lock=True) if is_id(merchant_id) else None
        if old is None:
            return Refusal("merchant_unknown", {"name": merchant_id})
        if on and pack_of(old["pack_ref"]).lightning_refund is None:
            return Refusal("lightning_not_offered")
        was = bool(old["settings"].get("lightning_by_platform"))
        if was != on:
            merchants.change(conn, old["id"], old | {"settings": old["settings"] | {"lightning_by_platform": on}})
            record(conn, by, now, "settings_changed", ("merchant", old["id"]), merchant_id=old["id"], before={"lightning_by_platform": was}, after={"lightning_by_platform": on})
    return None
