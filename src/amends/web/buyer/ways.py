"""How the goods of an application come back, which ways the pack leaves open, and what happens when the merchant does not answer (SO-1, SO-8, PO-11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.pack import Clock
from amends.core.pack_flows import KEEP, SpecialGoods, Traits
from amends.core.ways_back import open_ways, way_of
from amends.engine.intake import LineOptions, OrderOptions
from amends.web.buyer import wish as wishes
from amends.web.buyer.applicant import Applicant

AFTER = {"approve_return": "buyer.after_sending", "reissue_without_return": "buyer.after_sending"}


@dataclass(slots=True)
class WaysBack:
    """`ways` to choose from (empty: nothing comes back), goods that are kept by a rule with their titles, hours until silence decides and the words of what it decides."""

    ways: tuple[str, ...] = ()
    special: list[tuple[SpecialGoods, str]] = field(default_factory=list)
    kept: bool = False
    hours: int = 0
    after: str = "buyer.after_sending"


def special_of(options: OrderOptions, line: LineOptions, type_: str) -> SpecialGoods | None:
    """The pack's row for goods that are not sent back (PO-11)."""
    return options.flows.special_of(frozenset(line.line.tags), line.line.category) if type_ == "return" else None


def kept(options: OrderOptions, line: LineOptions, type_: str, asked: str) -> bool:
    """Whether the buyer keeps these goods."""
    return way_of(options.flows, asked, type_, frozenset(line.line.tags), line.line.category) == KEEP


def ways_back(who: Applicant, options: OrderOptions, wish: wishes.Wish, fast: bool = False) -> WaysBack:
    """What the last step says of the ways back; `fast`: the shop takes part in fast review, so its shorter time to review counts (SO-31)."""
    items = list(wishes.chosen(options, wish))
    special: dict[SpecialGoods, list[str]] = {}
    for item, line in items:
        if (found := special_of(options, line, item.type)) is not None:
            special.setdefault(found, []).append(line.line.title)
    sent = [item.type for item, line in items if item.type in wishes.BACK and special_of(options, line, item.type) is None]
    out = WaysBack(open_ways(options.flows, sent) if sent else (), [(row, "、".join(titles)) for row, titles in special.items()], all(kept(options, line, item.type, wish.return_way) for item, line in items))
    for item, line in items:
        way = way_of(options.flows, wish.return_way, item.type, frozenset(line.line.tags), line.line.category)
        hours, then = _review(who.pack.clocks["review"], item.type, Traits(way, "", frozenset(line.line.tags)))
        if fast and who.pack.fast_review is not None:
            hours = who.pack.fast_review.else_span.amount // 3600
        if hours >= out.hours:
            out.hours, out.after = hours, AFTER.get(then, f"packs_rules.after_{then}")
    return out


def _review(clock: Clock, type_: Any, traits: Traits) -> tuple[int, str]:
    """How long the merchant has to review, in whole hours, and what follows (SO-8)."""
    length, then, _ = clock.for_case(type_, traits)
    return (length.amount // 3600 if length.kind in ("elapsed", "working_time") else length.amount * 24), then
