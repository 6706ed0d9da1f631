"""What strategies are made of, over HTTP: the schema, the facts, ready-made rows; and what they would do with one case (SA-2, SA-6, SA-9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from amends.api.door import Call, Refused, Reply
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor
from amends.api.shapes import Money
from amends.api.strategies import READ, at, by_of, found_run
from amends.api.strategy_shapes import (
    ConditionFit,
    FactChoice,
    ReadyStrategies,
    ReadyStrategy,
    RowFit,
    StrategyFact,
    StrategyFacts,
    StrategyFits,
    StrategyRunCase,
    StrategyRunCases,
    StrategySchema,
    StrategyShadow,
)
from amends.core import strategies_ready, strategy_json
from amends.core.refusal import Refusal
from amends.core.strategy_facts import CATALOGUE, GROUPS, Fact
from amends.core.strategy_keys import KEY_OF, KEYS
from amends.engine import strategies as engine
from amends.engine import strategy_cells, strategy_trial
from amends.engine.merchant_settings import settings_of

SHADOW_DAYS, MOST_SHOWN = 30, 50


def schema(call: Call) -> Reply:
    """GET the JSON Schema of an exported table."""
    call.needs(READ)
    call.known_queries()
    call.merchant()
    return Reply(StrategySchema(strategy_json.schema()))


def facts(call: Call) -> Reply:
    """GET the catalogue of facts, with the merchant's own choices."""
    call.needs(READ)
    call.known_queries()
    merchant = call.merchant()
    own = {kind: engine.choices(call.house.pool, merchant, kind) for kind in ("service_order", "cancellation")}
    return Reply(StrategyFacts([_fact(fact, own, call.at) for fact in CATALOGUE]))


def _fact(fact: Fact, own: dict[str, dict[str, list[tuple[str, str, str]]]], language: int) -> StrategyFact:
    listed = list(fact.choices)
    for kind in own if fact.source else ():
        if any(place[0] == kind for place in fact.at):
            listed += [one for one in own[kind].get(fact.source, ()) if one not in listed]
    choices = [FactChoice(code, (zh, en)[language]) for code, zh, en in listed]
    tables = [key for key, place in KEYS.items() if place in fact.at]
    return StrategyFact(
        fact.code, (fact.zh, fact.en)[language], fact.type, GROUPS[fact.group][language], fact.unit[language], list(fact.operators), choices, tables, fact.in_trials,
    )


def ready(call: Call) -> Reply:
    """GET ready-made rows with the figures that stand there at first."""
    call.needs(READ)
    call.known_queries()
    call.merchant()
    out = []
    for one in strategies_ready.ready_made():
        for made in strategies_ready.make(one.code, {}, call.language):
            if not isinstance(made, Refusal):
                out.append(ReadyStrategy(one.code, KEY_OF[(made.kind, made.node)], (one.zh, one.en)[call.at], (one.about_zh, one.about_en)[call.at], made.row))
    return Reply(ReadyStrategies(out))


def run_cases(call: Call, table: str, id: UUID) -> Reply:
    """GET the cases of a trial: those that differ, or one cell of the agreement table."""
    call.needs(READ)
    call.known_queries("people", "strategy", *PAGING)
    merchant = call.merchant()
    run = found_run(call, merchant, table, str(id))
    after, most = call.query("cursor", read_cursor(tuple[UUID])), call.query("limit", limit, DEFAULT_LIMIT)
    people, strategy = call.query("people", _verb), call.query("strategy", _verb)
    found, last = strategy_cells.cases(call.house.pool, merchant, run, people, strategy, str(after[0]) if after else "", most)
    return Reply(StrategyRunCases([_case(c) for c in found], cursor(UUID(last)) if last else None))


def _case(c: strategy_trial.Disagreement) -> StrategyRunCase:
    return StrategyRunCase(c.case_id, c.number, c.people, c.people_name, c.people_words, c.strategy, c.row_id or None, Money(c.amount, c.currency), c.decided_at)


def shadow(call: Call, table: str, id: UUID) -> Reply:
    """GET what a row wrote down while it looked on, beside what people did: the figures of its page."""
    call.needs(READ)
    call.known_queries()
    (kind, node), merchant, pool, row_id = at(table), call.merchant(), call.house.pool, str(id)
    row = next((row for row in engine.table(pool, merchant, kind, node).rows if row.id == row_id), None)
    if row is None:
        raise Refused(Refusal("not_there"))
    fitted = engine.counts(pool, merchant, kind, node, call.now).rows.get(row_id, engine.Counts()).shadow
    found, currency = strategy_trial.shadow(pool, merchant, kind, node, SHADOW_DAYS, call.now, row_id=row_id), settings_of(pool, by_of(call, merchant))["currency"]
    people, rows = (Money(n, currency) for n in (found.paid_by_people, found.paid_by_rows))
    differ = [_case(c) for c in found.disagreements[:MOST_SHOWN]]
    return Reply(StrategyShadow(row_id, row.mode, fitted, found.looked_at, found.agree, found.differ, found.limited, found.refused, found.agreement, people, rows, differ))


def _verb(text: str) -> str:
    """A command's name, or nothing. Raises ValueError."""
    if len(text) > 64 or (text and not text.isidentifier()):
        raise ValueError(text)
    return text


def fits(call: Call, table: str, id: UUID) -> Reply:
    """GET what the published rows would do with a case now."""
    call.needs(READ)
    call.known_queries()
    (kind, node), merchant = at(table), call.merchant()
    published = engine.table(call.house.pool, merchant, kind, node)
    found = strategy_trial.fits(call.house.pool, merchant, str(id), published.rows, call.now)
    if not found and published.rows:
        raise Refused(Refusal("not_there"))
    decides = next((fit.row.id for fit in found if fit.wins), None)
    return Reply(StrategyFits(str(id), table, published.version, decides, [_fit(fit, call.language) for fit in found]))


def _fit(fit: strategy_trial.RowFit, language: str) -> RowFit:
    conditions = [
        ConditionFit(c.what, c.condition.op if c.condition else "", _plain(c.condition.value) if c.condition else None, _plain(c.actual), c.fits) for c in fit.conditions
    ]
    refusal = fit.refusal
    return RowFit(fit.row.id, fit.row.name, fit.row.mode, fit.fits, conditions, refusal.code if refusal else None, refusal.say(language) if refusal else None)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset | set) else msgspec.to_builtins(value)
