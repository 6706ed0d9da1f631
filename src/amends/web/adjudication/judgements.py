"""A judgement as it stands or waits: its sentence, its rules with their text, the words to either side, who gave it and who agreed (DI-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.web import catalogue, show
from amends.web.adjudication.looking import sentence
from amends.web.adjudication.reading import Desk
from amends.web.disputes.judged import freight_named


@dataclass(slots=True)
class Card:
    """One judgement in words; `lines` what it gives beside the outcome."""

    n: int
    sentence: str
    by: str
    second: str
    at: datetime
    on_appeal: bool
    rules: list[tuple[str, str]]
    words_buyer: str
    words_merchant: str
    lines: list[str] = field(default_factory=list)


def card_of(desk: Desk, judged: Mapping[str, Any] | None, lang: str) -> Card | None:
    """The card; None for no judgement."""
    if not judged:
        return None
    currency = desk.seen.case.currency
    texts = {r.number: r.zh if lang == "zh" else r.en for r in desk.section.rules}
    lines = []
    if judged.get("freight_by"):
        lines.append(catalogue.say(lang, "adjudication.and_freight", what=freight_named(judged, lang), who=catalogue.say(lang, f"adjudication.by_{judged['freight_by']}"), amount=show.money(judged.get("freight") or 0, currency)))
    if judged.get("advance"):
        lines.append(catalogue.say(lang, "adjudication.and_advance"))
    return Card(
        int(judged.get("n", 1)), sentence(dict(judged), currency, lang), str(judged.get("by_name", "")), str(judged.get("second_name") or ""), datetime.fromisoformat(judged["at"]),
        bool(judged.get("on_appeal")), [(n, texts.get(n, "")) for n in judged.get("rules") or ()], str(judged.get("words_buyer", "")), str(judged.get("words_merchant", "")), lines,
    )


