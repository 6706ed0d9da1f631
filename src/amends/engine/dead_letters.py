"""Sending again what was given up (OP-5), by the platform, on record."""

from __future__ import annotations

from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.store import outbox
from amends.store.connect import Pool, scope


def resend(pool: Pool, by: By, merchant_id: str, effect_id: str, now: datetime) -> Refusal | None:
    """Put a dead effect back among those that wait; the worker tries it at once."""
    refusal = by.lacks("resend_effects")
    if refusal:
        return refusal
    if by.merchant_id not in (None, merchant_id):
        return Refusal("not_dead")
    if not (is_id(merchant_id) and is_id(effect_id) and outbox.resend(pool, merchant_id, effect_id, now)):
        return Refusal("not_dead")
    with scope(pool, by.scope) as conn:
        record(conn, by, now, "resent", ("effect", effect_id), merchant_id=merchant_id)
    return None
