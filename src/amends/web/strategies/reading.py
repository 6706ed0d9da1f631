"""What was typed into the form of a row, and the row it makes: money in minor units, numbers as numbers; what cannot be read stays as typed, to be refused (SA-6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.core.commands import inputs
from amends.core.money import Money
from amends.core.strategy import MOST_CONDITIONS, Action, Active, Condition, Limits, Mode, Row, commands_at
from amends.core.strategy_facts import FACTS, LISTS, STATES, Fact
from amends.web.case.proposals import only_its_own

LIMITS = (("amount", True), ("per_buyer", False), ("amount_per_buyer", True), ("per_day", False), ("amount_per_day", True))
"""Limits in the order of the form, and whether they are money."""
_SPLIT = re.compile(r"[,，、;；\n]+")
_PATH = re.compile(r"conditions\[(\d+)\]\.(fact|op|value)")
_UNIT = re.compile(r"\s*(?:元|块钱?|人民币|RMB|CNY|天|日|次|张|件|单|个|分钟?|days?|times?|photos?|pieces?|cases?|minutes?)$", re.IGNORECASE)
"""What people write behind a number though the unit stands beside the field."""
BEGINS_WITH: Mapping[str, str] = {"days_since_receipt": "le", "days_without_tracking": "ge", "photos": "ge", **{f"buyer_{what}_{days}": "le" for what in ("applications", "disputes") for days in (30, 90)}}
"""What is mostly asked of a fact, where it is not the first operator of its type."""
UNREADABLE = -1
"""Stands for a limit that is no number, so that it is refused beside its field."""


@dataclass(slots=True)
class Part:
    """One condition as typed."""

    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)

    @property
    def known(self) -> Fact | None:
        """Its fact, if it is one."""
        return FACTS.get(self.fact)


@dataclass(slots=True)
class Typed:
    """The whole form as typed; `fields` are those of the action's command."""

    name: str = ""
    parts: list[Part] = field(default_factory=list)
    cel: str = ""
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)
    since: str = ""
    last: str = ""
    days: list[str] = field(default_factory=list)
    from_: str = ""
    until: str = ""


def typed_of(post: Any, kind: str, node: str) -> Typed:
    """What stands in the form, as strings."""
    n = int(post["conditions"]) if post.get("conditions", "").isascii() and post.get("conditions", "").isdecimal() and len(post["conditions"]) <= 3 else 0
    parts = [_part(post, i) for i in range(min(n, MOST_CONDITIONS))]
    drop = post.get("drop", "")
    if drop.isdecimal() and len(drop) <= 3 and int(drop) < len(parts):
        del parts[int(drop)]
    if "add" in post and len(parts) < MOST_CONDITIONS:
        parts.append(Part())
    command = commands_at(kind, node).get(post.get("action", ""))
    fields = {i.name: _clean(post.get(i.name, "")) for i in inputs(command) if i.name in post} if command else {}
    return Typed(
        _clean(post.get("row_name", "")), parts, _clean(post.get("cel", "")), _clean(post.get("action", "")), fields, {name: _clean(post.get(f"limit_{name}", "")) for name, _ in LIMITS},
        _clean(post.get("since", "")), _clean(post.get("last", "")), [d for d in post.getlist("days") if d in "0123456" and len(d) == 1], _clean(post.get("from", "")), _clean(post.get("until", "")),
    )


def _part(post: Any, i: int) -> Part:
    fact, op = post.get(f"fact.{i}", ""), post.get(f"op.{i}", "")
    known = FACTS.get(fact)
    if known is None:
        return Part(fact)
    if op not in known.operators:
        return Part(fact, BEGINS_WITH.get(fact, known.operators[0]))
    # Codes that are typed come in one text; boxes that are ticked may have commas in their names.
    values = [_clean(v) for v in post.getlist(f"value.{i}")] + [v.strip() for v in _SPLIT.split(_clean(post.get(f"codes.{i}", "")))]
    return Part(fact, op, [v for v in values if v])


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def row_of(typed: Typed, row_id: str, mode: Mode, kind: str, node: str, currency: str, person_name: Callable[[str], str]) -> Row:
    """The row that was typed. A condition of which nothing was chosen is left out."""
    return Row(
        row_id, typed.name, tuple(condition_of(p, currency) for p in typed.parts if p.fact or p.values), typed.cel, Action(typed.action, _fields(typed, kind, node, currency, person_name)),
        Limits(**{name: _limit(typed.limits.get(name, ""), money, currency) for name, money in LIMITS}),
        Active(typed.since, typed.last, tuple(int(d) for d in sorted(set(typed.days))), (typed.from_, typed.until)), mode,
    )


def condition_of(part: Part, currency: str) -> Condition:
    """One condition. Several choices under 是 are meant as 属于."""
    fact, op = part.known, part.op
    if fact is None:
        return Condition(part.fact, op, None)
    if fact.type == "text":
        return Condition(part.fact, op, tuple(w for text in part.values for w in (p.strip() for p in _SPLIT.split(text)) if w))
    if len(part.values) > 1 and op in ("is", "is_not") and fact.type == "choice":
        op = "in" if op == "is" else "not_in"
    if op in LISTS:
        return Condition(part.fact, op, tuple(part.values))
    read = [_one(fact, text, currency) for text in part.values]
    if op == "between":
        return Condition(part.fact, op, tuple(read))
    return Condition(part.fact, op, read[0] if read else None)


def _one(fact: Fact, text: str, currency: str) -> Any:
    if fact.type == "money":
        found = _money(text, currency)
        return found.amount if found and found.amount >= 0 else text
    if fact.type == "flag":
        return {"true": True, "false": False}.get(text, text)
    if fact.type == "percent":
        text = unicodedata.normalize("NFKC", text)
        return float(text.rstrip("%")) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?%?", text) else text
    if fact.type in ("number", "minutes", "days"):
        found_number = _number(text)
        return text if found_number is None else found_number
    return text


def _bare(text: str) -> str:
    """A number as typed, in plain digits and without the unit behind it: １００元 is 100."""
    return _UNIT.sub("", unicodedata.normalize("NFKC", text))


def _money(text: str, currency: str) -> Money | None:
    return Money.parse(_bare(text).replace(",", "").lstrip("¥$€£ "), currency)


def _number(text: str) -> int | None:
    bare = _bare(text)
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) <= 12 else None


def _limit(text: str, money: bool, currency: str) -> int | None:
    if not text:
        return None
    if money:
        found = _money(text, currency)
        return found.amount if found else UNREADABLE
    number = _number(text)
    return UNREADABLE if number is None else number


def _fields(typed: Typed, kind: str, node: str, currency: str, person_name: Callable[[str], str]) -> dict[str, Any]:
    command = commands_at(kind, node).get(typed.action)
    out: dict[str, Any] = {}
    given = only_its_own(STATES[(kind, node)][0], typed.fields) if typed.action == "propose" else typed.fields
    for item in inputs(command) if command else ():
        text = given.get(item.name, "")
        if item.name == "person_name":
            text = person_name(typed.fields.get("person", ""))
        if not text or item.metadata["kind"] in ("photos", "codes"):
            continue
        if item.metadata["kind"] == "money":
            found = _money(text, currency)
            out[item.name] = found.amount if found else text
        elif item.metadata["kind"] == "count":
            number = _number(text)
            out[item.name] = text if number is None else number
        else:
            out[item.name] = text
    return out


def typed_row(row: Row, plain: Callable[[int], str]) -> Typed:
    """A kept row as the form holds it; `plain` writes minor units as an input has them."""
    parts = [_typed_part(c, plain) for c in row.conditions]
    limits = {name: ("" if (n := getattr(row.limits, name)) is None else plain(n) if money else str(n)) for name, money in LIMITS}
    return Typed(
        row.name, parts, row.cel, row.action.command, {k: str(v) for k, v in row.action.fields.items()}, limits,
        row.active.since, row.active.until, [str(d) for d in row.active.weekdays], *row.active.hours,
    )


def money_fields(row: Row, kind: str, node: str, plain: Callable[[int], str]) -> dict[str, str]:
    """The money among an action's fields, as inputs have it."""
    command = commands_at(kind, node).get(row.action.command)
    return {i.name: plain(int(v)) for i in (inputs(command) if command else ()) if i.metadata["kind"] == "money" and isinstance(v := row.action.fields.get(i.name), int)}


def _typed_part(condition: Condition, plain: Callable[[int], str]) -> Part:
    fact, value = FACTS.get(condition.fact), condition.value
    values = list(value) if isinstance(value, tuple | list) else [value]
    if fact is not None and fact.type == "text":
        return Part(condition.fact, condition.op, ["，".join(map(str, values))])
    return Part(condition.fact, condition.op, [_typed_value(fact, v, plain) for v in values if v is not None])


def _typed_value(fact: Fact | None, value: Any, plain: Callable[[int], str]) -> str:
    if fact is not None and fact.type == "money" and isinstance(value, int):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def field_of(path: str, typed: Typed) -> str:
    """The input that a problem's path within a row is about: `conditions[1].value` → `value.1`; empty when the form has none."""
    if found := _PATH.match(path):
        # Conditions of which nothing was chosen are not in the row, so places are counted again.
        shown = [i for i, p in enumerate(typed.parts) if p.fact or p.values]
        at = int(found[1])
        return f"{found[2]}.{shown[at]}" if at < len(shown) else ""
    return _FIELDS.get(path) or (path.removeprefix("action.fields.") if path.startswith("action.fields.") else "")


_FIELDS: Mapping[str, str] = {
    "name": "name", "cel": "cel", "action.command": "action", "conditions": "conditions", **{f"limits.{name}": f"limit_{name}" for name, _ in LIMITS}, "active.since": "since", "active.until": "last",
    "active.weekdays": "days", "active.hours": "from",
}
