"""What the two sides of a dispute may read of its judging: nothing before a judgement stands, the reply written to each, and not who judged (DI-6, DI-6a)."""

from __future__ import annotations

from typing import Any

REPLIES = {"words_buyer": "buyer", "words_merchant": "merchant"}
"""The reply of a judgement to one side is that side's."""
JUDGES = frozenset({"by", "by_name", "second", "second_name"})
"""Who judged, inside a judgement."""
PLATFORMS_OWN = frozenset({"pending", "dismissed_by", "dismissers", "second_look"})
"""Facts of a dispute or a ticket that stay with the platform."""
SIGNED = frozenset({"decision", "call_answer"})
"""What a person of the platform said, with the name."""
BETWEEN = ("side_asked", "question_answered")
"""Events between the platform and the one side that is asked (DI-6a)."""


REMARKS = frozenset({"judgement_confirmed", "ticket_decision_approved"})
"""What one judge remarks to another is said to nobody else."""


def unsettled_ticket(event: str, body: dict[str, Any]) -> bool:
    """Whether an event of a ticket tells of what still waits for its second person, or was sent back (TI-5)."""
    waits = isinstance((body.get("changes") or {}).get("pending"), dict)
    return event == "ticket_decision_returned" or (event in ("ticket_decided", "ticket_refunded_by_platform") and waits)


def unsettled(event: str, to: str) -> bool:
    """Whether an event tells of a judgement that does not stand yet: it waits for its second person, or was sent back. Sides do not see those."""
    return event == "judgement_returned" or (event in ("adjudicated", "appeal_upheld") and to != "adjudicated")


def for_side(value: Any, side: str) -> Any:
    """Facts of a dispute, or the body of one of its events, as the side `buyer` or `merchant` may read them."""
    if isinstance(value, dict):
        judging = "liability" in value
        return {
            k: _questions(v, side) if k == "questions" else for_side(v, side)
            for k, v in value.items() if REPLIES.get(k, side) == side and k not in PLATFORMS_OWN and not (judging and k in JUDGES)
        }
    return [for_side(v, side) for v in value] if isinstance(value, list) else value


def without_names(facts: Any) -> Any:
    """Facts of any case, or the body of one of its events, without the names of the platform's people: who answered a call, decided a ticket, opened one (DI-6)."""
    if isinstance(facts, dict):
        named = "other_side" in facts  # a ticket that staff opened says who
        return {k: _unnamed(v) if k in SIGNED else without_names(v) for k, v in facts.items() if k not in PLATFORMS_OWN and not (named and k == "by_staff")}
    return [without_names(v) for v in facts] if isinstance(facts, list) else facts


def _unnamed(signed: Any) -> Any:
    return {k: v for k, v in signed.items() if k not in ("by", "by_id", *JUDGES)} if isinstance(signed, dict) else signed


def _questions(asked: Any, side: str) -> list[dict[str, Any]]:
    """A question is between the platform and the side it is put to; who of the platform asks is said to neither."""
    return [{k: v for k, v in q.items() if k != "by"} for q in asked or () if q.get("side") == side]


def with_others(event: str, body: dict[str, Any], side: str) -> bool:
    """Whether an event is a question put to the other side, or its answer."""
    if event not in BETWEEN:
        return False
    given = body.get("input") or {}
    if event == "side_asked":
        return bool(given.get("side") != side)
    asked = ((body.get("changes") or {}).get("questions")) or ()
    return not any(q.get("n") == given.get("question") and q.get("side") == side for q in asked)


def event_for_side(name: str, body: dict[str, Any], side: str) -> dict[str, Any]:
    """The body of an event for a side; what one judge remarks to another is said to nobody else."""
    shown: dict[str, Any] = for_side(body, side)
    return {**shown, "input": {}} if name in REMARKS else shown
