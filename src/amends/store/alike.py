"""Rows of a batch with what is alike in many of them said once: what each has of its own as columns, the rest as kinds, in JSON, that rows name by number.

A batch mostly does the same to many cases. What is written then is a thousand ids and versions and one JSON, not a thousand times the same JSON,
and the database, which reads JSON slowly, reads it once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from amends.store.packed import ids, numbers

OWN: dict[str, tuple[str, ...]] = {
    "cases": ("id", "was", "version"), "events": ("case_id", "version", "command_id"), "armed": ("case_id", "case_version"),
    "strategy_decided": ("case_id", "case_version", "buyer"), "strategy_counted": ("buyer",),
    "considered": ("case_id", "version"),
}
"""By table of `sql/write_cases.sql`, or by query: what no two rows have in common, or few."""
_TEXTS = frozenset({"buyer"})
_NUMBERS = frozenset({"was", "version", "case_version"})
_LINES = msgspec.json.Encoder()


def array(values: Iterable[Any]) -> str:
    """Ids or numbers as PostgreSQL reads an array: one text, where a list would be written element by element, in every statement anew."""
    return f"{{{','.join(values)}}}"


def texts(values: Iterable[str]) -> str:
    """Any texts as PostgreSQL reads an array."""
    return array(['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values])


def beside(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The parameters of a query that writes rows of a table beside the case: `rows` in JSON, or what they have alike once."""
    return alike(name, rows) if name in OWN else {"rows": msgspec.json.encode(rows).decode()}


def alike(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The parameters of a statement for these rows: `<name>` the kinds, `<name>_<column>` what is each row's own, `<name>_kind` which kind a row is of.

    Takes what is their own out of the rows.
    """
    own, kinds = OWN[name], dict[bytes, int]()
    columns: dict[str, Any] = {}
    for column in own:
        values = [row.pop(column) for row in rows]
        columns[f"{name}_{column}"] = (texts if column in _TEXTS else numbers if column in _NUMBERS else ids)(values)
    if rows and not rows[0]:
        return columns  # they had nothing alike
    # One call for all rows: JSON has no line breaks of its own.
    which = [kinds.setdefault(line, len(kinds)) for line in _LINES.encode_lines(rows).splitlines()]
    said = ",".join('{"kind":' + str(n) + ("," if len(text) > 2 else "") + text[1:].decode() for text, n in kinds.items())
    return {**columns, f"{name}_kind": numbers(which), name: f"[{said}]"}
