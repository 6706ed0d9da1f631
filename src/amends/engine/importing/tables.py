"""The other formats as the same rows: a workbook's first sheet, and JSON Lines with one object a line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from amends.core.refusal import Refusal
from amends.engine.importing import delimited
from amends.engine.importing.delimited import Row
from amends.engine.importing.source import Source, Unreadable

_EXACT_DIGITS = 15


def rows_of(source: Source, columns: Sequence[str] = (), encoding: str = "", separator: str = "") -> tuple[list[str], Iterator[Row]]:
    """Header and rows of a file of any format. `columns` are the names wanted from JSON Lines (dots reach inside). Raises Unreadable."""
    source.whole()
    kind = source.format()
    if kind == "xlsx":
        return workbook(source)
    if kind == "jsonl":
        names = list(columns) or names_in(source)
        return names, ((Row(line, [_plain(_reach(thing, n)).strip() for n in names], raw, damage)) for line, thing, raw, damage in objects(source))
    return delimited.read(source, encoding, separator)


def workbook(source: Source) -> tuple[list[str], Iterator[Row]]:
    """The first sheet. A number keeps the digits the sheet shows; one of more than 15 digits has lost some in the sheet and is refused."""
    from openpyxl import load_workbook

    with source.open() as stream:
        content = io.BytesIO(stream.read())
    try:
        book = load_workbook(content, read_only=True, data_only=True)
        cells = book.worksheets[0].iter_rows(values_only=True)
        header = ["" if v is None else str(v).strip() for v in next(cells, ())]
    except Exception as trouble:  # the library raises whatever the damaged part raised
        raise Unreadable(Refusal("file_damaged", {"name": source.name})) from trouble
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Unreadable(Refusal("file_empty", {"name": source.name}))
    return header, _sheet_rows(cells, header)


def _sheet_rows(rows: Iterator[Sequence[Any]], header: list[str]) -> Iterator[Row]:
    width = len(header)
    for line, values in enumerate(rows, 2):
        cells = [_plain(v).strip() for v in values]
        if not any(cells):
            continue
        lost = next((i for i, v in enumerate(values[:width]) if isinstance(v, int | float) and abs(v) >= 10**_EXACT_DIGITS), None)
        damage = None if lost is None else Refusal("digits_lost", {"column": header[lost]})
        if any(cells[width:]):
            damage = Refusal("columns_differ", {"found": len(cells), "header": width})
        cells = cells[:width] + [""] * (width - len(cells))
        yield Row(line, cells, "\t".join(cells), damage)


def objects(source: Source) -> Iterator[tuple[int, dict[str, Any], str, Refusal | None]]:
    """Line number, object, text, damage. Decimal numbers stay decimal; a line that is no object is damaged and the next one is read."""
    text = io.TextIOWrapper(source.open(), encoding="utf-8-sig", errors="surrogateescape")
    for line, written in enumerate(text, 1):
        raw = written.strip()
        if not raw:
            continue
        try:
            thing = json.loads(raw, parse_float=Decimal)
            raw.encode("utf-8")
        except (ValueError, RecursionError):
            thing = None
        if isinstance(thing, dict):
            yield line, thing, raw, None
        else:
            yield line, {}, raw, Refusal("not_json")


def names_in(source: Source, lines: int = 200) -> list[str]:
    """The names that stand in the first lines of JSON Lines, with dots for what is inside; lists are left out."""
    names: dict[str, None] = {}
    for line, thing, _, _ in objects(source):
        _collect(thing, "", names)
        if line >= lines:
            break
    return list(names)


def _collect(thing: dict[str, Any], path: str, names: dict[str, None]) -> None:
    for name, value in thing.items():
        if isinstance(value, dict):
            _collect(value, f"{path}{name}.", names)
        elif not isinstance(value, list):
            names[path + name] = None


def _reach(thing: Any, name: str) -> Any:
    if isinstance(thing, dict) and name in thing:
        return thing[name]
    for part in name.split("."):
        thing = thing.get(part) if isinstance(thing, dict) else None
    return thing


def _plain(value: Any) -> str:
    """A cell as text, no digit added or lost: 178.8 is "178.8", 12.0 is "12", a date is ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False, default=str)
