"""A proposal in words and money (SO-28): for the buyer's page, the merchant's, and the lines of the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.web import catalogue, show, wording


def summary(terms: Mapping[str, Any], currency: str, lang: str) -> str:
    """What is proposed, in a sentence: 寄回商品，退款 ¥150.00. `terms` as `core.negotiation.note_proposal` keeps them, amounts in minor units."""
    return catalogue.say(lang, f"negotiation.say_{_variant(terms, 'say')}", **_facts(terms, currency))


def effect(terms: Mapping[str, Any], currency: str, lang: str) -> str:
    """What accepting does at once."""
    return catalogue.say(lang, f"negotiation.effect_{_variant(terms, 'effect')}", **_facts(terms, currency))


def freight(terms: Mapping[str, Any], lang: str) -> str:
    """Who pays the way back; empty where nothing goes back."""
    return wording.choice("freight_by", str(terms["freight_by"]), lang) if terms.get("freight_by") and terms.get("offer") in ("return", "exchange", "repair") else ""


def outcome(terms: Mapping[str, Any], lang: str) -> str:
    """What became of it."""
    return catalogue.say(lang, f"negotiation.outcome_{terms.get('outcome', 'open')}")


def _variant(terms: Mapping[str, Any], sort: str) -> str:
    offer = str(terms["offer"])
    here, known = f"{offer}_here", catalogue.words()
    if terms.get("asked_in") == "processing" and f"negotiation.{sort}_{here}" in known:
        return here
    lacks = (offer == "return" and terms.get("amount") is None) or (offer == "exchange" and not terms.get("sku"))
    return f"{offer}_open" if lacks and sort == "say" else offer


def _facts(terms: Mapping[str, Any], currency: str) -> dict[str, Any]:
    amount = terms.get("amount")
    return {"amount": show.money(int(amount), currency) if amount is not None else "", "sku": terms.get("sku", ""), "n": terms.get("quantity", 1)}
