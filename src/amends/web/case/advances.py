"""An advanced refund on the merchant's and the platform's case page: how much, where it stands, what is to be done (SO-32)."""

from __future__ import annotations

from typing import Any

from amends.core.lightning import suggested
from amends.web import catalogue, show


def of_case(case: Any, lang: str) -> dict[str, Any]:
    """`advance`: None where nothing was advanced. `todo` is a key of the words."""
    kept = case.facts.get("advance") or {}
    if not kept:
        return {"advance": None}
    state = kept.get("state", "open")
    todo = {"open": "lightning.panel_decide" if case.state == "processing" else "lightning.panel_way", "claimed": "lightning.panel_claim"}.get(state, "")
    return {"advance": {
        "amount": show.money(int(kept["amount"]), case.currency), "claim": show.money(int(kept.get("claim") or 0), case.currency), "state": state,
        "word": catalogue.say(lang, f"lightning.state_{state}"), "todo": todo, "undecided": state in ("open", "claimed"),
    }}


def claim_hint(facts: dict[str, Any], quantity: int, currency: str, lang: str) -> str:
    """What an empty amount claims, and the most there can be."""
    left = int((facts.get("advance") or {}).get("left", 0))
    return catalogue.say(lang, "lightning.claim_hint", amount=show.money(suggested(facts, quantity), currency), most=show.money(left, currency))
