"""JSON records read off tables of fields: what `core.order_fields` describes, and our own of the same make. Everything wrong at once, with paths."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.api.bodies import UUID
from amends.core.order_fields import OrderField
from amends.core.refusal import Refusal

Table = Mapping[str, OrderField]
MONEY = {"$ref": "#/components/schemas/Money"}


def record_schema(table: Table, inside: Mapping[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """The JSON Schema of a record; `inside` are fields that are not in the table."""
    required = [name for name, item in table.items() if item.required]
    properties = {name: _schema(item) for name, item in table.items()} | dict(inside or {})
    return {"type": "object", "additionalProperties": False, "properties": properties} | ({"required": required} if required else {})


def _schema(item: OrderField) -> dict[str, Any]:
    label = f"{item.zh} · {item.en}"
    if item.kind == "money":
        return {"description": label, **MONEY}
    kinds: dict[str, dict[str, Any]] = {
        "count": {"type": "integer", "minimum": 0, "maximum": item.most}, "flag": {"type": "boolean"}, "instant": {"type": "string", "format": "date-time"},
        "choice": {"type": "string", "enum": list(item.choices)}, "uuid": {"type": "string", "format": "uuid"},
        "tags": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": item.most}},
        "uuids": {"type": "array", "maxItems": item.most, "items": {"type": "string", "format": "uuid"}},
    }
    return {"description": label, **kinds.get(item.kind, {"type": "string", "maxLength": item.most, **({"pattern": r"\S"} if item.required else {})})}


def read_record(body: Mapping[str, Any], table: Table, path: str, wrong: list[Refusal], besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values that stand in `body`; `besides` are names that somebody else reads. Money is not read here."""
    values: dict[str, Any] = {}
    for name, item in table.items():
        value = body.get(name)
        if value is None or value == "":
            if item.required:
                wrong.append(Refusal("required", {"zh": item.zh, "en": item.en}, path + name))
            continue
        found = _value(item, value)
        if isinstance(found, str) and found.startswith("!"):
            wrong.append(_refusal(item, found[1:], value, path + name))
        else:
            values[name] = value.strip() if isinstance(value, str) else value
    wrong += [Refusal("field_unknown", {"name": path + name}, path + name) for name in body if name not in table and name not in besides]
    return values


def _value(item: OrderField, value: Any) -> str | None:
    """None when the value is good, otherwise `!` and the code of what is wrong."""
    if item.kind == "count":
        good = isinstance(value, int) and not isinstance(value, bool)
        return None if good and 0 <= value <= item.most else "!out_of_range" if good else "!wrong_kind"
    if item.kind == "flag":
        return None if isinstance(value, bool) else "!wrong_kind"
    if item.kind == "uuids":
        good = isinstance(value, list) and all(isinstance(v, str) and UUID.fullmatch(v) for v in value)
        return None if good and len(value) <= item.most else "!out_of_range" if good else "!wrong_kind"
    if not isinstance(value, str) or "\x00" in value:
        return "!wrong_kind"
    if item.kind == "uuid":
        return None if UUID.fullmatch(value) else "!wrong_kind"
    if item.kind == "choice":
        return None if value in item.choices else "!not_a_choice"
    if item.kind == "instant":
        return None if _is_instant(value) else "!wrong_kind"
    return None if len(value) <= item.most else "!too_long"


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _refusal(item: OrderField, code: str, value: Any, path: str) -> Refusal:
    words: dict[str, Any] = {"zh": item.zh, "en": item.en}
    if code == "out_of_range":
        return Refusal("out_of_range", words | {"least": 0, "most": item.most}, path)
    if code == "not_a_choice":
        return Refusal("not_a_choice", words | {"choices": list(item.choices)}, path)
    if code == "too_long":
        return Refusal("too_long", words | {"most": item.most, "now": len(value)}, path)
    return Refusal("wrong_kind", words, path)
