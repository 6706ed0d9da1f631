"""The inputs of the pack editor, made for any shape: what a template draws, with labels, choices, units and what is wrong beside each (PO-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amends.core.pack_shape import Shape
from amends.core.policy import Problem
from amends.web import pack_words as words
from amends.web.catalogue import say
from amends.web.pack_book import source_text
from amends.web.pack_problems import told

SPANS = ("elapsed:60", "elapsed:3600", "elapsed:86400", "working_time:60", "working_time:3600", "calendar_days", "working_days", "working_days_kept", "cutoff", "cutoff_working")
LONG = frozenset({"zh", "en", "text", "where_zh", "where_en", "handling_zh", "handling_en"})
Option = tuple[str, str]
NAMES = {"regime": "regimes"}
"""Texts that name a row of a table beside them: chosen, not typed (PO-17)."""


def _named(shape: Shape, row: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What may be chosen: the keys of the table beside it; nothing for a text that is typed."""
    table = (row or {}).get(NAMES.get(shape.name, "")) if shape.kind == "text" else None
    return tuple(table) if isinstance(table, dict) else ()


@dataclass(slots=True)
class Field:
    """One input or one group of them. `kind` names how it is drawn; `cells` says whether its rows are drawn as a table.

    `value`: what stands in it; `parts`: of a span (kind, amount, before, by); `missing`: keys of a table that can still be added; `named`: a row's name in words.
    """

    path: str
    kind: str
    label: str
    value: Any = ""
    hint: str = ""
    options: list[Option] = field(default_factory=list)
    unit: str = ""
    units: list[Option] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    within: list[Field] = field(default_factory=list)
    optional: bool = False
    there: bool = True
    cells: bool = False
    fixed: bool = False
    missing: list[Option] = field(default_factory=list)
    named: str = ""


class Drawer:
    """Draws parts of one document in one language."""

    def __init__(self, document: Mapping[str, Any], problems: Sequence[Problem], lang: str) -> None:
        held = document.get("sources")
        self.sources = [(k, f"{k} · {source_text(v, lang)}"[:90]) for k, v in held.items() if isinstance(v, dict)] if isinstance(held, dict) else []
        self.problems, self.lang = problems, lang

    def part(self, shape: Shape, path: str, held: Any, title: str) -> Field:
        """A part as a tree of inputs."""
        made = self._draw(shape, path, held, None)
        made.label = title
        return made

    def _draw(self, shape: Shape, path: str, held: Any, row: Mapping[str, Any] | None, owner: str = "") -> Field:
        """`owner`: the kind of row this stands in, whose own words for it come first."""
        held, cls = shape.default if held is None else held, owner or shape.cls
        made = Field(path, shape.kind, words.label(shape.name, cls, self.lang), held, words.hint(shape.name, cls, self.lang), optional=shape.optional)
        made.wrong = [told(p, self.lang) for p in self.problems if p.path == path]
        if shape.kind == "object":
            self._object(made, shape, held)
        elif shape.kind == "span":
            self._span(made, held)
        elif shape.kind == "list":
            self._list(made, shape, held, row)
        elif shape.kind == "table":
            self._table(made, shape, held)
        elif shape.kind == "choice":
            self._choice(made, shape, held)
        elif keys := _named(shape, row):
            made.kind = "choice"
            self._choice(made, replace(shape, choices=keys), held)
        elif shape.kind == "number":
            self._number(made, shape.unit, held, row)
        elif shape.kind == "text":
            made.value = "" if held is None else held
            made.kind = "long" if shape.name in LONG else "text"
        return made

    def _object(self, made: Field, shape: Shape, held: Any) -> None:
        made.there, made.named = isinstance(held, dict), words.title(shape, held, self.lang)
        if made.there:
            made.within = [self._draw(inner, f"{made.path}.{name}", held.get(name), held, shape.cls) for name, inner in shape.inside.items()]

    def _span(self, made: Field, held: Any) -> None:
        made.there = isinstance(held, dict)
        got = held if isinstance(held, dict) else {"kind": "elapsed", "amount": 86_400}
        kind, amount = str(got.get("kind", "")), got.get("amount", "")
        if kind in ("elapsed", "working_time"):
            unit = 3600
            if type(amount) is int:
                unit = max(60, words.in_unit(amount)[1]) if kind == "elapsed" else max(60, min(3600, words.in_unit(amount)[1]))
                amount = f"{amount / unit:g}"
            kind = f"{kind}:{unit}"
        elif kind == "cutoff" and got.get("next_working"):
            kind = "cutoff_working"
        made.parts = {"kind": kind, "amount": amount, "before": words.wall(got.get("before", 960)), "by": words.wall(got.get("by", 1080))}
        made.options = [(code, say(self.lang, f"packs.span_{code.replace(':', '_')}")) for code in SPANS]
        made.wrong += [told(p, self.lang) for p in self.problems if p.path.startswith(f"{made.path}.")]

    def _list(self, made: Field, shape: Shape, held: Any, row: Mapping[str, Any] | None) -> None:
        rows = held if isinstance(held, list) else []
        if shape.item.kind == "choice" and shape.item.choices:
            made.kind, made.value = "several", rows
            made.options = [(code, words.choice(shape.name, code, self.lang, cls=shape.cls)) for code in shape.item.choices]
        elif not shape.item.inside and shape.item.kind != "span":
            made.kind, comma = "words", "、" if self.lang == "zh" else ", "
            if shape.item.kind == "number" and shape.unit == "seconds" and all(type(n) is int for n in rows):
                unit = min((words.in_unit(n)[1] for n in rows), default=3600)
                unit = min(unit, 3600)
                made.units, made.unit, rows = self._units(), str(unit), [n // unit for n in rows]
            made.value = comma.join(map(str, rows))
            made.wrong += [told(p, self.lang) for p in self.problems if p.path.startswith(f"{made.path}[")]
        else:
            made.within = [self._draw(shape.item, f"{made.path}[{n}]", one, row) for n, one in enumerate(rows)]
            made.cells = shape.item.flat and shape.item.kind == "object"

    def _table(self, made: Field, shape: Shape, held: Any) -> None:
        rows = held if isinstance(held, dict) else {}
        made.fixed = bool(shape.choices)
        for name, one in rows.items():
            inner = self._draw(shape.item, f"{made.path}.{name}", one, None)
            inner.named = words.key(shape.name, name, self.lang) if made.fixed else name
            made.within.append(inner)
        made.cells = shape.item.flat and shape.item.kind == "object"
        made.missing = [(k, words.key(shape.name, k, self.lang)) for k in shape.choices if k not in rows]

    def _choice(self, made: Field, shape: Shape, held: Any) -> None:
        made.value = "" if held is None else held
        made.options = list(self.sources) if shape.unit == "source" else [(c, words.choice(shape.name, c, self.lang, cls=shape.cls)) for c in shape.choices]
        if made.value != "" and made.value not in {c for c, _ in made.options}:
            made.options.insert(0, (str(made.value), str(made.value)))

    def _number(self, made: Field, unit: str, held: Any, row: Mapping[str, Any] | None) -> None:
        made.value = "" if held is None else held
        if type(held) is not int:
            made.units, made.unit = (self._units(), "3600") if unit == "seconds" else ([], "")
            return
        if unit == "seconds":
            n, each = words.in_unit(held)
            made.value, made.unit, made.units = n, str(each), self._units()
        elif unit == "bytes":
            made.value, made.unit, made.units = (held // 1024, "1024", [("1024", "KB")]) if held % 1024 == 0 else (held, "1", [("1", "B")])
        elif unit == "minor":
            made.value, made.hint = words.major(held, words.currency_of(row)), words.currency_of(row)
        elif unit == "basis_points":
            made.value, made.hint = f"{held / 100:g}", "%"
        elif unit == "days":
            made.hint = say(self.lang, "packs.unit_86400")
        elif unit == "mg":
            made.hint = "mg"

    def _units(self) -> list[Option]:
        return [(str(n), say(self.lang, f"packs.unit_{n}")) for n in (1, 60, 3600, 86_400)]
