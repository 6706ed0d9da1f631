"""Why the house opened a service order for a ticket, in words (TI-6, SO-25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.web import wording


def decided(given: dict[str, Any], lang: str, say: Callable[..., str], _moment: Callable[[datetime], str]) -> str:
    """Which decision on which ticket, on what finding, by which pack."""
    ref = f"{given.get('pack', '')}@{given.get('version') or 0}"
    pack = wording.pack_of(ref)
    name = (pack.name.zh if lang == "zh" else pack.name.en) if pack else str(given.get("pack", ""))
    return say(
        "tickets.why_decision", number=given.get("number", ""), decision=wording.choice("decision", str(given.get("decision", "")), lang),
        finding=wording.known(f"tickets.finding_{given.get('finding', '')}", lang, "—"), pack=name, version=given.get("version", "—"), source=wording.source(ref, str(given.get("source") or ""), lang),
    )
