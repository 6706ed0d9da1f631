"""What the two sides of a dispute may read of its judging: nothing before a judgement stands, the reply written to each, and not who judged (DI-6, DI-6a)."""

from __future__ import annotations

from typing import Any

REPLIES = {"words_buyer": "buyer", "words_merchant": "merchant"}
"""The reply of a judgement to one side is that side's."""
JUDGES = frozenset({"by", "by_name", "second", "second_name"})
"""Who judged, inside a judgement."""
PLATFORMS_OWN = frozenset({"pending", "dismissed_by"})
"""Facts of a dispute that stay with the platform."""


def unsettled(event: str, to: str) -> bool:
    """Whether an event tells of a judgement that does not stand yet: it waits for its second person, or was sent back. Sides do not see those."""
    return event == "judgement_returned" or (event in ("adjudicated", "appeal_upheld") and to != "adjudicated")


def for_side(value: Any, side: str) -> Any:
    """Facts of a dispute, or the body of one of its events, as the side `buyer` or `merchant` may read them."""
    if isinstance(value, dict):
        judging = "liability" in value
        return {k: for_side(v, side) for k, v in value.items() if REPLIES.get(k, side) == side and k not in PLATFORMS_OWN and not (judging and k in JUDGES)}
    return [for_side(v, side) for v in value] if isinstance(value, list) else value


def event_for_side(name: str, body: dict[str, Any], side: str) -> dict[str, Any]:
    """The body of an event for a side; what one judge remarks to another is said to nobody else."""
    shown: dict[str, Any] = for_side(body, side)
    return {**shown, "input": {}} if name == "judgement_confirmed" else shown
