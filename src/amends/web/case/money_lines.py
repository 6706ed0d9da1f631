"""The refund explained line by line (MO-1), and what was granted and what has moved (SO-35)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from amends.core.pack_flows import KEEP
from amends.core.refund import Entitlement
from amends.store.screens.case import CaseSeen
from amends.web import show, wording

Say = Callable[..., str]


@dataclass(slots=True)
class Line:
    """One line: words, the figure as written, and whether it only explains (points, coupons)."""

    words: str
    figure: str
    aside: bool = False


@dataclass(slots=True)
class MoneyLines:
    """The parts and their sum; `payers` says who bears what; nothing at all when nothing can be given."""

    parts: list[Line] = field(default_factory=list)
    total: str = ""
    label: str = ""
    payers: list[str] = field(default_factory=list)


def money_lines(seen: CaseSeen, entitled: Entitlement | None, say: Say, lang: str) -> MoneyLines:
    """Before a grant what the rules give now; after it, the parts as they were when it was decided."""
    case, kept = seen.case, seen.case.facts.get("refund_parts")
    if case.granted and isinstance(kept, list) and kept:
        computed = sum(p["amount"] for p in kept if p.get("medium", "money") == "money")
        parts = _lines(kept, seen, say, lang)
        if computed != case.granted:
            parts.append(Line(say("case.part_adjusted"), show.money(case.granted - computed, case.currency, signed=True)))
        return MoneyLines(parts, show.money(case.granted, case.currency), say("case.granted"))
    if entitled is None or case.closed_at is not None:
        return MoneyLines()
    given = [{"label": p.label, "amount": p.amount, "payer": p.payer, "medium": p.medium, "pieces": p.pieces, "line_id": p.line_id} for p in entitled.parts]
    payers = [say("case.bears", who=say(f"case.payer_{payer}"), amount=show.money(amount, case.currency)) for payer, amount in entitled.who_pays().items() if amount > 0]
    lines = _lines(given, seen, say, lang)
    if not any(p["label"] == "return_freight" for p in given) and case.type in ("return", "exchange", "repair") and case.facts.get("return_way") != KEEP:
        lines.append(Line(say("case.part_way_back"), wording.choice("freight_by", case.facts.get("freight_by") or ("buyer" if case.fault == "buyer" else "merchant"), lang)))
    return MoneyLines(lines, show.money(entitled.total.amount, case.currency), say("case.refund_most"), payers)


def _lines(parts: Iterable[dict[str, Any]], seen: CaseSeen, say: Say, lang: str) -> list[Line]:
    whole = seen.line.quantity if seen.line else seen.case.quantity
    titles = {line.id: line.title for line in seen.lines} if len(seen.case.pieces) > 1 else {}
    out = []
    for p in parts:
        label, medium, amount = p["label"], p.get("medium", "money"), p["amount"]
        words = say("case.part_paid", n=p.get("pieces") or seen.case.quantity, whole=whole) if label == "paid" else say(f"case.part_{label}")
        if title := titles.get(p.get("line_id") or ""):
            words = say("case.part_of_line", title=title, n=p.get("pieces") or 1) if label == "paid" else say("case.part_of", part=words, title=title)
        first = label == "paid"
        figure = show.money(amount, seen.case.currency, signed=not first) if medium in ("money", "compensation") else show.money(amount, seen.case.currency)
        if medium != "money":
            words = say("case.part_medium", part=words, medium=say(f"case.medium_{medium}"))
        out.append(Line(words, figure, aside=medium != "money"))
    return out
