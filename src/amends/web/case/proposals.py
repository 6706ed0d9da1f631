"""Proposals on the merchant's case page, and their form: only what belongs to the offer chosen (SO-28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.negotiation import FIELDS, TERMS
from amends.core.pack import Pack
from amends.web import wording_proposals as told


def of_case(case: Any, pack: Pack | None, lang: str) -> dict[str, Any]:
    """The last proposal: what, and what became of it; None where none was made."""
    terms = case.facts.get("proposal") or {}
    if not terms:
        return {"proposal": None}
    return {"proposal": {
        "n": terms["n"], "most": pack.negotiation.at_most if pack else terms["n"], "open": terms.get("outcome") == "open", "outcome": told.outcome(terms, lang),
        "summary": told.summary(terms, case.currency, lang), "freight": told.freight(terms, lang), "words": terms.get("words", ""), "said": terms.get("said", ""),
    }}


def offered(state: str) -> tuple[str, ...]:
    """What can be proposed in this state; where nothing can be, everything, so that a form that comes too late comes back as it was typed (SO-22)."""
    return tuple(_of(state))


def _of(state: str) -> Mapping[str, tuple[str, ...]]:
    return FIELDS.get(state) or {offer: names for of in FIELDS.values() for offer, names in of.items()} | FIELDS["reviewing"]


def inputs_of(state: str) -> frozenset[str]:
    """Every input that some offer of this state has."""
    return frozenset(name for names in _of(state).values() for name in names)


def only_its_own(state: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without what belongs to another offer: the form shows all of it where a browser cannot hide it."""
    own = FIELDS.get(state, {}).get(str(typed.get("offer", "")))
    return dict(typed) if own is None else {name: value for name, value in typed.items() if name not in TERMS or name in own}
