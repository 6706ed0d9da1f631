"""Rows that can never act as things stand: their ground, reason or address is gone, their days are over, their conditions exclude each other (SA-4, SA-6).

A published table keeps running when its pack or the shop changes under it; such a row leaves every case to people, so the page and the API say which and why.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from amends.core.refusal import Refusal
from amends.core.strategy import Condition, Context, Row, Table
from amends.core.strategy_check import check
from amends.core.strategy_facts import FACTS

ONLY_UNTIDY = frozenset({
    "strategy_name_missing", "strategy_always", "strategy_too_many", "strategy_limit_missing", "strategy_limit_order", "strategy_limit_order_buyer", "strategy_limit_wrong", "strategy_weekday_wrong",
})
"""What keeps a table from being published and does not keep a row from acting."""
ANY_WILL_DO = frozenset({"in", "has_any"})
"""One known value of the list is enough for the condition to hold."""
EXCLUDES = frozenset({"is_not", "not_in", "has_none", "contains_none"})
"""What these name may be unknown: then it is never there, and the condition holds."""
NUMBERS = frozenset({"number", "money", "minutes", "days", "percent"})


def never(table: Table, context: Context, today: date) -> dict[str, list[Refusal]]:
    """Why rows can never act, by row id, each with its field within the row; `today` by the merchant's calendar. Rows that are off are left out."""
    found: dict[str, list[Refusal]] = {}
    for wrong in check(table, context):
        if not (wrong.field or "").startswith("rows[") or wrong.code in ONLY_UNTIDY:
            continue
        place, _, rest = (wrong.field or "").removeprefix("rows[").partition("].")
        row = table.rows[int(place)]
        if wrong.code != "strategy_choice_unknown" or _holds_nowhere(row, rest, context):
            found.setdefault(row.id, []).append(replace(wrong, field=rest))
    for row in table.rows:
        if more := [*_over(row, today), *_excluded(row)]:
            found.setdefault(row.id, []).extend(more)
    live = {row.id for row in table.rows if row.mode != "off"}
    return {row_id: _once(wrong) for row_id, wrong in found.items() if row_id in live}


def _holds_nowhere(row: Row, field: str, context: Context) -> bool:
    """A condition on choices of which the pack or the shop does not know one."""
    condition = row.conditions[int(field.removeprefix("conditions[").partition("]")[0])]
    if condition.op in EXCLUDES:
        return False
    if condition.op not in ANY_WILL_DO:
        return True
    fact = FACTS[condition.fact]
    known: Any = {c[0] for c in fact.choices} if fact.choices else context.choices.get(fact.source) or frozenset()
    return not any(value in known for value in condition.value or ())


def _over(row: Row, today: date) -> Iterator[Refusal]:
    try:
        until = date.fromisoformat(row.active.until) if row.active.until else None
    except ValueError:
        return
    if until is not None and until < today:
        yield Refusal("strategy_days_over", {"until": row.active.until}, "active.until")


def _excluded(row: Row) -> Iterator[Refusal]:
    """Conditions on one fact of which no value fits all."""
    by_fact: dict[str, list[Condition]] = {}
    for condition in row.conditions:
        by_fact.setdefault(condition.fact, []).append(condition)
    for code, conditions in by_fact.items():
        fact = FACTS.get(code)
        if fact is None or len(conditions) < 2:
            continue
        empty = _no_number(conditions) if fact.type in NUMBERS else _no_choice(conditions) if fact.type in ("choice", "flag") else False
        if empty:
            yield Refusal("strategy_excludes_itself", {"zh": fact.zh, "en": fact.en}, f"conditions[{row.conditions.index(conditions[-1])}]")


def _no_number(conditions: list[Condition]) -> bool:
    least: float = 0
    most: float = float("inf")
    for c in conditions:
        low: Any
        high: Any
        low, high = c.value if c.op == "between" and isinstance(c.value, tuple) and len(c.value) == 2 else (c.value, c.value)
        if not all(isinstance(n, int | float) for n in (low, high)):
            return False
        step = 1 if isinstance(low, int) and isinstance(high, int) else 0
        least = max(least, {"lt": 0, "le": 0, "gt": low + step}.get(c.op, low))
        most = min(most, {"gt": float("inf"), "ge": float("inf"), "lt": high - step}.get(c.op, high))
    return least > most


def _no_choice(conditions: list[Condition]) -> bool:
    left: set[Any] | None = None
    for c in conditions:
        values = set(c.value) if isinstance(c.value, tuple) else {c.value}
        if c.op in ("is", "in"):
            left = values if left is None else left & values
    if left is None:
        return False
    gone = {v for c in conditions if c.op in EXCLUDES for v in (c.value if isinstance(c.value, tuple) else (c.value,))}
    return not left - gone


def _once(wrong: list[Refusal]) -> list[Refusal]:
    """Each reason once: a list with three unknown values says so once."""
    out: dict[tuple[str, str], Refusal] = {}
    for refusal in wrong:
        out.setdefault((refusal.code, refusal.field or ""), refusal)
    return list(out.values())


__all__ = ["never"]
