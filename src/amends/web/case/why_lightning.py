"""Why a refund was advanced, in words: every condition of the pack with the figures it was held against (SO-25, SO-32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.engine.deadlines import pack_of
from amends.web import show, wording


def advanced(why: dict[str, Any], lang: str, say: Callable[..., str], moment: Callable[[datetime], str]) -> str:
    """The explanation of `refund_advanced`."""
    ref = f"{why.get('pack')}@{why.get('version', 0)}"
    pack, facts = pack_of(ref), why.get("facts") or {}
    collected, currency = facts.get("collected_at"), str(facts.get("currency") or "CNY")
    return say(
        "lightning.why", pack=pack.name.zh if lang == "zh" else pack.name.en, version=why.get("version", ""), paid=show.money(int(facts.get("paid", 0)), currency),
        most=show.money(int(facts.get("amount_at_most", 0)), currency), level=facts.get("buyer_level"), least=facts.get("buyer_level_at_least"),
        reason=say("lightning.why_no_reason" if facts.get("no_reason") else "lightning.why_any_reason"), who=say(f"lightning.why_{facts.get('switched_on_by', 'merchant')}"),
        when=moment(datetime.fromisoformat(collected)) if isinstance(collected, str) else "—", source=wording.source(ref, str(why.get("source") or ""), lang),
    )
