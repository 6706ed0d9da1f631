"""What the disputes of one order have given or promised beside refunds (DI-6, CO-5): pure figures off what each case keeps, minor units.

A judgement that stands and is not carried out yet is a promise, and so is an offer the buyer has not answered; one that waits for its second person is none. What a judgement taken back has left with the
buyer counts until something is granted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amends.core.judged import freight_of

STANDS = ("adjudicated", "appealing", "closed")
OFFERED = "awaiting_buyer_confirmation"


@dataclass(frozen=True, slots=True)
class Freight:
    """What pays a way back: `asked` (a claim that waits), `claim` (granted), `judgement`; its number and minor units."""

    by: str
    number: str
    amount: int


def _standing(state: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The remedy that is still to be carried out; empty where it was, or was paid first."""
    if state == OFFERED:
        return body.get("offer") or {}
    judged: Mapping[str, Any] = body.get("judgement") or {}
    return judged if state in STANDS and not body.get("executed") and not judged.get("advance") else {}


def _given(body: Mapping[str, Any], what: str) -> int:
    return sum(int(a["amount"]) for a in body.get("awards") or () if a["what"] == what)


def compensation(state: str, body: Mapping[str, Any]) -> int:
    """Compensation that a dispute has given or promised."""
    return _given(body, "compensation") + max(int(_standing(state, body).get("compensation") or 0), int(body.get("award_left") or 0))


def freight(state: str, body: Mapping[str, Any]) -> int:
    """The way back that a dispute has given or promised, and what a freight taken back has left with the buyer."""
    return _given(body, "freight") + max(freight_of(_standing(state, body)), min(int(body.get("award_left") or 0), int(body.get("freight_reversed") or 0)))


def given(body: Mapping[str, Any]) -> tuple[int, int]:
    """Compensation and way back that a dispute has really given, promises left out: what carrying another one out looks at."""
    return _given(body, "compensation"), _given(body, "freight")


def buyer_bears(state: str, body: Mapping[str, Any]) -> bool:
    """A judgement that stands says that the buyer bears the way back."""
    return state in STANDS and (body.get("judgement") or {}).get("freight_by") == "buyer"


def same_way_back(dispute: Mapping[str, Any], parent: str, case: str, line: str) -> bool:
    """Whether a dispute (`dispute` its facts, `parent` the case in dispute) is about the way back of a service order: the one in dispute, or one of its goods where no service order is."""
    if dispute.get("parent_kind") == "service_order":
        return parent == case
    named = {str(x["line_id"]) for x in dispute.get("lines") or ()}
    return not named or line in named


def same_goods(one: Mapping[str, Any], one_parent: str, other: Mapping[str, Any], other_parent: str) -> bool:
    """Whether two disputes of an order are about the same way back."""
    if one.get("parent_kind") == other.get("parent_kind") == "service_order":
        return one_parent == other_parent
    named, others = ({str(x["line_id"]) for x in d.get("lines") or ()} for d in (one, other))
    return not named or not others or bool(named & others)
