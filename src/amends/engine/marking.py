"""Marks of unreasonable demands (DI-11): what a mark leaves beside its case, and taking a wrong one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.core.machine import Decision, Look
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import marks
from amends.store.connect import PLATFORM, Pool, scope

JUDGING = "dispute.adjudicate"
"""Who judges may take a wrong mark back."""


def mark(beside: Any, look: Look, _decision: Decision) -> None:
    """The row the platform reads; an agent's words, never shown to the buyer."""
    c: Any = look.command
    beside.add(
        look, "add_marks", id=new_id(), case_id=look.case.id, buyer_id=look.case.buyer_id, reason=c.mark, words=c.words.strip(), actor_id=look.actor.id, actor_name=look.actor.name,
    )


WRITES: dict[str, Callable[[Any, Look, Decision], None]] = {"mark_unreasonable": mark}
"""For `engine.beside`."""


def withdraw_mark(pool: Pool, by: By, merchant_id: str, mark_id: str, words: str, now: datetime) -> Refusal | None:
    """The platform takes a wrong mark back, with a reason; it counts no more, and both stay on record."""
    if refusal := by.lacks(JUDGING):
        return refusal
    if not words.strip():
        return Refusal("required", {"zh": "撤回原因", "en": "Why"}, "words")
    with scope(pool, PLATFORM) as conn:
        found = marks.hold(conn, merchant_id, mark_id) if is_id(merchant_id) and is_id(mark_id) else None
        if found is None:
            return Refusal("mark_unknown")
        if found["withdrawn_at"] is not None:
            return Refusal("mark_withdrawn_before")
        marks.withdraw(conn, merchant_id, mark_id, by.actor.id, by.actor.name, words.strip()[:500], now)
        record(conn, by, now, "mark.withdraw", ("buyer", found["buyer_id"]), before={"reason": found["reason"], "case": found["case_id"]}, after={"words": words.strip()[:500]}, merchant_id=merchant_id)
    return None
