"""What the plan or the judgement of a dispute did to another case, in words (SO-25, DI-2, DI-7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.web import wording

RULES = {
    "direct_refund": "plan", "dispute_direct_refund": "plan", "agreed_wait_48h": "follow", "dispute_48h_interception": "follow", "undo": "undone",
    "refund": "refund", "return_and_refund": "return", "reship": "reship", "nothing": "nothing", "dispute_judged": "refund",
}


def by_dispute(given: dict[str, Any], lang: str, say: Callable[..., str], _moment: Callable[[datetime], str]) -> str:
    """Which dispute, and what it asked for; empty for a rule this house has no words for."""
    rule = RULES.get(str(given.get("rule", "")))
    pack = wording.pack_of(f"{given.get('pack', '')}@{given.get('version') or 0}")
    name = (pack.name.zh if lang == "zh" else pack.name.en) if pack else given.get("pack", "")
    return say(f"judgement.why_{rule}", number=given.get("number", ""), pack=name, version=given.get("version", "—")) if rule else ""
