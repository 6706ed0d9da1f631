"""Rows into orders: joined, grouped, read and checked. What cannot be an order comes out as refusals with its line and its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amends.core import order_record
from amends.core.money import exponent
from amends.core.order_fields import GROUPS, LINE, ORDER
from amends.core.order_split import by_seller
from amends.core.orders import Line, Order, Parcel, Payment, check, complete
from amends.core.refusal import Refusal
from amends.engine.importing.cells import Unfit
from amends.engine.importing.delimited import Row
from amends.engine.importing.fields import Fields, NoColumn, Text, compile_section, text_of
from amends.engine.importing.joins import Held, Layout, assign, hold
from amends.engine.importing.mapping import MAIN, Section
from amends.engine.importing.mapping import Mapping as Plan
from amends.engine.importing.source import Source
from amends.engine.importing.tables import objects, rows_of

_PATHS = {"order": "", "line": "lines.", "payment": "payments.", "parcel": "parcels."}
_MADE: dict[str, Any] = {"line": Line, "payment": Payment, "parcel": Parcel}
_KEYS = {"payment": "ref", "parcel": "waybill"}


@dataclass(slots=True)
class Seller:
    """A merchant that a file names: `source` is its lasting mark (`olist:3442f8…`)."""

    source: str
    name: str
    pack: str
    fulfilment_mode: str


@dataclass(slots=True)
class Wrong:
    """One refusal of a row: its line (1 is the header), the file when there are several, its text."""

    line: int
    refusal: Refusal
    raw: str
    file: int = 0


@dataclass(slots=True)
class Taken:
    """What one group of rows became: one order (one for each seller when `sellers` is filled), or what is wrong with it."""

    line: int
    raw: str
    rows: int
    order: Order | None = None
    wrong: list[Wrong] = field(default_factory=list)
    parts: list[tuple[Seller, Order]] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    fields: Fields
    level: str
    wanted: int | None
    key: Text | None


def read_records(source: Source) -> Iterator[Taken]:
    """Orders as JSON Lines in the product's own form, one record a line."""
    for line, thing, raw, damage in objects(source):
        order, wrong = (None, [damage]) if damage else order_record.read(thing)
        yield Taken(line, raw, 1, order, [Wrong(line, refusal, raw) for refusal in wrong])


class Reading:
    """One reading of one set of files by one mapping. Raises Unreadable or NoColumn when made, and nothing for what rows contain."""

    def __init__(self, plan: Plan, sources: Sequence[Source]) -> None:
        self._plan = plan
        named = assign(plan, sources)
        self._records = plan.records and len(named) == 1 and named[MAIN].format() == "jsonl"
        self._main = named[MAIN]
        if self._records:
            named[MAIN].whole()
            return
        self._held: dict[str, Held] = {f.name: hold(plan, f, named[f.name]) for f in plan.files if f.name != MAIN}
        header, self._rows = rows_of(named[MAIN], _columns(plan), plan.encoding, plan.separator)
        headers = {MAIN: header, **{name: held.header for name, held in self._held.items()}}
        self._layout = Layout(plan, headers, {name: s.name for name, s in named.items()})
        self._parts = {name: self._part(name, section) for name, section in plan.sections.items() if section.fields}
        self._number = self._text("order", "number", MAIN)
        self._currency = self._text("order", "currency", MAIN)
        self._seller = self._sellers(plan.merchant) if plan.merchant else None
        self._singles = {level: self._layout.singles(level) for level in self._layout.levels}

    def _text(self, section: str, name: str, level: str) -> Text | None:
        spec = self._plan.sections[section].fields.get(name)
        if spec and self._plan.optional and not self._there(level, spec):
            return None
        return text_of(spec, lambda ref: self._layout.find(level, ref)) if spec else None

    def _part(self, name: str, section: Section) -> _Part:
        level = MAIN if name == "order" else section.rows

        def find(ref: str) -> int:
            return self._layout.find(level, ref)

        if self._plan.optional:
            must = {n for n, f in GROUPS[name].items() if f.required and n != "currency" and name not in _KEYS}
            section = replace(section, fields={n: s for n, s in section.fields.items() if n in must or self._there(level, s)})
        wanted = find(section.only_if) if section.only_if else None
        key = self._text(name, _KEYS[name], level) if name in _KEYS else None
        return _Part(compile_section(self._plan, section, GROUPS[name], find, _PATHS[name]), level, wanted, key)

    def _there(self, level: str, spec: Mapping[str, Any]) -> bool:
        try:
            self._layout.find(level, str(spec.get("column", "")))
        except NoColumn:
            return False
        return True

    def _sellers(self, section: Section) -> dict[str, Text]:
        level = self._plan.sections["line"].rows
        return {name: text_of(spec, lambda ref: self._layout.find(level, ref)) for name, spec in section.fields.items()}

    def __iter__(self) -> Iterator[Taken]:
        if self._records:
            yield from read_records(self._main)
            return
        for place, held in enumerate(self._held.values(), 1):
            for row in held.damaged:
                yield Taken(row.line, row.raw, 0, None, [_damaged(row, place)])
        for group in self._groups():
            yield self._take(group)
        for place, held in enumerate(self._held.values(), 1):
            for row in held.unasked():
                yield Taken(row.line, row.raw, 0, None, [Wrong(row.line, Refusal("order_missing", {"file": held.file.name}, held.file.key), row.raw, place)])

    @property
    def joined_rows(self) -> int:
        """Rows read of the joined files."""
        return 0 if self._records else sum(held.read for held in self._held.values())

    def _groups(self) -> Iterator[list[Row]]:
        """Rows of one order together; a damaged row comes alone. Rows apart are gathered in memory when the mapping says so."""
        number = self._number
        one_each = self._plan.sections["line"].rows != MAIN or not number
        if not self._plan.together and not one_each:
            yield from self._gathered()
            return
        group: list[Row] = []
        last = ""
        for row in self._rows:
            key = "" if row.damage or number is None else number(row.cells)
            if group and (one_each or not key or key != last):
                yield group
                group = []
            group.append(row)
            last = key
            if row.damage:
                yield group
                group, last = [], ""
        if group:
            yield group

    def _gathered(self) -> Iterator[list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in self._rows:
            key = "" if row.damage or self._number is None else self._number(row.cells)
            if key:
                groups.setdefault(key, []).append(row)
            else:
                yield [row]
        yield from groups.values()

    def _take(self, group: list[Row]) -> Taken:
        first = group[0]
        taken = Taken(first.line, first.raw, len(group))
        if first.damage:
            taken.wrong = [_damaged(first, 0)]
            return taken
        try:
            self._build(taken, group)
        except Unfit:
            taken.wrong = self._all_wrong(group)
        return taken

    def _build(self, taken: Taken, group: list[Row]) -> None:
        base = self._widen(MAIN, group[0].cells) if self._singles[MAIN] else group[0].cells
        currency = (self._currency(base) if self._currency else "") or self._plan.currency
        digits = exponent(currency)
        values = self._parts["order"].fields.values(base, digits)
        values["currency"] = currency
        if "number" not in values or "state" not in values or "placed_at" not in values:
            taken.wrong = [_required(ORDER, n, "", group[0]) for n in ("number", "state", "placed_at") if n not in values]
            return
        if "buyer_id" not in values:
            values["buyer_id"] = ""
        order = Order(**values)
        sellers = self._lines(order, taken, group, base, digits)
        order.payments = self._beside("payment", group, base, digits)
        order.parcels = self._beside("parcel", group, base, digits)
        if taken.wrong:
            return
        whole = complete(order)
        if wrong := check(whole):
            taken.wrong = [Wrong(taken.line, refusal, taken.raw) for refusal in wrong]
            return
        taken.order = whole
        if sellers:
            taken.parts = [(sellers[name], part) for name, part in by_seller(whole).items()]

    def _lines(self, order: Order, taken: Taken, group: list[Row], base: list[str], digits: int) -> dict[str, Seller]:
        """The lines of an order; answers whose goods they are where the file says it."""
        part = self._parts["line"]
        sellers: dict[str, Seller] = {}
        for row, cells in self._level_rows(part.level, group, base):
            line = part.fields.values(cells, digits)
            if "sku" not in line or "title" not in line:
                taken.wrong += [_required(LINE, n, "lines.", row) for n in ("sku", "title") if n not in line]
                continue
            made = Line(**line)
            if self._seller:
                made.seller = f"{self._seller['source'](cells)}:{self._seller['key'](cells)}"
                sellers.setdefault(made.seller, self._one_seller(made.seller, cells))
            order.lines.append(made)
        return sellers

    def _one_seller(self, source: str, cells: Sequence[str]) -> Seller:
        said = {name: text(cells) for name, text in (self._seller or {}).items()}
        return Seller(source, said["name"][:120], said.get("pack") or "jd", said.get("fulfilment_mode") or "SOP")

    def _beside(self, name: str, group: list[Row], base: list[str], digits: int) -> list[Any]:
        """Payments or parcels; the same one on several rows counts once."""
        part = self._parts.get(name)
        if part is None or part.key is None:
            return []
        found: list[dict[str, Any]] = []
        key, wanted, fields, made = part.key, part.wanted, part.fields, _MADE[name]
        for _, cells in self._level_rows(part.level, group, base):
            if key(cells) and (wanted is None or cells[wanted]) and (values := fields.values(cells, digits)) not in found:
                found.append(values)
        return [made(**values) for values in found]

    def _widen(self, level: str, cells: list[str]) -> list[str]:
        for name, at, width in self._singles[level]:
            found = self._held[name].of(cells[at])
            cells = cells + (found[0].cells if found else [""] * width)
        return cells

    def _level_rows(self, level: str, group: list[Row], base: list[str]) -> Iterable[tuple[Row, list[str]]]:
        if level == MAIN:
            return [(group[0], base), *((row, self._widen(MAIN, row.cells)) for row in group[1:])] if len(group) > 1 else ((group[0], base),)
        held = self._held[level]
        of = self._layout.find(MAIN, held.file.of)
        return [(row, self._widen(level, base + row.cells)) for row in held.of(base[of])]

    def _all_wrong(self, group: list[Row]) -> list[Wrong]:
        """The slow way round, only for an order that does not fit: every field of every row."""
        found: list[Wrong] = []
        base = self._widen(MAIN, group[0].cells)
        digits = exponent((self._currency(base) if self._currency else "") or self._plan.currency)
        files = {MAIN: 0, **{name: place for place, name in enumerate(self._held, 1)}}
        found += [Wrong(group[0].line, r, group[0].raw) for r in self._parts["order"].fields.wrong(base, digits)]
        for name in ("line", "payment", "parcel"):
            part = self._parts.get(name)
            for row, cells in self._level_rows(part.level, group, base) if part else ():
                if part and (part.wanted is None or cells[part.wanted]):
                    found += [Wrong(row.line, r, row.raw, files[part.level]) for r in part.fields.wrong(cells, digits)]
        once: dict[tuple[Any, ...], Wrong] = {}
        for wrong in found:  # one cell may fill two fields, and is wrong once
            once.setdefault((wrong.file, wrong.line, wrong.refusal.code, str(wrong.refusal.facts)), wrong)
        return list(once.values())


def _columns(plan: Plan) -> list[str]:
    """Columns a mapping reads, which are what is asked of JSON Lines."""
    names: dict[str, None] = {}
    for section in plan.sections.values():
        for spec in section.fields.values():
            names.update(dict.fromkeys(c for c in (spec.get("column"), *(r.get("if") for r in spec.get("first", ()))) if c))
        if section.only_if:
            names[section.only_if] = None
    return list(names)


def _damaged(row: Row, file: int) -> Wrong:
    return Wrong(row.line, row.damage or Refusal("not_json"), row.raw, file)


def _required(table: Any, name: str, path: str, row: Row) -> Wrong:
    return Wrong(row.line, Refusal("required", {"zh": table[name].zh, "en": table[name].en}, path + name), row.raw)
