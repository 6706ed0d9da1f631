"""Every clock the product arms or counts by is on the statement, with figure, end and source, under each pack (PO-16)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import amends
from amends.core.cases import TABLES
from amends.core.clock_statement import statement
from amends.core.clock_words import CLOCK_NAMES, OUTCOME_WORDS, span_words
from amends.core.pack import Clock, Pack
from amends.core.policy import load_pack
from amends.core.spans import Span

PACKS = ("jd", "pdd", "kuaishou", "tmall")
ARMED = re.compile(r"""(?:\.arm\(|arms": |arm=)"([a-z_]+)"(?: if [^"]+ else "([a-z_]+)")?""")
"""Clocks that code arms by name, beside those that states of the tables have."""


def pack_of(name: str) -> Pack:
    loaded = load_pack(name).pack
    assert loaded is not None
    return loaded


def armed() -> set[str]:
    source = Path(amends.__file__).parent
    by_name = {name for file in sorted(source.rglob("*.py")) for found in ARMED.findall(file.read_text()) for name in found if name}
    by_state = {state.clock for table in TABLES.values() for state in table.states.values() if state.clock}
    assert {"ticket_mail", "cancel_answer", "evidence", "appeal", "promise"} <= by_name, "the pattern finds what is armed by name"
    return by_name | by_state


def spans_of(thing: Any) -> list[Span]:
    """Every length of time anywhere in a pack that differs from the one it stands in for."""
    if isinstance(thing, Span):
        return [thing]
    if isinstance(thing, Clock):  # an expectation whose time is the ordinary one has no line of its own
        return [thing.span, *(s for s in thing.span_by.values() if s != thing.span), *(w.span for w in thing.where if w.span)]
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, tuple | list) else [getattr(thing, f.name) for f in fields(thing)] if is_dataclass(thing) else ()
    return [span for part in parts for span in spans_of(part)]


@pytest.mark.parametrize("name", PACKS)
def test_every_clock_that_is_armed_is_on_the_statement(name):
    pack = pack_of(name)
    lines = statement(pack)
    here = {line.clock for line in lines}
    assert armed() <= here
    assert here >= {"price_answer", "freight_answer", "price_ask", "freight_ask", "late_wait", "coupon", "order_ship", "order_change", "dispute_open", "ticket_red", "cancel_urgent"}
    for line in lines:
        assert line.source in pack.sources, line
        assert line.clock in CLOCK_NAMES, line
        assert line.then in OUTCOME_WORDS, line
        assert span_words(line.span, 0), line


@pytest.mark.parametrize("name", PACKS)
def test_every_length_of_time_of_a_pack_is_on_the_statement(name):
    pack = pack_of(name)
    told = {id(line.span) for line in statement(pack, fast=True)}
    assert [span for span in spans_of(pack) if id(span) not in told] == []


def test_figures_are_those_the_product_counts_by():
    pack = pack_of("jd")
    lines = {line.clock: line for line in statement(pack)}
    section = pack.compensation
    assert (lines["freight_answer"].span, lines["freight_answer"].source) == (section.return_freight.answer, section.return_freight.source)
    assert (lines["price_answer"].span, lines["price_answer"].source) == (section.price_protection.answer, section.price_protection.source)
    assert lines["freight_ask"].span.amount == section.return_freight.claim_days * 86_400
    assert (lines["order_ship"].span.amount, lines["order_ship"].remind_before) == (section.late_shipment.in_force.ship_within, pack.order_desk.warn_before)
    assert [span_words(lines[c].span, at) for c in ("coupon", "freight_ask") for at in (0, 1)] == ["90 天（同一时刻）", "90 days, same time of day", "15 天（同一时刻）", "15 days, same time of day"]


def test_a_tier_that_comes_later_has_a_line_of_its_own():
    pack = pack_of("jd")
    late = pack.compensation.late_shipment
    web = replace(pack, compensation=replace(pack.compensation, late_shipment=replace(late, regime=next(r for r in late.regimes if len(late.regimes[r].tiers) > 1))))
    later = [line for line in statement(web) if line.clock == "late_tier"]
    assert [line.span.amount for line in later] == [t.late_for for t in web.compensation.late_shipment.in_force.tiers if t.late_for]


def test_lines_of_a_kind_stand_together():
    kinds = [line.kind for line in statement(pack_of("jd"))]
    assert [k for n, k in enumerate(kinds) if n == 0 or kinds[n - 1] != k] == ["service_order", "cancellation", "dispute", "ticket", "order", "compensation"]
