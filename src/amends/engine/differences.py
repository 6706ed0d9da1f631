"""What a provider says and we do not hold, or hold otherwise: kept once, told to finance, closed with a note; never acted on by itself (MO-3, MO-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.core.told import Told
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import reconciliations
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.reconciliations import NOBODY, Difference

PERMISSION = "close_differences"
MOST_WORDS = 500


def difference(kind: str, told: Told, about: str | None = None, ours: dict[str, Any] | None = None, **known: str | None) -> Difference:
    """One difference over what was told. `known`: subject_id, case_id, order_id."""
    mark = ":".join((kind, told.key or told.payment, told.state, str(told.amount), told.currency, told.reference))
    return Difference(
        new_id(), mark, kind, about or (told.kind if told.kind in ("refund", "payout", "charge", "payment") else "unknown"), key=told.key, reference=told.reference, ours=ours or {},
        theirs=told.as_dict(), **known,
    )


def note(pool: Pool, merchant: str | None, provider: str, found: list[Difference], now: datetime, run: str | None = None) -> int:
    """Keep what was found; `merchant` None: nobody here has that account. Answers how many are new."""
    with scope(pool, UUID(merchant) if merchant else PLATFORM) as conn:
        return reconciliations.note(conn, merchant or NOBODY, provider, found, now, run)


def close(pool: Pool, by: By, difference_id: str, words: str, now: datetime, *, merchant_id: str | None = None) -> Refusal | None:
    """Finance has looked into it and says what it was. The platform's people close what stands under no merchant (`merchant_id` None then means NOBODY)."""
    words = words.strip()
    if refusal := by.lacks(PERMISSION):
        return refusal
    if not words:
        return Refusal("required", {"zh": "说明", "en": "Note"}, "note")
    if len(words) > MOST_WORDS:
        return Refusal("too_long", {"zh": "说明", "en": "Note", "most": MOST_WORDS, "now": len(words)}, "note")
    merchant = by.merchant_id or merchant_id or NOBODY
    if not is_id(difference_id) or not is_id(merchant):
        return Refusal("difference_closed")
    with scope(pool, by.scope) as conn:
        if not reconciliations.close(conn, merchant, difference_id, by.actor.id, by.actor.name, words, now):
            return Refusal("difference_closed")
        record(conn, by, now, "difference_closed", ("difference", difference_id), merchant_id=None if merchant == NOBODY else merchant, after={"note": words})
    return None
