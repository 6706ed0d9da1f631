"""What was typed into the pack editor, as plain data; and the buttons that add, remove and move rows (PO-14). Made for any shape of pack.

Names of inputs are places (`clocks.review.span`); what stands behind `~` belongs to the same place: a unit, a kind, whether it is offered at all.
What cannot be read as a number stays as it was typed: the check of the pack says so beside the field, and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from amends.core.money import exponent
from amends.core.pack_shape import Shape, empty, steps
from amends.core.refusal import Refusal
from amends.web.pack_words import currency_of

MOST_ROWS = 500
KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")
_SEVERAL = re.compile(r"[,，、;；\n]+")


class Fields(Protocol):
    """What a form sent: the last value of a name, and all of them."""

    def get(self, name: str, default: str = ...) -> Any:
        """The last value."""

    def getlist(self, name: str) -> list[str]:
        """Every value."""

    def __iter__(self) -> Any:
        """Every name."""


def read(shape: Shape, path: str, sent: Fields) -> Any:
    """The value at a place as it was typed; None where it is not offered."""
    if shape.optional and shape.kind in ("object", "span") and sent.get(f"{path}~has", "") != "1":
        return None
    if shape.kind == "object":
        return _object(shape, path, sent)
    if shape.kind == "span":
        return _span(path, sent)
    if shape.kind == "list":
        return _list(shape, path, sent)
    if shape.kind == "table":
        return _table(shape, path, sent)
    if shape.kind == "flag":
        return sent.get(path, "") == "1"
    typed = str(sent.get(path, "")).strip()
    if not typed and shape.optional:
        return None
    return number(typed, shape.unit, str(sent.get(f"{path}~unit", "")), str(sent.get(f"{path}~currency", ""))) if shape.kind == "number" else typed


def _object(shape: Shape, path: str, sent: Fields) -> dict[str, Any]:
    held = {name: read(inner, f"{path}.{name}", sent) for name, inner in shape.inside.items()}
    money = currency_of(held)
    for name, inner in shape.inside.items():
        if inner.kind == "number" and inner.unit == "minor" and f"{path}.{name}" in sent:
            held[name] = None if inner.optional and not str(sent.get(f"{path}.{name}")).strip() else number(str(sent.get(f"{path}.{name}")).strip(), "minor", "", money)
    # What is not needed and says nothing is left out, as documents write it.
    return {name: value for name, value in held.items() if shape.inside[name].needed or value not in (None, "", [], {}, shape.inside[name].default)}


def _list(shape: Shape, path: str, sent: Fields) -> list[Any]:
    if shape.item.kind == "choice" and shape.item.choices:
        return [code for code in sent.getlist(path) if code in shape.item.choices]
    if not shape.item.inside and shape.item.kind != "span":
        parts = [part.strip() for part in _SEVERAL.split(str(sent.get(path, ""))) if part.strip()]
        return [number(part, shape.unit, str(sent.get(f"{path}~unit", "")), "") for part in parts] if shape.item.kind == "number" else parts
    places = sorted({int(m[1]) for name in sent if (m := re.match(re.escape(path) + r"\[(\d{1,4})\]", name))})[:MOST_ROWS]
    return [read(shape.item, f"{path}[{n}]", sent) for n in places]


def _table(shape: Shape, path: str, sent: Fields) -> dict[str, Any]:
    names = dict.fromkeys(m[1] for name in sent if (m := re.match(re.escape(path) + r"\.(\w+)", name)))
    held = {}
    for name in names:
        if shape.item.kind in ("object", "span", "list", "table") or str(sent.get(f"{path}.{name}", "")).strip():
            renamed = str(sent.get(f"{path}.{name}~key", name)).strip()
            held[renamed if KEY.fullmatch(renamed) or renamed in shape.choices else name] = read(shape.item, f"{path}.{name}", sent)
    return held


def _span(path: str, sent: Fields) -> dict[str, Any]:
    kind, _, unit = str(sent.get(f"{path}~kind", "")).partition(":")
    if kind.startswith("cutoff"):
        held: dict[str, Any] = {"kind": "cutoff", "before": minutes(str(sent.get(f"{path}~before", ""))), "by": minutes(str(sent.get(f"{path}~by", "")))}
        return held | ({"next_working": True} if kind == "cutoff_working" else {})
    return {"kind": kind, "amount": number(str(sent.get(f"{path}~amount", "")).strip(), "seconds" if unit else "", unit, "")}


def minutes(text: str) -> Any:
    """18:00 as minutes of the day; what is no time stays as it is."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text.strip())
    return int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else text


def number(typed: str, kind: str, unit: str, currency: str) -> Any:
    """A whole number of the smallest unit out of what was typed: 48 (hours), 12.5 (percent), 199.00 (yuan); what is none stays as it was typed."""
    factor = {"basis_points": 100, "minor": 10 ** exponent(currency_of({"currency": currency}))}.get(kind, int(unit) if unit.isdecimal() and 0 < int(unit) <= 86_400 * 31 else 1)
    try:
        exact = Decimal(typed.replace(",", "").removesuffix("%")) * factor
    except InvalidOperation:
        return typed
    return int(exact) if exact.is_finite() and exact == exact.to_integral_value() and abs(exact) < 10**15 else typed


def act(shape: Shape, path: str, held: Any, do: str, new_key: str = "") -> Any | Refusal:
    """What a button makes of a part: `add`, `remove`, `up`, `down` a row, `offer` or `drop` what may be left out. The place is given in full; an unknown one changes nothing."""
    verb, _, where = do.partition("|")
    rest = steps(where)[len(steps(path)):]
    if not where.startswith(path):
        return held
    return _act(shape, held, rest, verb, new_key)


def _act(shape: Shape, held: Any, rest: Sequence[str | int], verb: str, new_key: str) -> Any | Refusal:
    if not rest:
        return _here(shape, held, verb, new_key)
    step, deeper = rest[0], rest[1:]
    if shape.kind == "list" and isinstance(held, list) and isinstance(step, int) and step < len(held):
        if not deeper and verb in ("remove", "up", "down"):
            return _moved(held, step, verb)
        made = _act(shape.item, held[step], deeper, verb, new_key)
        return made if isinstance(made, Refusal) else [*held[:step], made, *held[step + 1:]]
    inner = shape.item if shape.kind == "table" else shape.inside.get(str(step))
    if inner is None or not isinstance(held, dict):
        return held
    if not deeper and verb in ("remove", "drop") and (shape.kind == "table" or not inner.needed):
        return {k: v for k, v in held.items() if k != step}
    made = _act(inner, held.get(str(step)), deeper, verb, new_key)
    return made if isinstance(made, Refusal) else held | {str(step): made}


def _here(shape: Shape, held: Any, verb: str, new_key: str) -> Any | Refusal:
    if verb == "offer" and held is None:
        return empty(shape)
    if verb == "drop":
        return None
    if verb != "add":
        return held
    if shape.kind == "list":
        return [*(held or []), empty(shape.item)] if len(held or []) < MOST_ROWS else held
    if shape.kind == "table":
        name = new_key.strip()
        if name in (held or {}):
            return Refusal("pack_key_taken", {"key": name}, "key")
        if not KEY.fullmatch(name) or (shape.choices and name not in shape.choices):
            return Refusal("pack_key_wrong", {}, "key")
        return {**(held or {}), name: empty(shape.item)}
    return held


def _moved(rows: list[Any], at: int, verb: str) -> list[Any]:
    made = list(rows)
    row = made.pop(at)
    if verb != "remove":
        made.insert(max(0, at - 1) if verb == "up" else at + 1, row)
    return made
