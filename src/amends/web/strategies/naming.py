"""A row of a strategy in words: its conditions as chips, its action, limits and times, and one sentence of all of it (SA-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.core.commands import inputs
from amends.core.strategy import Action, Active, Condition, Limits, Row, commands_at
from amends.core.strategy_facts import FACTS, LISTS, OPERATORS, Fact
from amends.web import show, wording
from amends.web.catalogue import say

MOST_NAMED = 3
"""So many values of a list are named in a chip; more are counted."""
Labels = Mapping[str, Mapping[str, tuple[str, str]]]
"""By source of a fact: code → (words, group)."""


@dataclass(slots=True)
class Chip:
    """One condition in words: 实付 < ¥100. `fits`: whether a case meets it, None where none is looked at; `cel` is an expression instead."""

    label: str = ""
    op: str = ""
    value: str = ""
    cel: str = ""
    fits: bool | None = None

    @property
    def words(self) -> str:
        """The same in one line."""
        return self.cel or " ".join(filter(None, (self.label, self.op, self.value)))


@dataclass(slots=True)
class Names:
    """What a merchant's tables are told with: language, currency of its money, and what its own codes are called."""

    lang: str
    currency: str = "CNY"
    labels: Labels = field(default_factory=dict)

    @property
    def currency_sign(self) -> str:
        """¥, US$."""
        return show.money(0, self.currency).rstrip("0.").strip() or self.currency

    def fact(self, code: str) -> str:
        """期望; an unknown one as it stands."""
        found = FACTS.get(code)
        return code if found is None else (found.zh, found.en)[wording.at(self.lang)]

    def op(self, code: str) -> str:
        """是, ≥, 包含任一."""
        return OPERATORS[code][wording.at(self.lang)] if code in OPERATORS else code

    def unit(self, fact: Fact, n: Any = None) -> str:
        """天, days, for one 1 day; none for money, which has its currency's sign, and where the fact is named like it (photos ≥ 1)."""
        at = wording.at(self.lang)
        if fact.type == "money" or fact.unit[at] == self.fact(fact.code):
            return ""
        return fact.unit[-1] if at and n == 1 else fact.unit[at]

    def code(self, fact: Fact, code: str) -> str:
        """What a choice is called."""
        for one, zh, en in fact.choices:
            if one == code:
                return (zh, en)[wording.at(self.lang)]
        return self.labels.get(fact.source, {}).get(code, (code, ""))[0]

    def value(self, fact: Fact, op: str, value: Any) -> str:
        """The value of a condition, as people write it."""
        if op == "between" and isinstance(value, list | tuple) and len(value) == 2:
            return f"{self.one(fact, value[0])}–{self.one(fact, value[1])}"
        if op in LISTS or isinstance(value, list | tuple | frozenset | set):
            return self.many(fact, value)
        return self.one(fact, value)

    def many(self, fact: Fact, value: Any) -> str:
        """七天无理由、少件; 少件、破损、漏液 等 5 项."""
        given = sorted(value) if isinstance(value, frozenset | set) else list(value) if isinstance(value, list | tuple) else [value]
        quoted = fact.type == "text"
        told = [say(self.lang, "strategies.quoted", words=v) if quoted else self.code(fact, str(v)) for v in given[:MOST_NAMED]]
        words = say(self.lang, "strategies.list").join(told)
        return say(self.lang, "strategies.and_more", words=words, n=len(given)) if len(given) > MOST_NAMED else words

    def one(self, fact: Fact, value: Any) -> str:
        """One value with its unit: ¥100, 1 张, 22:00, 是."""
        if value is None:
            return say(self.lang, "strategies.unknown")
        if fact.type == "money" and isinstance(value, int):
            return plain_money(value, self.currency)
        if fact.type == "flag":
            return say(self.lang, "strategies.yes" if value is True or value == "true" else "strategies.no")
        if fact.type == "time" and isinstance(value, int):
            return f"{value // 60:02d}:{value % 60:02d}"
        if fact.type in ("choice", "set"):
            return self.code(fact, str(value))
        unit = self.unit(fact, value)
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return text if not unit else f"{text}{unit}" if unit == "%" else f"{text} {unit}"

    def actual(self, fact: Fact, value: Any) -> str:
        """A case's own value: ¥129, 七天无理由, 无; a long text by its beginning."""
        if isinstance(value, list | tuple | frozenset | set):
            return self.many(fact, value) if value else say(self.lang, "strategies.none")
        if fact.type == "text":
            text = str(value)
            return say(self.lang, "strategies.quoted", words=text if len(text) <= 24 else text[:23] + "…") if text else say(self.lang, "strategies.none")
        return self.one(fact, value) or say(self.lang, "strategies.none")

    def chip(self, condition: Condition) -> Chip:
        """A condition in words."""
        fact = FACTS.get(condition.fact)
        if fact is None:
            return Chip(condition.fact, condition.op, str(condition.value))
        op = "" if fact.type == "flag" else self.op(condition.op)  # 已发货 是, not 已发货 是 是
        return Chip(self.fact(condition.fact), op, self.value(fact, condition.op, condition.value))

    def chips(self, row: Row) -> list[Chip]:
        """Every condition of a row, its expression last."""
        return [self.chip(c) for c in row.conditions] + ([Chip(cel=row.cel)] if row.cel else [])

    def conditions(self, row: Row) -> str:
        """All of them in one line."""
        return say(self.lang, "strategies.and").join(c.words for c in self.chips(row)) or say(self.lang, "strategies.always")

    def action(self, action: Action, kind: str) -> str:
        """同意客户发货."""
        return wording.command(action.command, self.lang) if action.command else "–"

    def notes(self, action: Action, kind: str, node: str) -> list[str]:
        """What its fields say, each with its label: 寄回运费由谁承担 商家."""
        command = commands_at(kind, node).get(action.command)
        out = []
        for item in inputs(command) if command else ():
            value = action.fields.get(item.name)
            if value in (None, "", [], False) or item.name == "person":
                continue
            label = (item.metadata["zh"], item.metadata["en"])[wording.at(self.lang)]
            out.append(self.field(action.command, item.name, item.metadata["kind"], value, label))
        return out

    def field(self, verb: str, name: str, kind: str, value: Any, label: str) -> str:
        """One field of a command in words."""
        if kind == "long":
            return say(self.lang, "strategies.quoted", words=value if len(str(value)) <= 24 else str(value)[:23] + "…")
        if name == "person_name":
            return str(value)
        text = str(value)
        if kind == "money":
            text = plain_money(int(value), self.currency)
        elif kind == "choice":
            text = wording.choice(name, text, self.lang)
        elif kind == "address":
            text = self.labels.get("addresses", {}).get(text, (text, ""))[0]
        elif name == "adjust_reason":
            text = wording.choice(name, text, self.lang)
        elif name in ("reason", "cause"):
            text = self.labels.get(f"reasons.{verb}", {}).get(text, (text, ""))[0]
        return f"{label} {text}"

    def limits(self, limits: Limits) -> list[str]:
        """每客户 30 天 3 次, 每天 ¥2,000."""
        out = []
        for name, money in (("amount", True), ("per_buyer", False), ("amount_per_buyer", True), ("per_day", False), ("amount_per_day", True)):
            n = getattr(limits, name)
            if n is not None:
                out.append(say(self.lang, f"strategies.lim_{name}", **({"amount": plain_money(n, self.currency)} if money else {"n": n})))
        return out

    def active(self, active: Active) -> str:
        """周一、周二 22:00–08:00; empty when it always holds."""
        days = self.weekdays(active.weekdays)
        hours = "–".join(active.hours) if any(active.hours) else ""
        between = active.since and active.until
        dates = f"{active.since}–{active.until}" if between else say(self.lang, f"strategies.{'from' if active.since else 'till'}_day", day=active.since or active.until) if active.since or active.until else ""
        return " ".join(filter(None, (dates, days, hours)))

    def weekdays(self, days: tuple[int, ...]) -> str:
        """周一至周五, 周二、周四: days that follow one another as a span."""
        told, left = [], sorted(set(days))
        while left:
            run = next(n for n in range(1, len(left) + 1) if n == len(left) or left[n] != left[0] + n)
            names = [say(self.lang, f"strategies.weekday_{d}") for d in left[:run]]
            told.append(say(self.lang, "strategies.days_span", first=names[0], last=names[-1]) if run > 2 else say(self.lang, "strategies.list").join(names))
            left = left[run:]
        return say(self.lang, "strategies.list").join(told)

    def sentence(self, row: Row, kind: str) -> str:
        """如果期望 是 退货，并且…，就同意客户发货。"""
        return say(self.lang, "strategies.says", if_=self.conditions(row), then=self.action(row.action, kind))

    def called(self, row: Row, place: int) -> str:
        """A row's name, or its place where it has none."""
        return row.name or say(self.lang, "strategies.row_n", n=place)


def plain_money(minor: int, currency: str) -> str:
    """¥100, ¥12.50: without noughts after the point."""
    text = show.money(minor, currency)
    return text.removesuffix(".00")
