"""Findings about goods: which ones a pack has a rule for, what may be said of these goods, and what stays with the case (PO-2, PO-5, PO-6).

Findings are of a case's pieces, not of the order line: of three phones one may have been activated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.machine import Look
from amends.core.pack import DEFAULT_CATEGORY, Pack
from amends.core.refusal import Refusal

Pair = tuple[str, str]
Body = Mapping[str, Any]

SEEN_AT_RECEIPT: dict[tuple[str, str], str] = {("accessories", "missing"): "accessories_missing"}
"""What an inspection says of itself: field and value of the receipt → finding (SO-13)."""


def against_resale(pack: Pack, category: str) -> dict[str, Pair]:
    """Findings that make goods of this category unfit for resale, in the pack's order: code → words (PO-2)."""
    return {f.finding: (f.zh, f.en) for f in pack.fitness if DEFAULT_CATEGORY in f.categories or category in f.categories}


def not_handled(pack: Pack) -> dict[str, Pair]:
    """Findings for which nothing is handled: code → words (PO-6)."""
    return {f.finding: (f.zh, f.en) for f in pack.not_handled}


def sayable(pack: Pack, category: str) -> dict[str, Pair]:
    """Everything that can be found of goods of this category under the pack: code → words."""
    return against_resale(pack, category) | not_handled(pack)


def of_case(body: Body) -> tuple[frozenset[str], int | None]:
    """The findings that stand with a case: codes, and mg found missing (None: not weighed)."""
    kept = body.get("findings") or {}
    return frozenset(kept.get("codes") or ()), kept.get("weight_short_mg")


def said(command: Any, pack: Pack, category: str) -> list[str]:
    """The codes a command brings: those named, and those its own inspection says; in the order named, each once."""
    known = sayable(pack, category)
    seen = [code for (name, value), code in SEEN_AT_RECEIPT.items() if getattr(command, name, None) == value and code in known]
    return list(dict.fromkeys([*getattr(command, "findings", ()), *seen]))


def findings_are_known(look: Look) -> Refusal | None:
    """Only what the case's pack has a rule for can be found of these goods; weight only where the reason is about weight (PO-5)."""
    judging = look.facts.get("judging")
    if judging is None:
        return None
    unknown = [code for code in judging["codes"] if code not in judging["known"]]
    if unknown:
        zh, en = "、".join(w[0] for w in judging["known"].values()), ", ".join(w[1] for w in judging["known"].values())
        return Refusal("finding_unknown", {"zh": zh or "—", "en": en or "—", "choices": list(judging["known"])}, "findings")
    if getattr(look.command, "weight_short_mg", None) is not None and not judging["measured"]:
        return Refusal("weight_not_asked", field="weight_short_mg")
    return None


def note_findings(look: Look) -> Body:
    """What was found, by whom, and the verdict as it stands with it. Nothing where nothing was found and nothing stood before."""
    judging, command = look.facts.get("judging"), look.command
    if judging is None or not (judging["codes"] or judging["weight"] is not None or look.case.body.get("findings")):
        return {}
    kept = {
        "codes": judging["codes"], "zh": [judging["known"][c][0] for c in judging["codes"]], "en": [judging["known"][c][1] for c in judging["codes"]],
        "weight_short_mg": judging["weight"], "words": getattr(command, "words", "") or getattr(command, "note", ""),
        "by": look.actor.name, "at": look.now.isoformat(),
    }
    return {"findings": kept, "verdict": judging["verdict"]}
