"""A judgement in words: fault and outcome apart, amounts, the rules it follows by number, the reply to the reader's side, and whether it is carried out (DI-6, DI-6a)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.judged import OUT
from amends.core.pack_disputes import Disputes
from amends.web import show, wording
from amends.web.catalogue import say


@dataclass(slots=True)
class Judged:
    """Who judged stays with the platform; `second`: somebody else has confirmed it. `rows` are amounts with their labels, `rules` numbers with their text; `stands` says whether it was carried out, by whom and when."""

    n: int
    fault: str
    outcome: str
    words: str
    second: bool
    at: datetime
    on_appeal: bool
    standing: bool
    rows: list[tuple[str, str]] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)
    stands: str = ""
    executed_at: datetime | None = None


def judgements(facts: Mapping[str, Any], section: Disputes, side: str, currency: str, lang: str) -> list[Judged]:
    """Every judgement of a dispute, the one that stands first; `side` (buyer or merchant) reads the reply written to it."""
    found = [_judged(one, facts, section, side, currency, lang) for one in facts.get("judgements") or ()]
    if found:
        last = found[-1]
        last.standing, last.stands = True, say(lang, f"disputes.done_{_carried(facts)}")
        last.executed_at = datetime.fromisoformat(facts["executed_at"]) if facts.get("executed_at") and facts.get("executed") else None
    return found[::-1]


def _carried(facts: Mapping[str, Any]) -> str:
    return str(facts.get("executed_by") or "merchant") if facts.get("executed") else "waits"


def _judged(one: Mapping[str, Any], facts: Mapping[str, Any], section: Disputes, side: str, currency: str, lang: str) -> Judged:
    texts = {r.number: r.zh if lang == "zh" else r.en for r in section.rules}
    out = Judged(
        int(one["n"]), wording.choice("liability", one["liability"], lang), wording.choice("outcome", one["outcome"], lang), str(one.get(f"words_{side}", "")), bool(one.get("second")),
        datetime.fromisoformat(one.get("confirmed_at") or one["at"]), bool(one.get("on_appeal")), False,
    )
    out.rows = amounts(one, currency, lang)
    out.rules = [(str(n), texts.get(str(n), "")) for n in one.get("rules") or ()]
    return out


def freight_named(remedy: Mapping[str, Any], lang: str) -> str:
    """寄出运费, 寄回运费, 寄回运费 S-2026-000123: what the freight of a judgement is for."""
    number = str(remedy.get("freight_number") or "")
    return say(lang, "disputes.freight_out") if remedy.get("freight_way") == OUT else say(lang, "disputes.freight_back") + (f" {number}" if number else "")


def amounts(remedy: Mapping[str, Any], currency: str, lang: str) -> list[tuple[str, str]]:
    """What a judgement or an offer gives, line by line; nothing where it gives no money."""
    out = []
    if remedy.get("amount"):
        out.append((say(lang, "disputes.sum_refund"), show.money(int(remedy["amount"]), currency)))
    if remedy.get("compensation"):
        out.append((say(lang, "disputes.sum_compensation"), show.money(int(remedy["compensation"]), currency)))
    if remedy.get("freight"):
        payer = wording.choice("freight_by", str(remedy.get("freight_by") or "buyer"), lang)
        out.append((say(lang, "disputes.sum_freight", what=freight_named(remedy, lang), payer=payer), show.money(int(remedy["freight"]), currency)))
    if remedy.get("advance"):
        out.append((say(lang, "disputes.sum_advance"), say(lang, "disputes.sum_advance_yes")))
    return out
