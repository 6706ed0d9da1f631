"""The form of a row, as a template draws it: facts in groups, what can be asked of each, a control for each type, the action's own fields (SA-6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.negotiation import FIELDS as OFFER_FIELDS
from amends.core.negotiation import TERMS
from amends.core.refusal import Refusal
from amends.core.strategy import BESIDE, OF_CASE, Row, commands_at
from amends.core.strategy_facts import CATALOGUE, GROUPS, STATES, Fact, choices_at, facts_at
from amends.store.screens.case_rows import AddressRow, ColleagueRow
from amends.web import wording
from amends.web.case import fields as case_fields
from amends.web.case.fields import FormField, Option
from amends.web.case.offers import Offers
from amends.web.catalogue import say
from amends.web.strategies.naming import Names
from amends.web.strategies.reading import LIMITS, Part, Typed, field_of
from amends.web.strategies.shelf import Shelf

CHECKED_UP_TO = 40
"""Choices up to so many stand as boxes; more are typed, with a list to pick from."""


@dataclass(slots=True)
class Widget:
    """How a condition's value is typed. `kind`: many (boxes), one (a list), money, number, text, time, codes (typed, with `options` to help); `n` inputs."""

    kind: str
    label: str
    values: list[str]
    n: int = 1
    unit: str = ""
    hint: str = ""
    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """One condition in the form."""

    fact: str
    op: str
    ops: list[Option]
    widget: Widget | None


@dataclass(slots=True)
class LimitField:
    """One limit in the form."""

    name: str
    label: str
    value: str
    money: bool
    unit: str


@dataclass(slots=True)
class Named:
    """A fact as the expression knows it."""

    name: str
    label: str
    unit: str
    codes: str


@dataclass(slots=True)
class RowForm:
    """Everything the form shows; `errors` by input, `other` what no input is about."""

    name: str
    conditions: list[Asked]
    facts: list[tuple[str, list[Option]]]
    cel: str
    show_cel: bool
    action: str
    actions: list[tuple[str, list[Option]]]
    fields: list[FormField]
    limits: list[LimitField]
    days: list[Option]
    chosen_days: list[str]
    since: str
    last: str
    from_: str
    until: str
    revision: int
    once: str
    says: str
    catalogue: list[tuple[str, list[Named]]]
    errors: dict[str, str] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)


def form_of(typed: Typed, row: Row, at: tuple[str, str], shelf: Shelf, wrong: list[Refusal], told: Any, *, revision: int, once: str, show_cel: bool = False) -> RowForm:
    """The form of what was typed. `wrong`: problems with paths within the row (`conditions[0].value`); `told` tells a refusal in words."""
    names, (kind, node) = shelf.names, at
    errors, other = _told(wrong, typed, told, names)
    conditions = [_asked(part, kind, names) for part in typed.parts]
    return RowForm(
        typed.name, conditions, _facts(kind, node, names), typed.cel, show_cel, typed.action, _actions(kind, node, names.lang),
        _fields(typed, kind, node, shelf, wrong, told), [_limit(name, money, typed, shelf) for name, money in LIMITS],
        [Option(str(d), say(names.lang, f"strategies.weekday_{d}")) for d in range(7)], typed.days, typed.since, typed.last, typed.from_, typed.until, revision, once,
        names.sentence(row, kind) if (row.conditions or row.cel) and row.action.command and not errors else "", _named(kind, node, names), errors, other,
    )


def _told(wrong: list[Refusal], typed: Typed, told: Any, names: Names) -> tuple[dict[str, str], list[str]]:
    errors: dict[str, str] = {}
    other: list[str] = []
    for refusal in wrong:
        name = field_of(refusal.field or "", typed)
        if name:
            errors.setdefault(name, _own_words(refusal, name, typed, names) or told(refusal))
        else:
            other.append(told(refusal))
    return errors, other


def _own_words(refusal: Refusal, name: str, typed: Typed, names: Names) -> str:
    """What the form says otherwise than JSON would be told; empty for the refusal's own sentence."""
    if refusal.code == "strategy_value_wrong":
        return _of_value(name, typed, names)
    return say(names.lang, "strategies.wrong_limit_money") if refusal.code == "strategy_limit_wrong" and dict(LIMITS).get(name.removeprefix("limit_")) else ""


def _of_value(name: str, typed: Typed, names: Names) -> str:
    """How a value is typed into the form; JSON writes it otherwise, in minor units."""
    fact = typed.parts[int(name.rpartition(".")[2])].known
    assert fact is not None, "a value is wrong for a fact that is known"
    return say(names.lang, f"strategies.wrong_{fact.type}", fact=names.fact(fact.code))


def _facts(kind: str, node: str, names: Names) -> list[tuple[str, list[Option]]]:
    out: dict[str, list[Option]] = {}
    for fact in facts_at(kind, node):
        out.setdefault(GROUPS[fact.group][wording.at(names.lang)], []).append(Option(fact.code, names.fact(fact.code)))
    return list(out.items())


def _named(kind: str, node: str, names: Names) -> list[tuple[str, list[Named]]]:
    out: dict[str, list[Named]] = {}
    for fact in facts_at(kind, node):
        codes = " ".join(code for code, _, _ in choices_at(fact, kind))
        out.setdefault(GROUPS[fact.group][wording.at(names.lang)], []).append(Named(fact.code, names.fact(fact.code), names.unit(fact), codes))
    return list(out.items())


def _asked(part: Part, kind: str, names: Names) -> Asked:
    fact = part.known
    if fact is None:
        return Asked(part.fact, "", [], None)
    return Asked(part.fact, part.op, [Option(op, wording.known(f"strategies.op_{op}", names.lang, names.op(op))) for op in fact.operators], _widget(fact, part, kind, names))


def _widget(fact: Fact, part: Part, of: str, names: Names) -> Widget:
    label, unit, at = say(names.lang, "strategies.value_of", fact=names.fact(fact.code)), names.unit(fact), wording.at(names.lang)
    if fact.type == "flag":
        return Widget("one", label, part.values, options=[Option("true", say(names.lang, "strategies.yes")), Option("false", say(names.lang, "strategies.no"))])
    if fact.type in ("choice", "set"):
        options = [Option(code, (zh, en)[at]) for code, zh, en in choices_at(fact, of)] or _own(fact, part, names)
        if len(options) > CHECKED_UP_TO or not options:
            return Widget("codes", label, part.values, options=options, hint=say(names.lang, "strategies.codes_hint"))
        return Widget("many", label, part.values, options=options)
    if fact.type == "time":
        return Widget("time", label, part.values, 2)
    if fact.type == "text":
        return Widget("text", label, part.values, hint=say(names.lang, "strategies.text_hint"))
    kind = "money" if fact.type == "money" else "number"
    return Widget(kind, label, part.values, 2 if part.op == "between" else 1, names.currency_sign if kind == "money" else unit)


def _own(fact: Fact, part: Part, names: Names) -> list[Option]:
    """The merchant's own codes, those in use that are no longer there kept."""
    known = names.labels.get(fact.source, {})
    options = [Option(code, words, group=group) for code, (words, group) in known.items()]
    return options + [Option(v, v) for v in part.values if v not in known]


def _actions(kind: str, node: str, lang: str) -> list[tuple[str, list[Option]]]:
    at = wording.at(lang)
    decide: list[Option] = []
    besides: list[Option] = []
    for verb, command in commands_at(kind, node).items():
        (besides if verb in BESIDE else decide).append(Option(verb, (command.zh, command.en)[at]))
    return [(say(lang, "strategies.group_decide"), decide), (say(lang, "strategies.group_besides"), besides)]


def _offers(shelf: Shelf, kind: str, node: str) -> Offers:
    addresses = [AddressRow(a, label, "", "", "", False) for a, label in shelf.addresses]
    return Offers(
        shelf.currency, 1, None, "", 0, 0, addresses, [], [ColleagueRow(i, n) for i, n in shelf.people], [], shelf.carriers, [], shelf.pack, shelf.names.lang, kind,
        state=STATES[(kind, node)][0],
    )


def _fields(typed: Typed, kind: str, node: str, shelf: Shelf, wrong: list[Refusal], told: Any) -> list[FormField]:
    """The inputs of the action's command; what the case itself fills in when left empty says so."""
    command = commands_at(kind, node).get(typed.action)
    if command is None:
        return []
    own = [Refusal(r.code, r.facts, r.field.removeprefix("action.fields.")) for r in wrong if r.field and r.field.startswith("action.fields.")]
    made = [f for f in case_fields.form_of(command, _offers(shelf, kind, node), typed.fields, own, shelf.names.lang, told) if f.kind not in ("photos", "checks")]
    if typed.action == "propose":
        own_terms = OFFER_FIELDS.get(STATES[(kind, node)][0], {}).get(typed.fields.get("offer", ""), ())
        made = [f for f in made if f.name not in TERMS or f.name in own_terms]
    for one in made:
        if one.name in OF_CASE.get(typed.action, {}):
            one.required, one.value, one.hint = False, typed.fields.get(one.name, ""), say(shelf.names.lang, "strategies.of_case")
        elif one.kind == "money":
            one.hint = say(shelf.names.lang, "strategies.money_hint")
        elif one.kind == "count":
            one.value, one.hint = typed.fields.get(one.name, ""), say(shelf.names.lang, "strategies.of_case")
        elif one.name in ("return_address", "sku"):
            one.value, one.hint = typed.fields.get(one.name, ""), say(shelf.names.lang, f"strategies.empty_{one.name}")
        one.must, one.required = one.required, False
        for option in one.options:
            if option.photos:
                option.off, option.note = option.value != one.value, say(shelf.names.lang, "grounds.not_by_itself")
    return made


def _limit(name: str, money: bool, typed: Typed, shelf: Shelf) -> LimitField:
    lang = shelf.names.lang
    unit = shelf.names.currency_sign if money else say(lang, "strategies.times" if name == "per_buyer" else "strategies.cases_unit")
    return LimitField(f"limit_{name}", say(lang, f"strategies.limit_{name}"), typed.limits.get(name, ""), money, unit)


def sources() -> frozenset[str]:
    """The names of all lists a merchant brings itself."""
    return frozenset(f.source for f in CATALOGUE if f.source)

