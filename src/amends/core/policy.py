"""Reading a policy pack file, and what is wrong with it (PO-1…PO-9, PO-17). What a pack is made of: `core/pack.py`.

Packs live in `packs/<id>.json`. Reading never raises for what a file contains: it gives problems with the path of the field.
A file may say `"extends": "<other file>"`: it then names only what differs (`core/pack_documents.py`); what is kept in the database is always the whole.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.pack import (
    CALLERS,
    CLOCKS,
    DEFAULT_CATEGORY,
    OUTCOMES,
    REVIEWED,
    TYPES,
    Clock,
    Leaf,
    Pack,
    Payer,
    ReasonGroup,
    Responsibility,
    ServiceType,
    Source,
    StaffReasons,
)
from amends.core.pack_compensation import problems as compensation_problems
from amends.core.pack_conduct import problems as conduct_problems
from amends.core.pack_defaults import complete
from amends.core.pack_disputes import problems as dispute_problems
from amends.core.pack_documents import NotWhole, document, extended
from amends.core.pack_flows import problems as flow_problems
from amends.core.pack_flows import where_problems
from amends.core.pack_measures import problems as measure_problems
from amends.core.pack_negotiation import problems as negotiation_problems
from amends.core.pack_orders import problems as order_desk_problems
from amends.core.pack_tickets import problems as ticket_problems
from amends.core.reasons import Problem, decode
from amends.core.spans import check_span


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
        if (key == "source" or key.endswith("_source")) and v not in known:
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
        found += where_problems(here, c.where, OUTCOMES)
    return found


def _reason_problems(pack: Pack) -> list[Problem]:
    found: list[Problem] = []
    for t in TYPES:
        groups = pack.reasons.get(t, ())
        codes: set[str] = set()
        groups_seen: set[str] = set()
        if not groups:
            found.append(Problem(f"reasons.{t}", "needs at least one group"))
        for i, g in enumerate(groups):
            if not g.leaves:
                found.append(Problem(f"reasons.{t}[{i}].leaves", "needs at least one reason"))
            if g.code in groups_seen:
                found.append(Problem(f"reasons.{t}[{i}].code", f"twice: {g.code!r}"))
            groups_seen.add(g.code)
            for j, leaf in enumerate(g.leaves):
                here = f"reasons.{t}[{i}].leaves[{j}]"
                if leaf.code in codes:
                    found.append(Problem(f"{here}.code", f"twice: {leaf.code!r}"))
                if leaf.no_reason and leaf.responsibility != "buyer":
                    found.append(Problem(f"{here}.responsibility", "a no-reason request is the buyer's"))
                if leaf.measured and leaf.responsibility == "buyer":
                    found.append(Problem(f"{here}.measured", "only a fault of another's is measured"))
                codes.add(leaf.code)
    return found


def _staff_reason_problems(name: str, trees: Mapping[Any, Sequence[StaffReasons]], needed: Sequence[str]) -> list[Problem]:
    """Review and platform reasons are trees of their own (SO-27): one for each, codes once in a tree."""
    found = [Problem(f"{name}.{k}", "needs at least one group") for k in needed if not trees.get(k)]
    for key, groups in trees.items():
        codes: set[str] = set()
        for i, g in enumerate(groups):
            here = f"{name}.{key}[{i}]"
            if not g.leaves:
                found.append(Problem(f"{here}.leaves", "needs at least one reason"))
            for path, code in ((f"{here}.code", g.code), *((f"{here}.leaves[{j}].code", leaf.code) for j, leaf in enumerate(g.leaves))):
                if code in codes:
                    found.append(Problem(path, f"twice: {code!r}"))
                codes.add(code)
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
    # A fault must never close what no-reason opens (PO-3, PO-4).
    faulty = {w.type: w.days for w in pack.windows if w.kind == "fault"}
    found += [
        Problem(f"windows[{i}].days", "longer than the window with a fault") for i, w in enumerate(pack.windows)
        if w.kind == "no_reason" and w.type in faulty and w.days > faulty[w.type]
    ]
    found += [Problem("windows", f"no window for {t} with a fault") for t in TYPES if t != "repair" and ("fault", t) not in seen]
    for i, g in enumerate(pack.guarantees):
        found += [Problem(f"guarantees[{i}].{n}", "must not be negative") for n in ("return_days", "exchange_days", "repair_days") if getattr(g, n) < 0]
    if (DEFAULT_CATEGORY, None) not in {(g.category, g.region) for g in pack.guarantees}:
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
    figures = {"photos.at_most": pack.photos.at_most, "photos.bytes_below": pack.photos.bytes_below}
    if (fast := pack.fast_review) is not None:
        figures |= {"fast_review.amount_below": fast.amount_below, "fast_review.pieces_below": fast.pieces_below, "fast_review.else_span.amount": fast.else_span.amount}
    if pack.lightning_refund is not None:
        figures["lightning_refund.amount_at_most"] = pack.lightning_refund.amount_at_most
    return found + [Problem(k, "must be more than 0") for k, v in figures.items() if v <= 0]


def _zone_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


PAYING = frozenset({"refund_without_return"})
"""Outcomes at zero that give money without a person (SO-29). What ends a cancellation is agreed to by the table's own rule (CA-3, CA-5)."""


def _flow_problems(pack: Pack) -> list[Problem]:
    paying = {name for name, clock in pack.clocks.items() if PAYING & clock.outcomes()}
    return [*flow_problems(pack.flows, paying), *measure_problems(pack.measures, pack.caps, pack.service_score, pack.standards), *conduct_problems(pack.conduct)]


def parse_pack(data: object) -> Loaded:
    """Check decoded JSON and build the pack, with what it extends. Never raises."""
    problems: list[Problem] = []
    try:
        data = extended(data)
    except NotWhole as wrong:
        return Loaded(None, (Problem("extends", str(wrong)),))
    pack = decode(Pack, data, "", problems)
    if problems or not isinstance(pack, Pack):
        return Loaded(None, tuple(problems))
    complete(pack)
    problems = [*_sources(data, pack.sources), *_window_problems(pack), *_reason_problems(pack), *_clock_problems(pack), *_other_problems(pack), *compensation_problems(pack.compensation)]
    problems += _staff_reason_problems("review_reasons", pack.review_reasons, REVIEWED)
    problems += order_desk_problems(pack.order_desk)
    problems += negotiation_problems(pack.negotiation)
    problems += dispute_problems(pack.disputes)
    problems += ticket_problems(pack.tickets)
    problems += _flow_problems(pack)
    problems += _staff_reason_problems("platform_reasons", pack.platform_reasons, CALLERS)
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
    try:
        found = document(pack_id)
    except (NotWhole, ValueError) as wrong:
        return Loaded(None, (Problem("id", f"no such pack: {wrong}"),))
    return parse_pack(found)


def whole(pack_id: str) -> dict[str, Any]:
    """The document of a pack that comes with the product, with everything it extends: what is written to the database. Raises KeyError for an unknown id."""
    try:
        found = extended(document(pack_id))
    except NotWhole as wrong:
        raise KeyError(pack_id) from wrong
    assert isinstance(found, dict)
    return found


__all__ = [
    "CALLERS", "CLOCKS", "OUTCOMES", "REVIEWED", "TYPES", "Clock", "Leaf", "Loaded", "Pack", "Payer", "Problem", "ReasonGroup", "Responsibility",
    "ServiceType", "Source", "load_pack", "parse_pack", "parse_text", "whole",
]
