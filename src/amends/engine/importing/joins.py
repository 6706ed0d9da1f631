"""The other files of a mapping, held by key: an order's items and payments, an item's product and seller."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from amends.core.refusal import Refusal
from amends.engine.importing.delimited import Row
from amends.engine.importing.fields import NoColumn
from amends.engine.importing.mapping import MAIN, File
from amends.engine.importing.mapping import Mapping as Plan
from amends.engine.importing.source import Source, Unreadable
from amends.engine.importing.tables import rows_of


@dataclass(slots=True)
class Held:
    """One joined file in memory: rows by key, and which keys were asked for."""

    file: File
    header: list[str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    damaged: list[Row] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    read: int = 0

    def of(self, key: str) -> list[Row]:
        """The rows of a key, in the order of the file."""
        self.asked.add(key)
        return self.rows.get(key, [])

    def unasked(self) -> Iterator[Row]:
        """Rows of a `many` file that belong to nothing that was read."""
        for key, rows in self.rows.items():
            if self.file.many and key not in self.asked:
                yield from rows


def assign(plan: Plan, sources: Sequence[Source]) -> dict[str, Source]:
    """Which source is which file of the mapping, by the pattern of its name. Raises Unreadable when one is missing or left over."""
    if len(plan.files) == 1:
        if len(sources) != 1:
            raise Unreadable(Refusal("files_differ", {"wanted": plan.main.match or ["1"], "found": [s.name for s in sources]}))
        return {MAIN: sources[0]}
    found: dict[str, Source] = {}
    for file in plan.files:
        fitting = [s for s in sources if any(fnmatch.fnmatch(s.name.lower(), pattern.lower()) for pattern in file.match)]
        if len(fitting) != 1:
            raise Unreadable(Refusal("files_differ", {"wanted": [" / ".join(f.match) for f in plan.files], "found": [s.name for s in sources]}))
        found[file.name] = fitting[0]
    return found


def hold(plan: Plan, file: File, source: Source) -> Held:
    """Read a joined file. Raises Unreadable, and NoColumn when its key column is not there."""
    header, rows = rows_of(source, (), plan.encoding, plan.separator)
    if file.key not in header:
        raise NoColumn(Refusal("column_missing", {"column": file.key, "file": source.name, "there": header}, f"files.{file.name}"))
    held, index = Held(file, header), header.index(file.key)
    for row in rows:
        held.read += 1
        if row.damage is not None:
            held.damaged.append(row)
        else:
            held.rows.setdefault(row.cells[index], []).append(row)
    return held


class Layout:
    """Where every column stands when a row of one file is followed by the rows joined to it.

    A level begins with the main row; a `many` file makes a level of its own on top of it. Single joins belong to the level that has their column `of`.
    """

    def __init__(self, plan: Plan, headers: dict[str, list[str]], names: dict[str, str]) -> None:
        self._plan, self._headers, self._names = plan, headers, names
        self.base = self._level([MAIN])
        self.levels = {f.name: self._level([*self.base, f.name]) for f in plan.files if f.many}
        self.levels[MAIN] = self.base

    def _level(self, order: list[str]) -> list[str]:
        singles = [f for f in self._plan.files if not f.many and f.name not in order and f.name != MAIN]
        grew = True
        while grew:
            grew = False
            for f in singles:
                owner, _, column = f.of.rpartition(".")
                if f.name not in order and (owner or MAIN) in order and column in self._headers[owner or MAIN]:
                    order, grew = [*order, f.name], True
        return order

    def find(self, level: str, ref: str) -> int:
        """The place of `file.column`, or of a column of the level's own file, else of the main file. Raises NoColumn."""
        order = self.levels[level]
        owner, _, column = ref.partition(".")
        if column and owner in order and column.strip() in self._headers[owner]:
            return self._offset(order, owner) + self._headers[owner].index(column.strip())
        for name in (level, MAIN):
            if name in order and ref.strip() in self._headers[name]:
                return self._offset(order, name) + self._headers[name].index(ref.strip())
        there = [c if n == MAIN else f"{n}.{c}" for n in order for c in self._headers[n]]
        raise NoColumn(Refusal("column_missing", {"column": ref, "file": self._names.get(level, level), "there": there[:60]}, ref))

    def _offset(self, order: list[str], name: str) -> int:
        return sum(len(self._headers[n]) for n in order[: order.index(name)])

    def singles(self, level: str) -> list[tuple[str, int, int]]:
        """The single joins of a level beyond the main row: file, place of the key, how many cells it adds."""
        order = self.levels[level]
        start = len(self.base) if level != MAIN else 0
        by_name = {f.name: f for f in self._plan.files}
        return [(n, self.find(level, by_name[n].of), len(self._headers[n])) for n in order[start:] if n not in (MAIN, level)]
