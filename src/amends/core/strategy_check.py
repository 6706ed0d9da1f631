"""Whether a table of strategies makes sense: every problem at once, each with the path of its field (SA-6)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from amends.core.commands import build
from amends.core.negotiation import FIELDS
from amends.core.refusal import Refusal
from amends.core.strategy import GROUND_FIELDS, MOST_CEL, MOST_NAME, MOST_ROWS, OF_CASE, PAYS, Condition, Context, Row, Table, commands_at, must_be_limited
from amends.core.strategy_facts import FACTS, LISTS, OPERATORS, STATES, Fact

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_FORMS = {
    "choice": "return", "set": "[…, …]", "number": "0, 1, 2 …", "money": "10000 (= 100.00)", "text": "[…, …]", "flag": "true / false", "minutes": "0, 1, 2 …", "days": "0, 1, 2 …",
    "percent": "0 … 100", "time": "[09:00, 21:00]",
}
"""How a value of each type is written, in any language."""


def minute(text: str) -> int:
    """Minutes since midnight of "HH:MM". ValueError for anything else."""
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return int(text[:2]) * 60 + int(text[3:])


def check(table: Table, context: Context) -> list[Refusal]:
    """Everything that is wrong with a table; empty when it may be published. Rows that are off are checked too: one click switches them on."""
    if (table.kind, table.node) not in STATES:
        return [Refusal("strategy_node_unknown", {"kind": table.kind, "node": table.node}, "node")]
    out = [Refusal("strategy_too_many", {"most": MOST_ROWS, "now": len(table.rows)}, "rows")] if len(table.rows) > MOST_ROWS else []
    for i, row in enumerate(table.rows):
        out += [replace(r, field=f"rows[{i}].{r.field}") for r in _row(table, row, context)]
    return out


def _row(table: Table, row: Row, context: Context) -> Iterator[Refusal]:
    if not row.name or len(row.name) > MOST_NAME:
        yield Refusal("strategy_name_missing", {"most": MOST_NAME}, "name")
    if not row.conditions and not row.cel:
        yield Refusal("strategy_always", {}, "conditions")
    for i, condition in enumerate(row.conditions):
        for refusal in check_condition(table.kind, table.node, condition, context):
            yield replace(refusal, field=f"conditions[{i}].{refusal.field}")
    yield from _cel(row.cel, context)
    yield from _action(table, row, context)
    yield from _limits(row)
    yield from _active(row)


def check_condition(kind: str, node: str, condition: Condition, context: Context) -> list[Refusal]:
    """What is wrong with one condition, with the field it is about: fact, op or value."""
    fact = FACTS.get(condition.fact)
    if fact is None or (kind, node) not in fact.at:
        return [Refusal("strategy_fact_unknown", {"fact": condition.fact[:60]}, "fact")]
    if condition.op not in fact.operators:
        allowed = [OPERATORS[o][0] for o in fact.operators]
        return [Refusal("strategy_operator_wrong", {"zh": fact.zh, "en": fact.en, "op": condition.op[:20], "choices": allowed}, "op")]
    return [replace(r, field="value") for r in _value(fact, condition, context)]


def _value(fact: Fact, condition: Condition, context: Context) -> Iterator[Refusal]:
    names: dict[str, Any] = {"zh": fact.zh, "en": fact.en}
    value, what = condition.value, {"form": _FORMS[fact.type]}
    if value is None or value == "" or value == ():
        yield Refusal("strategy_value_missing", names)
    elif condition.op in LISTS:
        if not isinstance(value, tuple) or not all(isinstance(v, str) and v.strip() for v in value):
            yield Refusal("strategy_value_wrong", names | {"form": "[…, …]"})
        else:
            yield from _known(fact, value, names, context)
    elif condition.op == "between":
        yield from _between(fact, value, names, what)
    elif fact.type == "choice":
        yield from _known(fact, (value,), names, context) if isinstance(value, str) else [Refusal("strategy_value_wrong", names | what)]
    elif not _fits(fact, value):
        yield Refusal("strategy_value_wrong", names | what)


def _known(fact: Fact, values: tuple[Any, ...], names: dict[str, Any], context: Context) -> Iterator[Refusal]:
    known = {c[0] for c in fact.choices} if fact.choices else context.choices.get(fact.source)
    if known is not None and fact.type in ("choice", "set"):
        yield from (Refusal("strategy_choice_unknown", {**names, "value": v[:60]}) for v in values if v not in known)


def _between(fact: Fact, value: Any, names: dict[str, Any], what: dict[str, Any]) -> Iterator[Refusal]:
    if not isinstance(value, tuple) or len(value) != 2 or not all(_fits(fact, v) for v in value):
        yield Refusal("strategy_value_wrong", names | what)
    elif fact.type != "time" and value[0] > value[1]:
        yield Refusal("strategy_between_wrong", names)


def _fits(fact: Fact, value: Any) -> bool:
    """Whether one value is of the fact's type."""
    if fact.type == "time":
        return isinstance(value, str) and bool(_TIME.fullmatch(value))
    if fact.type == "flag":
        return isinstance(value, bool)
    if fact.type == "percent":
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**12


def _cel(text: str, context: Context) -> Iterator[Refusal]:
    if len(text) > MOST_CEL:
        yield Refusal("strategy_cel_too_long", {"most": MOST_CEL, "now": len(text)}, "cel")
    elif text and (problem := context.cel(text)) is not None:
        yield Refusal("strategy_cel_wrong", {"problem": problem[:200]}, "cel")


def fields_of(command: str, fields: Any, case: Any = None) -> dict[str, Any]:
    """The fields of an action with what is taken from the case; without a case, with something that stands for it."""
    filled = {k: v for k, v in dict(fields).items() if v not in ("", None, [], ())}
    for name, attribute in OF_CASE.get(command, {}).items():
        filled.setdefault(name, getattr(case, attribute) if case is not None else 1)
    return filled


def _action(table: Table, row: Row, context: Context) -> Iterator[Refusal]:
    name = row.action.command
    command = commands_at(table.kind, table.node).get(name)
    if command is None:
        yield Refusal("strategy_command_wrong", {"command": name[:60]}, "action.command") if name else Refusal("strategy_command_missing", {}, "action.command")
        return
    filled = fields_of(name, row.action.fields)
    _, wrong = build(command, filled)
    yield from (replace(r, field=f"action.fields.{r.field}") for r in wrong)
    yield from _ground(name, filled, context)
    yield from _never(table, row, filled, context)
    if context.addresses is not None and (address := filled.get("return_address")) and address not in context.addresses:
        yield Refusal("strategy_address_unknown", {}, "action.fields.return_address")
    if context.people is not None and (person := filled.get("person")) and person not in context.people:
        yield Refusal("strategy_person_unknown", {}, "action.fields.person")


def _ground(command: str, filled: dict[str, Any], context: Context) -> Iterator[Refusal]:
    """A reason the road would refuse every time: the pack does not have it, or it needs photos (SO-27)."""
    known, name = context.grounds.get(command), GROUND_FIELDS.get(command, "")
    code = filled.get(name)
    if known is None or not isinstance(code, str) or not code:
        return
    ground = known.get(code)
    if ground is None:
        yield Refusal("strategy_ground_unknown", {"value": code[:60]}, f"action.fields.{name}")
    elif ground.photos:
        yield Refusal("strategy_ground_photos", {"zh": ground.zh, "en": ground.en}, f"action.fields.{name}")
    elif ground.words and not filled.get("words"):
        yield Refusal("strategy_ground_words", {"zh": ground.zh, "en": ground.en}, "action.fields.words")


def _never(table: Table, row: Row, filled: dict[str, Any], context: Context) -> Iterator[Refusal]:
    """What else the road, or the row's own limit, would refuse every time."""
    if row.action.command == "propose" and context.proposals == 0:
        yield Refusal("strategy_no_proposals", {}, "action.command")
    if row.action.command == "propose" and (offer := filled.get("offer")) and all(offer not in FIELDS.get(state, {}) for state in STATES[(table.kind, table.node)]):
        yield Refusal("offer_not_here", {}, "action.fields.offer")
    amount, most = filled.get("amount"), min((n for n in (row.limits.amount, row.limits.amount_per_day, row.limits.amount_per_buyer) if n is not None), default=None)
    if isinstance(amount, int) and most is not None and amount > most > 0 and row.action.command in PAYS | {"propose"}:
        yield Refusal("strategy_limit_below", {}, "action.fields.amount")


def _limits(row: Row) -> Iterator[Refusal]:
    limits = row.limits
    for name in ("amount", "per_buyer", "per_day", "amount_per_day", "amount_per_buyer"):
        value = getattr(limits, name)
        if value is not None and not 0 < value <= 10**12:
            yield Refusal("strategy_limit_wrong", {}, f"limits.{name}")
    if must_be_limited(row.action) and limits.amount is None and limits.amount_per_day is None:
        yield Refusal("strategy_limit_missing", {}, "limits.amount")
    if limits.amount is not None and limits.amount_per_day is not None and limits.amount > limits.amount_per_day:
        yield Refusal("strategy_limit_order", {}, "limits.amount")
    if limits.amount is not None and limits.amount_per_buyer is not None and limits.amount > limits.amount_per_buyer:
        yield Refusal("strategy_limit_order_buyer", {}, "limits.amount")


def _active(row: Row) -> Iterator[Refusal]:
    active, days = row.active, []
    for name in ("since", "until"):
        if text := getattr(active, name):
            try:
                days.append(date.fromisoformat(text))
            except ValueError:
                yield Refusal("strategy_date_wrong", {"value": text[:20]}, f"active.{name}")
    if len(days) == 2 and days[1] < days[0]:
        yield Refusal("strategy_dates_order", {}, "active.until")
    if any(not 0 <= d <= 6 for d in active.weekdays):
        yield Refusal("strategy_weekday_wrong", {}, "active.weekdays")
    if any(active.hours) and (not all(_TIME.fullmatch(h) for h in active.hours) or active.hours[0] == active.hours[1]):
        yield Refusal("strategy_hours_wrong", {}, "active.hours")
