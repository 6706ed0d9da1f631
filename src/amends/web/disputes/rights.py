"""Each side's right to take a dispute further: from when, until when, and whether it is open now (DI-6a)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core.rules_evidence import ended_early
from amends.core.windows import window_of

ENDED = ("settled", "withdrawn", "closed")
BEFORE_JUDGING = ("awaiting_merchant", "awaiting_buyer_confirmation", "awaiting_evidence")


@dataclass(frozen=True, slots=True)
class Right:
    """`side` buyer or merchant; `what`: escalate (have the platform judge), evidence, appeal; `stands`: later, open, used, over. None: not known yet."""

    side: str
    what: str
    stands: str
    since: datetime | None = None
    until: datetime | None = None


def rights(state: str, facts: Mapping[str, Any], happened: Collection[str], opened_at: datetime, due_at: datetime | None, now: datetime) -> list[Right]:
    """The rights of both sides as they stand now, the merchant's first; `facts` is the body of the dispute, `happened` the names of its events."""
    return [right for side in ("merchant", "buyer") for right in (_escalate(side, state, happened, opened_at, due_at), _evidence(side, state, facts, opened_at, now), _appeal(side, state, facts, now))]


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _escalate(side: str, state: str, happened: Collection[str], opened_at: datetime, due_at: datetime | None) -> Right:
    """The merchant while it has to answer, the buyer while an offer waits: each may have the platform judge instead (DI-2, DI-4)."""
    turn = {"merchant": "awaiting_merchant", "buyer": "awaiting_buyer_confirmation"}[side]
    if state == turn:
        return Right(side, "escalate", "open", opened_at if side == "merchant" else None, due_at)
    if side == "buyer" and state == "awaiting_merchant":
        return Right(side, "escalate", "later")
    return Right(side, "escalate", "used" if {"merchant": "judgement_asked", "buyer": "settlement_refused"}[side] in happened else "over")


def _evidence(side: str, state: str, facts: Mapping[str, Any], opened_at: datetime, now: datetime) -> Right:
    until = _instant(window_of(facts, "evidence_until"))
    if state in ENDED:
        return Right(side, "evidence", "over", opened_at, until)
    asked = any(q["side"] == side and not q.get("answer") for q in facts.get("questions") or ())
    runs = (until is not None and now < until) or state == "awaiting_evidence"
    open_now = (runs and state != "adjudicated" and not ended_early(facts)) or state == "appealing" or asked
    return Right(side, "evidence", "open" if open_now else "over", opened_at, until if until is not None and now < until else None if open_now else until)


def _appeal(side: str, state: str, facts: Mapping[str, Any], now: datetime) -> Right:
    since, until = _instant(facts.get("judged_at")), _instant(window_of(facts, "appeal_until"))
    if side in (facts.get("appeals") or {}):
        return Right(side, "appeal", "used", _instant(facts["appeals"][side]))
    if since is None:
        return Right(side, "appeal", "over" if state in ENDED else "later")
    return Right(side, "appeal", "open" if state == "adjudicated" and until is not None and now < until else "over", since, until)
