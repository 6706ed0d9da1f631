"""What a pack says of the ways a case goes: by fulfilment mode, by goods, by how they come back, and what happens without a person (PO-8, PO-11, PO-12, SO-29).

Everything here may be left out of a pack; then the pack does not offer it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from amends.core.reasons import Problem
from amends.core.spans import Span, check_span

ServiceType = Literal["return", "exchange", "repair", "reissue"]
Mode = Literal["FBP", "LBP", "SOPL", "SOP"]
Doer = Literal["merchant", "platform"]
KEEP = "keep"
"""The way back of goods that do not come back (仅退款)."""
OWN = "own_after_sales"
"""The merchant's setting: it runs its own after-sales and does everything itself. True where nothing is said."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a clock may look at beside the expectation: the way back, the fulfilment mode (empty where the merchant does everything itself), tags of the goods."""

    way: str = ""
    mode: str = ""
    tags: frozenset[str] = frozenset()


NO_TRAITS = Traits()


@dataclass(frozen=True, slots=True)
class Where:
    """A row of a clock for some cases only: the first that fits counts. What is empty fits all; what is null is as in the clock."""

    source: str
    types: tuple[ServiceType, ...] = ()
    ways: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    tags: tuple[str, ...] = ()
    span: Span | None = None
    then: str | None = None

    def fits(self, type_: str, traits: Traits) -> bool:
        """Whether this row is about such a case."""
        return (
            (not self.types or type_ in self.types) and (not self.ways or traits.way in self.ways) and (not self.modes or traits.mode in self.modes)
            and (not self.tags or not traits.tags.isdisjoint(self.tags))
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """What some fulfilment modes mean (PO-8): where goods come back, and who sends out what replaces them.

    `parts_first`: what the platform sends for the merchant is first delivered to the platform's warehouse by the merchant.
    """

    modes: tuple[Mode, ...]
    goods_to: Literal["merchant", "platform_store"]
    sends: dict[ServiceType, Doer]
    zh: str
    en: str
    source: str
    parts_first: tuple[ServiceType, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """The platform's spare-parts store: what it is called, and where goods are sent."""

    zh: str
    en: str
    where_zh: str
    where_en: str
    source: str


@dataclass(frozen=True, slots=True)
class RefundOnly:
    """Money back and the goods stay (仅退款), asked for by the buyer. `needs_fault`: not with a reason of the buyer's own."""

    needs_fault: bool
    needs_fault_source: str
    source: str


@dataclass(frozen=True, slots=True)
class SpecialGoods:
    """Goods that are not sent back, known by a tag or a category: only a refund is open to them. `proof`: photos of a report or certificate are always needed."""

    zh: str
    en: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    proof: bool
    source: str


@dataclass(frozen=True, slots=True)
class CalledIn:
    """The platform steps in by itself once the same goods were refused so many times."""

    refusals: int
    source: str


@dataclass(frozen=True, slots=True)
class AutoAgree:
    """Returns without a reason are agreed to by themselves, for merchants who switch it on (`auto_agree`)."""

    source: str


@dataclass(frozen=True, slots=True)
class PaysAtZero:
    """The rule of its own that SO-29 asks for: at the end of these clocks money is paid without a person."""

    clocks: tuple[str, ...]
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Flows:
    """The section `flows` of a pack."""

    by_mode: tuple[Flow, ...] = ()
    store: Store | None = None
    refund_only: RefundOnly | None = None
    special: tuple[SpecialGoods, ...] = ()
    called_in: CalledIn | None = None
    auto_agree: AutoAgree | None = None
    pays_at_zero: PaysAtZero | None = None

    def of_mode(self, mode: str) -> Flow | None:
        """The flow of a fulfilment mode; None where the merchant does everything."""
        return next((f for f in self.by_mode if mode in f.modes), None)

    def special_of(self, tags: frozenset[str], category: str) -> SpecialGoods | None:
        """The row of special goods that these are; None for others."""
        return next((s for s in self.special if category in s.categories or not tags.isdisjoint(s.tags)), None)


@dataclass(frozen=True, slots=True)
class FlowOfCase:
    """The flow as it stays with a case (`facts["flow"]`)."""

    goods_to: str = "merchant"
    sends: Mapping[str, str] = field(default_factory=dict)
    parts_first: tuple[str, ...] = ()

    def sender(self, type_: str) -> str:
        """Who sends out what replaces the goods of this type."""
        return self.sends.get(type_, "merchant")


MERCHANTS_OWN = FlowOfCase()


def flow_of(facts: Mapping[str, Any]) -> FlowOfCase:
    """The flow kept in a case's facts; the merchant's own where none is kept."""
    kept = facts.get("flow")
    return FlowOfCase(kept["goods_to"], kept["sends"], tuple(kept.get("parts_first", ()))) if kept else MERCHANTS_OWN


def traits_of(facts: Mapping[str, Any]) -> Traits:
    """What clocks look at, from a case's facts."""
    return _traits(str(facts.get("return_way") or ""), str((facts.get("flow") or {}).get("mode", "")), tuple(facts.get("tags") or ()))


@lru_cache(maxsize=1024)
def _traits(way: str, mode: str, tags: tuple[str, ...]) -> Traits:
    return Traits(way, mode, frozenset(tags))


def problems(flows: Flows, paying: set[str]) -> list[Problem]:
    """What is wrong with the section. `paying`: clocks that pay at zero; SO-29 asks for the pack's own rule for each."""
    found: list[Problem] = []
    seen: set[str] = set()
    for i, flow in enumerate(flows.by_mode):
        found += [Problem(f"flows.by_mode[{i}].modes", f"twice: {m}") for m in flow.modes if m in seen]
        seen.update(flow.modes)
        if flow.goods_to == "platform_store" and flows.store is None:
            found.append(Problem("flows.store", "goods come back to it, so it must be named"))
    if flows.called_in is not None and flows.called_in.refusals < 1:
        found.append(Problem("flows.called_in.refusals", "must be 1 or more"))
    found += [Problem(f"flows.special[{i}]", "needs a tag or a category") for i, s in enumerate(flows.special) if not (s.tags or s.categories)]
    if flows.special and flows.refund_only is None:
        found.append(Problem("flows.refund_only", "special goods are only refunded, so a refund alone must be offered"))
    allowed = set(flows.pays_at_zero.clocks) if flows.pays_at_zero else set()
    found += [Problem(f"clocks.{name}", "pays at zero without a rule in flows.pays_at_zero (SO-29)") for name in sorted(paying - allowed)]
    found += [Problem("flows.pays_at_zero.clocks", f"{name} never pays at zero") for name in sorted(allowed - paying)]
    return found


def where_problems(path: str, rows: tuple[Where, ...], outcomes: frozenset[str]) -> list[Problem]:
    """What is wrong with the rows of one clock."""
    found: list[Problem] = []
    for i, row in enumerate(rows):
        here = f"{path}.where[{i}]"
        if row.span is None and row.then is None:
            found.append(Problem(here, "changes nothing: needs a span or a then"))
        if row.span is not None:
            found += [Problem(f"{here}.span", f"{p.code}: {p.detail}") for p in check_span(row.span)]
        if row.then is not None and row.then not in outcomes:
            found.append(Problem(f"{here}.then", f"no such outcome: {row.then!r}"))
    return found
