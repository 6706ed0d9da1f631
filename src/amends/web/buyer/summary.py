"""Before sending: what will be asked for, what a refund would give, who pays the way, what happens next (SO-33)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.refund import Part
from amends.core.verdicts import Verdict
from amends.engine.expected import Expected, Piece, expected
from amends.engine.intake import OrderOptions
from amends.web.buyer import wish as wishes
from amends.web.buyer.applicant import Applicant
from amends.web.buyer.ways import kept
from amends.web.catalogue import say
from amends.web.show import money


@dataclass(slots=True)
class Summary:
    """`rows` of money as (label, amount), `total` of the refund (empty without one), `freight` sentences, one for each different payer."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    total: str = ""
    freight: list[str] = field(default_factory=list)


def money_rows(found: Expected, lang: str) -> list[tuple[str, str]]:
    """The parts of a refund as lines, those of one label added up; parts that are nothing are left out."""
    return part_rows([(p.label, p.amount, p.medium) for p in found.parts], found.currency, lang)


def part_rows(parts: list[tuple[str, int, str]], currency: str, lang: str) -> list[tuple[str, str]]:
    """(label, amount, medium) as lines of (words, amount). What comes back in kind, or is kept, says so in its words."""
    sums: dict[tuple[str, str], int] = {}
    for label, amount, medium in parts:
        sums[label, medium] = sums.get((label, medium), 0) + amount
    return [(say(lang, f"buyer.part_{label}_{medium}"), money(amount, currency)) for (label, medium), amount in sums.items() if amount]


def parts_of(parts: list[Part]) -> list[tuple[str, int, str]]:
    """What `part_rows` takes."""
    return [(p.label, p.amount, p.medium) for p in parts]


def summary(request: Any, who: Applicant, options: OrderOptions, wish: wishes.Wish) -> Summary:
    """The summary of a wish that is ready to be sent."""
    pieces, freight = [], []
    for item, line in wishes.chosen(options, wish):
        leaf = wishes.leaf_of(options, item)
        verdict = next((v for v in line.reasons[item.type] if v.reason == item.reason), None)  # type: ignore[index]
        sent = not kept(options, line, item.type, wish.return_way)
        if sent and verdict is not None and (words := freight_said(verdict, request.lang, who.staff)) and words not in freight:
            freight.append(words)
        if item.type == "return" and leaf is not None:
            pieces.append(Piece(item.line_id, item.quantity, leaf.responsibility))
    found = expected(request.house.pool, who.merchant_id, who.order.id, pieces, request.now) if pieces else None
    if found is None:
        return Summary(freight=freight)
    return Summary(money_rows(found, request.lang), money(found.total, found.currency), freight)


def freight_said(verdict: Verdict, lang: str, staff: bool) -> str:
    """Who pays the way back, to whoever reads it: a buyer is told "you", staff who apply for one are told "the buyer"; empty where nothing is to be said."""
    by = verdict.freight
    if by is not None and by.back and not by.insured and not staff:
        return say(lang, f"buyer.freight_by_{by.back}")
    words = verdict.say_freight(lang)
    return words[:1].upper() + words[1:]
