"""CSV row by row, with the line each began on and its text as it stood. One damaged row never takes the next one with it.

The usual damage is a stray quotation mark, after which a reader swallows everything up to the next one. So a record over several
lines whose number of cells is wrong is taken apart again: its first line is refused, reading begins anew at the second.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from amends.core.refusal import Refusal
from amends.engine.importing.source import Source, Unreadable

_MOST_LINES_IN_RECORD = 400
_MOST_CELL = 1 << 20


@dataclass(slots=True)
class Row:
    """One record: the line it began on (1 is the header), its cells without blanks around them, its text, and what is wrong with it as a whole."""

    line: int
    cells: list[str]
    raw: str
    damage: Refusal | None = None


class _Lines:
    """Lines with a number, that can be put back."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = iter(stream)
        self._back: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES_IN_RECORD:
            raise csv.Error("a record without end")
        line = self._back.popleft() if self._back else next(self._stream)
        self.number += 1
        self.taken.append(line)
        return line

    def put_back_all_but_first(self) -> str:
        """Keep the first line of the record and give the others back to be read again."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        self.number -= len(others)
        self.taken.clear()
        return first


def read(source: Source, encoding: str = "", separator: str = "") -> tuple[list[str], Iterator[Row]]:
    """The header's cells and the rows after it. Raises Unreadable when there is no header."""
    encoding = encoding or source.encoding()
    text = io.TextIOWrapper(source.open(), encoding=encoding, errors="surrogateescape", newline="")
    lines = _Lines(text)
    csv.field_size_limit(_MOST_CELL)
    first = next(iter(lines), "")
    while first and not first.strip():
        first = next(lines, "")
    separator = separator or guess_separator(first)
    header = next(csv.reader([first], delimiter=separator), [])
    if not any(cell.strip() for cell in header):
        raise Unreadable(Refusal("file_empty", {"name": source.name}))
    lines.taken.clear()
    return [cell.strip().lstrip("\ufeff") for cell in header], _rows(lines, separator, len(header))


def guess_separator(header: str) -> str:
    """Comma, tab or semicolon, whichever stands most often outside quotation marks."""
    outside = "".join(header.split('"')[::2])
    return max(",\t;", key=outside.count)


def _rows(lines: _Lines, separator: str, width: int) -> Iterator[Row]:
    taken = lines.taken
    while True:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            for cells in reader:
                if len(cells) == width:
                    raw = taken[0] if len(taken) == 1 else "".join(taken)
                    damage = None if raw.isascii() else _undecodable(raw)
                    yield Row(lines.number - len(taken) + 1, list(map(str.strip, cells)), raw.rstrip("\r\n"), damage)
                    taken.clear()
                elif len(taken) > 1:
                    break
                else:
                    if cells and any(cells):
                        yield Row(lines.number, cells, taken[0].rstrip("\r\n"), Refusal("columns_differ", {"found": len(cells), "header": width}))
                    taken.clear()
            else:
                if not taken:
                    return
        except csv.Error:
            if not taken:
                return
        line = lines.number - len(taken) + 1
        raw = lines.put_back_all_but_first()
        yield Row(line, [], raw.rstrip("\r\n"), Refusal("quote_unclosed"))


def _undecodable(raw: str) -> Refusal | None:
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        return Refusal("bytes_undecodable")
    return None
