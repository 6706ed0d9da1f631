"""What a pack's own rule did by itself, in words: pack, version, source, and what it looked at (SO-25, SO-29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.web import wording


def pack_rule(given: dict[str, Any], lang: str, say: Callable[..., str], moment: Callable[[datetime], str]) -> str:
    """The sentence of a rule; empty for a rule this house has no words for."""
    ref = f"{given.get('pack', '')}@{given.get('version') or 0}"
    pack = wording.pack_of(ref)
    told = {"pack": (pack.name.zh if lang == "zh" else pack.name.en) if pack else given.get("pack", ""), "version": given.get("version", "—"), "source": wording.source(ref, str(given.get("source") or ""), lang)}
    rule = str(given.get("rule", ""))
    if rule == "refused_often":
        return say("packs_rules.why_refused_often", n=(given.get("facts") or {}).get("refusals", 0), **told)
    if rule in ("pays_at_zero", "unanswered"):
        due = given.get("due_at")
        return say(f"packs_rules.why_{rule}", when=moment(datetime.fromisoformat(due)) if isinstance(due, str) else "—", **told)
    return say(f"packs_rules.why_{rule}", **told) if rule in ("fast_refund", "auto_agree") else ""


def merchant_switch(_given: dict[str, Any], _lang: str, say: Callable[..., str], _moment: Callable[[datetime], str]) -> str:
    """The merchant's own switch for fast refunds (CA-1)."""
    return say("packs_rules.why_fast_switch")
