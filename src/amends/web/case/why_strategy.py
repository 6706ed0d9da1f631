"""Why a strategy acted, in words: which row of which version, and every condition with what it found (SO-25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.core.strategy import Condition
from amends.core.strategy_facts import FACTS, NODES, Fact
from amends.web import wording
from amends.web.strategies.naming import Names


def acted(given: dict[str, Any], lang: str, say: Callable[..., str], moment: Callable[[datetime], str]) -> str:
    """策略“七天无理由小额”（审核第 1 条，版本 14）：原因 是 七天无理由；实付 < ¥100（这单 ¥89.00）."""
    names = Names(lang, str(given.get("currency") or "CNY"), _labels(given, lang))
    node = NODES.get(given.get("node", ""), ("", ""))[wording.at(lang)]
    told = [_compared(one, names, say) for one in given.get("facts") or ()]
    head = say("why_strategy.head", name=given.get("strategy", ""), node=node, place=given.get("place", ""), version=given.get("version", ""))
    return head + say("why_strategy.between").join(part for part in told if part)


def _compared(one: dict[str, Any], names: Names, say: Callable[..., str]) -> str:
    if "expression" in one:
        return say("why_strategy.expression", text=one["expression"])
    fact = FACTS.get(str(one.get("fact")))
    if fact is None:
        return say("why_strategy.times") if "active" in one else ""
    words = names.chip(Condition(fact.code, str(one.get("op")), one.get("value"))).words
    actual = one.get("actual")
    if one.get("op") in ("is", "eq") or fact.type == "text":
        return words  # it is what was asked for; a description is on the page already
    return say("why_strategy.with_actual", words=words, actual=_actual(fact, actual, names, say))


def _actual(fact: Fact, actual: Any, names: Names, say: Callable[..., str]) -> str:
    if isinstance(actual, list):
        return names.many(fact, actual) if actual else say("why_strategy.nothing")
    return names.one(fact, actual)


def _labels(given: dict[str, Any], lang: str) -> dict[str, dict[str, tuple[str, str]]]:
    """What codes were called when it acted."""
    return {source: {code: (both[wording.at(lang)], "") for code, both in codes.items()} for source, codes in (given.get("named") or {}).items()}
