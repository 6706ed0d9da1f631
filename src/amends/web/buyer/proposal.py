"""The merchant's proposal as its buyer reads it: what, how much, what accepting does, until when (SO-28)."""

from __future__ import annotations

from typing import Any

from amends.store.screens.buyer import CasePage
from amends.web import wording_proposals as told


def card(request: Any, case: CasePage) -> dict[str, Any]:
    """What the page shows while an answer is waited for; nothing otherwise."""
    terms = case.facts.get("proposal") or {}
    if case.state != "negotiating" or not terms:
        return {"proposal": None}
    return {"proposal": {
        "n": terms["n"], "words": terms.get("words", ""), "summary": told.summary(terms, case.currency, request.lang),
        "effect": told.effect(terms, case.currency, request.lang), "freight": told.freight(terms, request.lang),
    }}
