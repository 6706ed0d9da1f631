"""A policy pack: one platform's numbers and rules as data, and what is wrong with a pack file (PO-1…PO-9, PO-17).

Packs live in `packs/<id>.json`. Reading never raises for what a file contains: it gives problems with the path of the field.
Units: money in integer minor units, spans as in `spans.Span` (seconds or days), windows in calendar days.
"""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from amends.core.reasons import Problem, decode
from amends.core.spans import Span, check_span

ServiceType = Literal["return", "exchange", "repair", "reissue"]
Responsibility = Literal["buyer", "merchant", "carrier"]
Payer = Literal["buyer", "merchant", "platform"]
TYPES: tuple[ServiceType, ...] = ("return", "exchange", "repair", "reissue")
CLOCKS = ("review", "answer", "ship_back", "receive", "process", "fulfil", "deliver", "confirm", "rate", "improve_rating", "transit", "receipt_confirm")
OUTCOMES = frozenset({
    "approve_return", "reissue_without_return", "refund_without_return", "close", "count_as_received",
    "platform_refund", "warn", "complete", "confirm", "stop_asking", "stop_offering",
})
DEFAULT_CATEGORY = "*"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from. `level`: a source document, the law, the web, or our own default (PO-17)."""

    level: Literal["document", "law", "web", "own"]
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """For how many calendar days after receipt a type is open. `kind`: asked without a fault or with one."""

    kind: Literal["no_reason", "fault"]
    type: ServiceType
    days: int
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One reason a buyer can choose (SO-27). `no_reason`: it is asked under the no-reason rule (PO-2).

    `measured`: the fault is a weight that falls short by more than the pack's tolerance (PO-5).
    """

    code: str
    zh: str
    en: str
    responsibility: Responsibility
    photos_required: bool
    text_required: bool
    no_reason: bool
    measured: Literal["weight"] | None = None


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """The first level of the reason tree."""

    code: str
    zh: str
    en: str
    leaves: tuple[Leaf, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    """A tag of goods that cannot come back without a fault (PO-3). `opens_with`: what opens it."""

    tag: str
    zh: str
    en: str
    rule: str
    opens_with: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Fitness:
    """A finding that makes goods unfit for resale (PO-2). `categories` holds `*` when it goes for all."""

    finding: str
    categories: tuple[str, ...]
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class NotHandled:
    """PO-6. `unless_fault`: a quality fault opens it. `manual`: a person decides, it is not refused outright."""

    finding: str
    zh: str
    en: str
    unless_fault: bool
    manual: bool
    source: str


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Three guarantees (三包) of a category, in days from receipt; `region` null is the national rule (PO-5)."""

    category: str
    region: str | None
    return_days: int
    exchange_days: int
    repair_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Freight:
    """Who pays the way back by responsibility, and the way out of a no-reason return (PO-7)."""

    back: dict[Responsibility, Payer]
    out_on_no_reason: Payer
    insurance_first: bool
    source: str


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a state lasts and what happens at zero (PO-9).

    `span_by` and `then_by` hold what differs by expectation (SO-8). `remind_before`: seconds before the end, null for none.
    """

    state: str
    span: Span
    then: str
    source: str
    span_by: dict[ServiceType, Span] = field(default_factory=dict)
    then_by: dict[ServiceType, str] = field(default_factory=dict)
    remind_before: int | None = None

    def for_type(self, type_: ServiceType) -> tuple[Span, str]:
        """Its length and what happens at zero for one expectation."""
        return self.span_by.get(type_, self.span), self.then_by.get(type_, self.then)


@dataclass(frozen=True, slots=True)
class RefundPractice:
    """Defaults an agent sees (S3). `buyer_fault_freight`: minor units of outbound freight given back on the buyer's reasons."""

    buyer_fault_freight: int
    starts_from: Literal["paid_amount"]
    source: str


@dataclass(frozen=True, slots=True)
class FastReview:
    """SO-31. `amount_below` in minor units, `pieces_below` in pieces, `else_span` the review time otherwise."""

    amount_below: int
    pieces_below: int
    no_reason_only: bool
    else_span: Span
    leaving_takes_effect: Literal["at_once", "next_day"]
    source: str


@dataclass(frozen=True, slots=True)
class LightningRefund:
    """SO-32. Amounts in minor units, up to and including `amount_at_most`; `buyer_stars_at_least` is the buyer's level."""

    amount_at_most: int
    buyer_stars_at_least: int
    switched_on_by_platform_below: int
    no_reason_only: bool
    source: str


@dataclass(frozen=True, slots=True)
class Photos:
    """SO-1: how many, and each smaller than `bytes_below` bytes."""

    at_most: int
    bytes_below: int
    types: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Pack:
    """One platform's rules. A case keeps the `id` and `version` it was opened under."""

    id: str
    name: Words
    version: int
    valid_from: str
    timezone: str
    sources: dict[str, Source]
    windows: tuple[Window, ...]
    reasons: dict[ServiceType, tuple[ReasonGroup, ...]]
    excluded: tuple[Excluded, ...]
    fitness: tuple[Fitness, ...]
    not_handled: tuple[NotHandled, ...]
    guarantees: tuple[Guarantee, ...]
    gold_tolerance_mg: int
    freight: Freight
    clocks: dict[str, Clock]
    refund_practice: RefundPractice
    fast_review: FastReview
    lightning_refund: LightningRefund
    photos: Photos

    @cached_property
    def leaves(self) -> dict[tuple[str, str], tuple[Leaf, frozenset[str]]]:
        """Every reason by type and code, with the categories of its group (empty: all)."""
        return {(t, leaf.code): (leaf, frozenset(g.categories)) for t, groups in self.reasons.items() for g in groups for leaf in g.leaves}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, or what is wrong with it; never both."""

    pack: Pack | None
    problems: tuple[Problem, ...]


def _sources(value: object, known: dict[str, Source], path: str = "") -> list[Problem]:
    """Every `source` anywhere in the file must be in the table."""
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in _sources(v, known, f"{path}[{i}]")]
    if not isinstance(value, dict):
        return []
    found: list[Problem] = []
    for key, v in value.items():
        here = f"{path}.{key}" if path else str(key)
        if key == "source" and v not in known:
            found.append(Problem(here, f"no such source: {v!r}"))
        found += _sources(v, known, here)
    return found


def _clock_problems(pack: Pack) -> list[Problem]:
    found = [Problem(f"clocks.{k}", "missing: a case must never wait without end") for k in CLOCKS if k not in pack.clocks]
    for key, c in pack.clocks.items():
        here = f"clocks.{key}"
        if key not in CLOCKS:
            found.append(Problem(here, "no such clock"))
        for where, span in ((f"{here}.span", c.span), *((f"{here}.span_by.{t}", s) for t, s in c.span_by.items())):
            found += [Problem(where, f"{p.code}: {p.detail}") for p in check_span(span)]
        for where, then in ((f"{here}.then", c.then), *((f"{here}.then_by.{t}", s) for t, s in c.then_by.items())):
            if then not in OUTCOMES:
                found.append(Problem(where, f"no such outcome: {then!r}"))
        if c.remind_before is not None and c.remind_before <= 0:
            found.append(Problem(f"{here}.remind_before", "must be more than 0"))
    return found


def _reason_problems(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    for t in TYPES:
        groups = pack.reasons.get(t, ())
        codes: set[str] = set()
        if not groups:
            found.append(Problem(f"reasons.{t}", "needs at least one group"))
        for i, g in enumerate(groups):
            if not g.leaves:
                found.append(Problem(f"reasons.{t}[{i}].leaves", "needs at least one reason"))
            for j, leaf in enumerate(g.leaves):
                here = f"reasons.{t}[{i}].leaves[{j}]"
                if leaf.code in codes:
                    found.append(Problem(f"{here}.code", f"twice: {leaf.code!r}"))
                if leaf.no_reason and leaf.responsibility != "buyer":
                    found.append(Problem(f"{here}.responsibility", "a no-reason request is the buyer's"))
                codes.add(leaf.code)
    return found


def _window_problems(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for i, w in enumerate(pack.windows):
        if w.days <= 0:
            found.append(Problem(f"windows[{i}].days", "must be more than 0"))
        if (w.kind, w.type) in seen:
            found.append(Problem(f"windows[{i}]", "twice the same kind and type"))
        seen.add((w.kind, w.type))
    found += [Problem("windows", f"no window for {t} with a fault") for t in TYPES if t != "repair" and ("fault", t) not in seen]
    for i, g in enumerate(pack.guarantees):
        found += [Problem(f"guarantees[{i}].{n}", "must not be negative") for n in ("return_days", "exchange_days", "repair_days") if getattr(g, n) < 0]
    if ("*", None) not in {(g.category, g.region) for g in pack.guarantees}:
        found.append(Problem("guarantees", "needs a national row for category *"))
    return found


def _other_problems(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    try:
        date.fromisoformat(pack.valid_from)
    except ValueError:
        found.append(Problem("valid_from", "not a date (YYYY-MM-DD)"))
    if not _zone_known(pack.timezone):
        found.append(Problem("timezone", "no such time zone"))
    if pack.version < 1:
        found.append(Problem("version", "must be 1 or more"))
    found += [Problem(f"freight.back.{r}", "missing") for r in ("buyer", "merchant", "carrier") if r not in pack.freight.back]
    found += [Problem(f"freight.back.{r}", "not the buyer: the fault is another's (PO-7)") for r, p in pack.freight.back.items() if r != "buyer" and p == "buyer"]
    found += [Problem(f"excluded[{i}].opens_with", "must include fault (PO-3)") for i, e in enumerate(pack.excluded) if "fault" not in e.opens_with]
    figures = {
        "fast_review.amount_below": pack.fast_review.amount_below, "fast_review.pieces_below": pack.fast_review.pieces_below,
        "fast_review.else_span.amount": pack.fast_review.else_span.amount,
        "lightning_refund.amount_at_most": pack.lightning_refund.amount_at_most,
        "photos.at_most": pack.photos.at_most, "photos.bytes_below": pack.photos.bytes_below,
    }
    return found + [Problem(k, "must be more than 0") for k, v in figures.items() if v <= 0]


def _zone_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def parse_pack(data: object) -> Loaded:
    """Check decoded JSON and build the pack. Never raises."""
    problems: list[Problem] = []
    pack = decode(Pack, data, "", problems)
    if problems or not isinstance(pack, Pack):
        return Loaded(None, tuple(problems))
    problems = [*_sources(data, pack.sources), *_window_problems(pack), *_reason_problems(pack), *_clock_problems(pack), *_other_problems(pack)]
    return Loaded(None if problems else pack, tuple(problems))


def parse_text(text: str) -> Loaded:
    """The same for the text of a pack file; text that is not JSON is a problem at its line."""
    try:
        return parse_pack(json.loads(text))
    except json.JSONDecodeError as e:
        return Loaded(None, (Problem("", f"not JSON: {e.msg}, line {e.lineno}"),))
    except RecursionError:
        return Loaded(None, (Problem("", "nested too deeply"),))


@lru_cache(maxsize=64)
def load_pack(pack_id: str) -> Loaded:
    """A pack that comes with the product, by id; an unknown id is a problem, not an exception."""
    file = files("amends.core.packs").joinpath(f"{pack_id}.json")
    if not pack_id.isidentifier() or not file.is_file():
        return Loaded(None, (Problem("id", f"no such pack: {pack_id!r}"),))
    return parse_text(file.read_text("utf-8"))
