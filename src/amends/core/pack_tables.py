"""A pack's rows in the shape eligibility asks for them, made once per pack (PO-2…PO-7)."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from amends.core.pack import DEFAULT_CATEGORY, TYPES, Excluded, Fitness, Leaf, NotHandled, Pack, Payer, ServiceType
from amends.core.verdicts import FreightBy, Pair

Kind = Literal["no_reason", "fault", "service"]
"""Asked without a reason, with another's fault, or a service the buyer asks for without either (a size adjustment)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason of one type, with what follows from it.

    `needs_resale`: goods must be returnable and fit for resale (PO-2, PO-3). `measured`: the fault is a weight, judged by the tolerance (PO-5).
    """

    type: ServiceType
    reason: str
    words: Pair
    kind: Kind
    needs_resale: bool
    measured: bool
    categories: frozenset[str]
    freight: FreightBy
    freight_insured: FreightBy


@dataclass(slots=True)
class Tables:
    """Everything by the key it is asked with."""

    rules: dict[tuple[str, str], Rule] = field(default_factory=dict)
    groups: dict[tuple[str, str], Pair] = field(default_factory=dict)
    by_type: dict[ServiceType, list[Rule]] = field(default_factory=dict)
    distinct: dict[ServiceType, list[Rule]] = field(default_factory=dict)
    """Per type the first reason of each sort: the others of the sort are judged alike, whatever the goods."""
    excluded: dict[str, Excluded] = field(default_factory=dict)
    fitness: dict[str, Fitness] = field(default_factory=dict)
    not_handled: dict[str, NotHandled] = field(default_factory=dict)
    windows: dict[tuple[str, str], tuple[int, str, str]] = field(default_factory=dict)
    guarantees: dict[tuple[str, str | None, str], tuple[int, str]] = field(default_factory=dict)
    known: dict[tuple[str, str, str, str | None], tuple[int, str, str]] = field(default_factory=dict)

    def window(self, rule: Rule, category: str, region: str | None) -> tuple[int, str, str]:
        """(days, rule number, source) for a reason; 0 days when the type is not open to it. Regions and categories the pack does not name share a row."""
        key = (rule.type, rule.kind, category, region)
        found = self.known.get(key)
        if found is None:
            found = self._window(rule, category, region)
            if len(self.known) < _CACHED:
                self.known[key] = found
        return found

    def _window(self, rule: Rule, category: str, region: str | None) -> tuple[int, str, str]:
        own = self.windows.get((rule.type, "no_reason" if rule.needs_resale else "fault"), (0, "", ""))
        if rule.needs_resale:
            return own
        # PO-5: national rule, else local; where they differ the one that asks more of the merchant. The pack's own days may give more.
        guaranteed = [self._guarantee(category, None, rule.type), self._guarantee(category, region, rule.type)]
        days, source = max(guaranteed, key=lambda g: g[0])
        return own if own[0] >= days else (days, "PO-5", source)

    def _guarantee(self, category: str, region: str | None, type_: str) -> tuple[int, str]:
        own = self.guarantees.get((category, region, type_))
        return own if own is not None else self.guarantees.get((DEFAULT_CATEGORY, region, type_), (0, ""))


_CACHED = 10_000


def tables(pack: Pack) -> Tables:
    """The pack's tables; made at the first call and kept with the pack."""
    found = pack.__dict__.get("_tables")
    if isinstance(found, Tables):
        return found
    made = _make(pack)
    pack.__dict__["_tables"] = made
    return made


def _make(pack: Pack) -> Tables:
    t = Tables()
    for type_ in TYPES:
        t.by_type[type_] = []
        for group in pack.reasons.get(type_, ()):
            t.groups[type_, group.code] = (group.zh, group.en)
            for leaf in group.leaves:
                rule = _rule(pack, type_, leaf, frozenset(group.categories))
                t.rules[type_, leaf.code] = rule
                t.by_type[type_].append(rule)
        first: dict[tuple[object, ...], Rule] = {}
        for rule in t.by_type[type_]:
            first.setdefault(_sort(rule), rule)
        t.distinct[type_] = list(first.values())
    t.excluded = {x.tag: x for x in pack.excluded}
    t.fitness = {x.finding: x for x in pack.fitness}
    t.not_handled = {x.finding: x for x in pack.not_handled}
    t.windows = {(w.type, w.kind): (w.days, w.rule, w.source) for w in pack.windows}
    for g in pack.guarantees:
        for type_, days in (("return", g.return_days), ("exchange", g.exchange_days), ("repair", g.repair_days)):
            t.guarantees[g.category, g.region, type_] = (days, g.source)
    return t


def _rule(pack: Pack, type_: ServiceType, leaf: Leaf, categories: frozenset[str]) -> Rule:
    kind: Kind = "fault" if leaf.responsibility != "buyer" else "no_reason" if leaf.no_reason else "service"
    # PO-3 is about goods that come back for good; a repair asked for by the buyer gives the same goods back.
    needs_resale = kind == "no_reason" or (kind == "service" and type_ in ("return", "exchange"))
    payer: Payer = pack.freight.back[leaf.responsibility]
    out: Payer = pack.freight.out_on_no_reason if kind == "no_reason" else payer
    back: Payer | None = None if type_ == "reissue" else payer
    plain = FreightBy(back, out)
    insured = FreightBy(back, out, True) if pack.freight.insurance_first and back else plain
    return Rule(type_, leaf.code, (leaf.zh, leaf.en), kind, needs_resale, leaf.measured == "weight", categories, plain, insured)


def _sort(rule: Rule) -> tuple[object, ...]:
    return rule.kind, rule.freight, rule.categories, rule.measured, rule.words if rule.kind == "service" else None
