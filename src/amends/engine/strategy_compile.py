"""A table of strategies as one Python function over a case's facts: local variables, the cheap comparisons first, CEL last (SA-4, SA-6).

The facts are a dict by code, as `engine.strategy_facts` builds it, with `_day` ("YYYY-MM-DD"), `_weekday` (0 Monday) and `_minute` of the merchant's clock beside them.
`describe` says the same row condition by condition, slowly; a test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import cel

from amends.core.strategy import Active, Condition, Row, Table, facts_used
from amends.core.strategy_check import minute
from amends.core.strategy_facts import DEAR, FACTS, Fact, facts_at

Facts: TypeAlias = Mapping[str, Any]
_MACROS = re.compile(r"\.\s*(?:map|filter|all|exists|exists_one)\s*\(")
MOST_MACROS = 1
"""Loops in an expression: one runs over a short list, nested ones could run for long."""
_COST = {"choice": 0, "flag": 0, "number": 1, "money": 1, "days": 1, "minutes": 1, "percent": 1, "time": 1, "set": 2, "text": 4}
_SAMPLE: dict[str, Any] = {"choice": "x", "text": "x", "set": ["x"], "flag": True, "percent": 1.5, "number": 1, "money": 1, "days": 1, "minutes": 1, "time": 1}


@dataclass(slots=True)
class Compiled:
    """A table ready to be asked. `first` answers the index of the first row that only looks on (or -1) and of the first that acts (or -1).

    It raises KeyError when the answer hangs on a dear fact that was not read: `cheap` are the facts to begin with, `needs` all of them.
    """

    table: Table
    needs: frozenset[str]
    cheap: frozenset[str]
    first: Callable[[Facts], tuple[int, int]]
    source: str
    acting: dict[tuple[int, str], Any] = field(default_factory=dict)
    """What `engine.strategy_decider` has made ready of its rows, by place and the pack of the merchant."""


@dataclass(slots=True)
class Fit:
    """One condition of a row against one case: the actual value and whether it holds. `condition` None: the CEL expression, or the active times."""

    what: str
    condition: Condition | None
    actual: Any
    fits: bool
    error: str = ""


@lru_cache(maxsize=4096)
def _program(text: str) -> Any:
    return cel.compile(text)


def cel_variables(text: str) -> tuple[str, ...]:
    """The names an expression looks at; none if it cannot be read."""
    try:
        return tuple(_program(text).variables())
    except (ValueError, RuntimeError, TypeError):
        return ()


def cel_problem(kind: str, node: str) -> Callable[[str], str | None]:
    """A check of CEL expressions for one node: it can be read, names only facts of the node, and answers yes or no."""
    known = {fact.code: fact for fact in facts_at(kind, node)}

    def problem(text: str) -> str | None:
        try:
            program = _program(text)
            unknown = [name for name in program.variables() if name not in known and not _bound(text, name)]
        except (ValueError, RuntimeError, TypeError) as error:
            return _first_line(error)
        if unknown:
            return f"? {', '.join(unknown[:5])}"
        if len(_MACROS.findall(text)) > MOST_MACROS:
            return f"map/filter/all/exists ≤ {MOST_MACROS}"
        try:
            answer = program.execute({name: _SAMPLE[known[name].type] for name in program.variables() if name in known})
        except TypeError as error:
            return _first_line(error)
        except (ValueError, RuntimeError, ArithmeticError):
            return None  # it depends on the values; with others it may well hold
        return None if isinstance(answer, bool) else "true / false ?"

    return problem


def _bound(text: str, name: str) -> bool:
    """A name that a loop of the expression binds."""
    return bool(re.search(rf"\.\s*(?:map|filter|all|exists|exists_one)\s*\(\s*{re.escape(name)}\s*,", text))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def run_cel(text: str, facts: Facts) -> tuple[bool, str]:
    """Whether an expression holds; an error is "does not fit", with its words."""
    try:
        program = _program(text)
        given = {}
        for name in program.variables():
            value = facts.get(name)
            given[name] = sorted(value) if isinstance(value, frozenset) else value
        answer = program.execute(given)
    except Exception as error:  # whatever the sandbox raises for an expression is that expression's trouble, never the worker's
        return False, _first_line(error)
    return (answer, "") if isinstance(answer, bool) else (False, "true / false ?")


class _Writer:
    """Writes the source of the function and keeps its constants."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {"run_cel": lambda text, facts: run_cel(text, facts)[0], "any_in": any_in}
        self.names: dict[str, str] = {}

    def keep(self, value: Any) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def local(self, code: str) -> str:
        if code in DEAR:
            return f"f[{code!r}]"
        return self.names.setdefault(code, f"v{len(self.names)}")

    def row(self, row: Row) -> str:
        parts = [text for _, text in sorted(((_cost(c), self.condition(c)) for c in row.conditions), key=lambda pair: pair[0])]
        parts += self.active(row.active)
        if row.cel:
            parts += [f"(f[{name!r}], True)[1]" for name in cel_variables(row.cel) if name in DEAR]
            parts.append(f"run_cel({self.keep(row.cel)}, f)")
        return " and ".join(parts) or "True"

    def condition(self, c: Condition) -> str:
        fact = FACTS.get(c.fact)
        if fact is None or c.op not in fact.operators:
            return "False"
        v = self.local(c.fact)
        if c.op in ("is", "eq"):
            return f"{v} == {self.keep(c.value)}"
        if c.op == "in":
            return f"{v} in {self.keep(frozenset(c.value))}"
        return f"{v} is not None and {self._compare(v, fact, c)}"

    def _compare(self, v: str, fact: Fact, c: Condition) -> str:
        if c.op == "is_not":
            return f"{v} != {self.keep(c.value)}"
        if c.op == "not_in":
            return f"{v} not in {self.keep(frozenset(c.value))}"
        if c.op in ("has_any", "has_none"):
            return f"{'not ' if c.op == 'has_any' else ''}{v}.isdisjoint({self.keep(frozenset(c.value))})"
        if c.op == "has_all":
            return f"{self.keep(frozenset(c.value))} <= {v}"
        if c.op in ("contains_any", "contains_none"):
            return f"{'not ' if c.op == 'contains_none' else ''}any_in({v}, {self.keep(tuple(w.casefold() for w in c.value))})"
        if c.op == "between":
            least, most = (minute(x) for x in c.value) if fact.type == "time" else c.value
            joint = "or" if least > most else "and"
            return f"({v} >= {self.keep(least)} {joint} {v} <= {self.keep(most)})"
        return f"{v} {_SIGNS[c.op]} {self.keep(c.value)}"

    def active(self, a: Active) -> list[str]:
        out = []
        if a.since:
            out.append(f"{self.local('_day')} >= {self.keep(a.since)}")
        if a.until:
            out.append(f"{self.local('_day')} <= {self.keep(a.until)}")
        if a.weekdays:
            out.append(f"{self.local('_weekday')} in {self.keep(frozenset(a.weekdays))}")
        if any(a.hours):
            begins, ends, m = minute(a.hours[0]), minute(a.hours[1]), self.local("_minute")
            out.append(f"({m} >= {begins} {'or' if begins > ends else 'and'} {m} < {ends})")
        return out


_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def any_in(text: str, words: Iterable[str]) -> bool:
    """Whether one of these words, already folded, stands in a folded text."""
    return any(word in text for word in words)


def _cost(c: Condition) -> int:
    return (10 if c.fact in DEAR else 0) + _COST[FACTS[c.fact].type] if c.fact in FACTS else 0


def compile_table(table: Table) -> Compiled:
    """Compile the rows that are on or look on. A row that no longer makes sense (a fact that is gone) fits nothing."""
    writer = _Writer()
    lines = []
    some_look = any(row.mode == "shadow" for row in table.rows)
    for i, row in enumerate(table.rows):
        if row.mode == "on":
            lines.append(f"    if {writer.row(row)}: return {'s' if some_look else '-1'}, {i}")
        elif row.mode == "shadow":
            lines.append(f"    if s < 0 and {writer.row(row)}: s = {i}")
    head = [f"    {name} = f[{code!r}]" for code, name in writer.names.items()]
    source = "\n".join(["def first(f):", *head, *(["    s = -1"] if some_look else []), *lines, f"    return {'s' if some_look else '-1'}, -1"])
    # The source is made of names of this module and constants by number; nothing that was typed is in it.
    exec(compile(source, f"<strategies {table.kind} {table.node} {table.version}>", "exec"), writer.constants)
    used = [row for row in table.rows if row.mode != "off"]
    needs = facts_used(used, cel_variables) & FACTS.keys()
    return Compiled(table, needs, needs - DEAR, writer.constants["first"], source)


def describe(row: Row, facts: Facts) -> list[Fit]:
    """Why a row fits or not, condition by condition, then its expression and its active times (SA-6)."""
    out = [Fit(c.fact, c, facts.get(c.fact), _holds(c, facts.get(c.fact))) for c in row.conditions]
    if row.cel:
        fits, error = run_cel(row.cel, facts)
        out.append(Fit("cel", None, {name: facts.get(name) for name in cel_variables(row.cel) if name in FACTS}, fits, error))
    if row.active != Active():
        out.append(Fit("active", None, {name: facts.get(name) for name in ("_day", "_weekday", "_minute")}, _is_active(row.active, facts)))
    return out


def _is_active(a: Active, facts: Facts) -> bool:
    day, weekday, now = facts["_day"], facts["_weekday"], facts["_minute"]
    if (a.since and day < a.since) or (a.until and day > a.until) or (a.weekdays and weekday not in a.weekdays):
        return False
    if not any(a.hours):
        return True
    begins, ends = minute(a.hours[0]), minute(a.hours[1])
    return bool(begins <= now < ends if begins < ends else now >= begins or now < ends)


def _holds(c: Condition, actual: Any) -> bool:
    fact = FACTS.get(c.fact)
    if fact is None or c.op not in fact.operators or actual is None:
        return False
    value = c.value
    if c.op == "between":
        least, most = (minute(x) for x in value) if fact.type == "time" else value
        return bool(least <= actual <= most) if least <= most else bool(actual >= least or actual <= most)
    tests: dict[str, Callable[[], bool]] = {
        "is": lambda: actual == value, "eq": lambda: actual == value, "is_not": lambda: actual != value, "in": lambda: actual in value, "not_in": lambda: actual not in value,
        "lt": lambda: actual < value, "le": lambda: actual <= value, "gt": lambda: actual > value, "ge": lambda: actual >= value,
        "has_any": lambda: bool(set(value) & actual), "has_all": lambda: set(value) <= actual, "has_none": lambda: not set(value) & actual,
        "contains_any": lambda: any(w.casefold() in actual for w in value), "contains_none": lambda: not any(w.casefold() in actual for w in value),
    }
    return tests[c.op]()
