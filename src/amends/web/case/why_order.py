"""What an order's news did to its cancellation, and what a proposal came to that the buyer accepted, in words (SO-25, SO-28)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.web import wording, wording_proposals

NEWS = ("order_shipped", "order_received", "nothing_paid")


def news(given: dict[str, Any], lang: str, say: Callable[..., str], _moment: Callable[[datetime], str]) -> str:
    """Shipped, received, or nothing to give back; empty for news this house has no words for."""
    rule = str(given.get("rule", ""))
    waybills = (given.get("facts") or {}).get("waybills") or {}
    told = ("、" if lang == "zh" else ", ").join(waybills)
    return say(f"cancellation.why_{rule}", **_pack(given, lang), waybills=say("cancellation.why_waybills", waybills=told) if told else "") if rule in NEWS else ""


def agreed(given: dict[str, Any], lang: str, say: Callable[..., str], _moment: Callable[[datetime], str]) -> str:
    """Which proposal it was and what was agreed."""
    terms = given.get("facts") or {}
    if not terms.get("offer"):
        return ""
    return say("negotiation.why_agreed", n=terms.get("n", 1), terms=wording_proposals.summary(terms, str(terms.get("currency") or "CNY"), lang), **_pack(given, lang))


def _pack(given: dict[str, Any], lang: str) -> dict[str, Any]:
    pack = wording.pack_of(f"{given.get('pack', '')}@{given.get('version') or 0}")
    return {"pack": (pack.name.zh if lang == "zh" else pack.name.en) if pack else given.get("pack", ""), "version": given.get("version", "—")}
