"""What differs between two versions of a pack, place by place (PO-14): rows of lists are matched by what they are, not by where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amends.core.pack_shape import KEYS, ROWS_BY, Shape, pack_shape

BESIDE = frozenset({"id", "version", "valid_from"})
"""What names a version; it always differs and is told with the version itself."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place. `path`: its steps, rows of lists by their names; `old`, `new`: plain data, None where there is nothing; `shape`: of what stands there."""

    path: tuple[str, ...]
    kind: str
    old: Any
    new: Any
    shape: Shape


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    """From one document to another, in the order of the pack. `kind`: added, removed, changed, moved (the same rows in another order)."""
    found: list[Difference] = []
    for name, shape in pack_shape().inside.items():
        if name not in BESIDE:
            _compare((name,), shape, old.get(name), new.get(name), found)
    return found


def between(path: str, shape: Shape, old: Any, new: Any) -> list[Difference]:
    """What differs between two values of one place."""
    found: list[Difference] = []
    _compare(tuple(path.split(".")), shape, old, new, found)
    return found


def _compare(path: tuple[str, ...], shape: Shape, old: Any, new: Any, found: list[Difference]) -> None:
    if old == new or (_nothing(old) and _nothing(new)):
        return
    if _nothing(old) or _nothing(new) or type(old) is not type(new):
        found.append(Difference(path, "added" if _nothing(old) else "removed" if _nothing(new) else "changed", old, new, shape))
    elif shape.kind == "object" and isinstance(old, dict):
        for name, inner in shape.inside.items():
            _compare((*path, name), inner, old.get(name), new.get(name), found)
    elif shape.kind == "table" and isinstance(old, dict):
        for name in [*old, *(k for k in new if k not in old)]:
            _compare((*path, name), shape.item, old.get(name), new.get(name), found)
    elif shape.kind == "list" and shape.item.kind == "object" and isinstance(old, list):
        _rows(path, shape, old, new, found)
    elif not (shape.kind == "list" and shape.item.choices and sorted(old) == sorted(new)):
        found.append(Difference(path, "changed", old, new, shape))


def _rows(path: tuple[str, ...], shape: Shape, old: list[Any], new: list[Any], found: list[Difference]) -> None:
    before, after = _named(shape.item, old), _named(shape.item, new)
    for name in [*before, *(k for k in after if k not in before)]:
        _compare((*path, name), shape.item, before.get(name), after.get(name), found)
    if [k for k in before if k in after] != [k for k in after if k in before]:
        found.append(Difference(path, "moved", list(before), list(after), shape))


def _named(item: Shape, rows: list[Any]) -> dict[str, Any]:
    """Rows by their names; a name that comes twice gets its place behind it."""
    out: dict[str, Any] = {}
    for n, row in enumerate(rows):
        name = row_name(item, row) or str(n + 1)
        out[f"{name} ({n + 1})" if name in out else name] = row
    return out


def row_name(item: Shape, row: Any) -> str:
    """What a row of a list is called; empty where it has no name of its own."""
    if not isinstance(row, dict):
        return ""
    fields = ROWS_BY.get(item.cls) or next(((k,) for k in KEYS if k in item.inside), ())
    return " / ".join(str(row.get(k) if row.get(k) is not None else "–") for k in fields)


def _nothing(value: Any) -> bool:
    return value is None or value in ([], {}, "")
