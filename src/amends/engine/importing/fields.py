"""A mapping's fields compiled against the headers of real files: one small function for each field, cells in, value out."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from amends.core.money import exponent
from amends.core.order_fields import OrderField
from amends.core.refusal import Refusal
from amends.engine.importing import cells
from amends.engine.importing.cells import Read, Unfit
from amends.engine.importing.mapping import Mapping as Plan
from amends.engine.importing.mapping import Section

Cells = Sequence[str]
Text = Callable[[Cells], str]
Find = Callable[[str], int]


class NoColumn(Exception):
    """A mapping names a column that the file does not have; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(slots=True)
class Fields:
    """One section's compiled fields, by the currency's digits: name, text and reader (None: text as it is); and what is the same in every row."""

    readers: dict[int, list[tuple[str, Text, Read | None]]]
    constants: dict[int, dict[str, Any]]

    def values(self, row: Cells, digits: int) -> dict[str, Any]:
        """Values of the fields that are not empty. Raises Unfit at the first that does not fit."""
        found = self.constants[digits].copy()
        for name, text, read in self.readers[digits]:
            if written := text(row):
                found[name] = read(written) if read is not None else written if written[0] != "=" else cells.unquoted(written)
        return found

    def wrong(self, row: Cells, digits: int) -> list[Refusal]:
        """Everything that does not fit, all at once."""
        found = []
        for _, text, read in self.readers[digits]:
            try:
                if (written := text(row)) and read is not None:
                    read(written)
            except Unfit as unfit:
                found.append(unfit.refusal)
        return found


def compile_section(plan: Plan, section: Section, table: Mapping[str, OrderField], find: Find, path: str = "") -> Fields:
    """Raises NoColumn. `path` stands before the field's name in refusals (`lines.`)."""
    texts = [(name, text_of(spec, find)) for name, spec in section.fields.items()]
    readers: dict[int, list[tuple[str, Text, Read | None]]] = {}
    constants: dict[int, dict[str, Any]] = {}
    for digits, currency in {exponent(c): c for c in ("JPY", "KWD", "CNY", plan.currency)}.items():
        readers[digits], constants[digits] = [], {}
        for name, text in texts:
            read = cells.reader(path + name, table[name], currency=currency, zone=plan.zone, dates=plan.dates, decimal=plan.decimal)
            if set(section.fields[name]) == {"constant"}:
                try:
                    constants[digits][name] = read(text(())) if read else text(())
                except Unfit as unfit:
                    raise NoColumn(unfit.refusal) from unfit
            else:
                readers[digits].append((name, text, read))
    return Fields(readers, constants)


def text_of(spec: Mapping[str, Any], find: Find) -> Text:
    """The text a field's value is read from: a column, a constant or a template; `first` that holds wins; `values` renames."""
    text = _base(spec, find)
    for rule in reversed(spec.get("first", ())):
        text = _either(_condition(rule, find), _base(rule, find), text)
    if "values" in spec:
        values, otherwise = dict(spec["values"]), spec.get("otherwise")
        inner = text
        if otherwise is None:
            return lambda row: values.get(found := inner(row), found)
        return lambda row: values.get(inner(row), otherwise)
    return text


def _base(spec: Mapping[str, Any], find: Find) -> Text:
    if "constant" in spec:
        constant = str(spec["constant"])
        return lambda row: constant
    if "template" in spec:
        return _template(str(spec["template"]), find)
    if "column" in spec:
        return _column(find(str(spec["column"])))
    otherwise = str(spec.get("otherwise", ""))
    return lambda row: otherwise


def _column(index: int) -> Text:
    return itemgetter(index)


def _template(pattern: str, find: Find) -> Text:
    parts: list[tuple[str, Text | None, str]] = []
    for literal, name, form, _ in string.Formatter().parse(pattern):
        parts.append((literal, None if name is None else _column(find(name)), form or ""))
    before, only, shape = parts[0] if len(parts) == 1 else ("", None, "")
    if only is not None and not shape:
        return lambda row: before + only(row)
    return lambda row: "".join(literal + (format(text(row), form) if text else "") for literal, text, form in parts).strip()


def _condition(rule: Mapping[str, Any], find: Find) -> Callable[[Cells], bool]:
    index = find(str(rule["if"]))
    if "same_as" in rule:
        other = find(str(rule["same_as"]))
        return lambda row: row[index] == row[other]
    wanted = str(rule.get("is", ""))
    return lambda row: row[index] == wanted


def _either(holds: Callable[[Cells], bool], then: Text, otherwise: Text) -> Text:
    return lambda row: then(row) if holds(row) else otherwise(row)
