"""Strategies as JSON: written, read with everything wrong at once, and the published schema (SA-6)."""

import re
from collections.abc import Mapping
from typing import Any

from amends.core.refusal import Refusal
from amends.core.strategy import MODES, MOST_CEL, MOST_CONDITIONS, MOST_NAME, MOST_ROWS, MOST_VALUES, Action, Active, Condition, Limits, Row, Table, commands_at
from amends.core.strategy_facts import CATALOGUE, OPERATORS, STATES

FORMAT = "amends-strategies/1"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LIMITS = ("amount", "per_buyer", "per_day", "amount_per_day", "amount_per_buyer")


def encode_row(row: Row) -> dict[str, Any]:
    """One row as JSON has it."""
    return {
        "id": row.id, "name": row.name, "conditions": [{"fact": c.fact, "op": c.op, "value": c.value} for c in row.conditions], "cel": row.cel,
        "action": {"command": row.action.command, "fields": dict(row.action.fields)}, "limits": {name: getattr(row.limits, name) for name in _LIMITS},
        "active": {"since": row.active.since, "until": row.active.until, "weekdays": list(row.active.weekdays), "hours": list(row.active.hours)}, "mode": row.mode,
    }


def encode_rows(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """Rows as JSON has them, in order."""
    return [encode_row(row) for row in rows]


def encode(table: Table) -> dict[str, Any]:
    """A whole table, as it is exported."""
    return {"format": FORMAT, "kind": table.kind, "node": table.node, "version": table.version, "rows": encode_rows(table.rows)}


class _Reader:
    """Reads a value after another and gathers what is wrong, each with its path."""

    def __init__(self) -> None:
        self.wrong: list[Refusal] = []

    def expect(self, value: Any, kind: type | tuple[type, ...], path: str, zh: str, en: str, empty: Any) -> Any:
        if isinstance(value, bool) and kind is not bool:
            value = None if value is False and kind is int else [value]
        if value is None:
            return empty
        if not isinstance(value, kind) or (isinstance(value, str) and "\x00" in value):
            self.wrong.append(Refusal("strategy_shape", {"zh": zh, "en": en}, path))
            return empty
        return value

    def text(self, value: Any, path: str) -> str:
        return str(self.expect(value, str, path, "文字", "a text", "")).strip()

    def things(self, value: Any, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.expect(value, dict, path, "一组内容 {}", "an object {}", {})
        return found

    def listed(self, value: Any, path: str, most: int) -> list[Any]:
        found: list[Any] = self.expect(value, list, path, "列表 []", "a list []", [])
        if len(found) > most:
            self.wrong.append(Refusal("strategy_too_many", {"most": most, "now": len(found)}, path))
        return found[:most]

    def only(self, given: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
        self.wrong += [Refusal("strategy_key_unknown", {"name": str(name)}, f"{path}.{name}") for name in given if name not in known]


def decode_rows(given: Any, new_id: Any = None) -> tuple[tuple[Row, ...], list[Refusal]]:
    """Rows out of JSON, with all that is wrong in their form. `new_id` makes ids for rows that have none; without it such a row is refused.

    Whether they make sense is `strategy_check.check`'s to say; it names the same paths.
    """
    reader = _Reader()
    rows = [_row(reader, one, f"rows[{i}]", new_id) for i, one in enumerate(reader.listed(given, "rows", MOST_ROWS))]
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if not _UUID.fullmatch(row.id) or row.id in seen:
            reader.wrong.append(Refusal("strategy_id_wrong", {"id": row.id[:40]}, f"rows[{i}].id"))
        seen.add(row.id)
    return tuple(rows), reader.wrong


def _row(reader: _Reader, given: Any, path: str, new_id: Any) -> Row:
    one = reader.things(given, path)
    reader.only(one, ("id", "name", "conditions", "cel", "action", "limits", "active", "mode"), path)
    action, active, limits = (reader.things(one.get(name), f"{path}.{name}") for name in ("action", "active", "limits"))
    reader.only(action, ("command", "fields"), f"{path}.action")
    reader.only(active, ("since", "until", "weekdays", "hours"), f"{path}.active")
    reader.only(limits, _LIMITS, f"{path}.limits")
    hours = [reader.text(h, f"{path}.active.hours") for h in reader.listed(active.get("hours"), f"{path}.active.hours", 2)]
    mode = reader.text(one.get("mode"), f"{path}.mode") or "off"
    if mode not in MODES:
        reader.wrong.append(Refusal("strategy_mode_wrong", {}, f"{path}.mode"))
    return Row(
        reader.text(one.get("id"), f"{path}.id").lower() or (str(new_id()) if new_id else ""), reader.text(one.get("name"), f"{path}.name"),
        tuple(_condition(reader, c, f"{path}.conditions[{i}]") for i, c in enumerate(reader.listed(one.get("conditions"), f"{path}.conditions", MOST_CONDITIONS))),
        reader.text(one.get("cel"), f"{path}.cel"),
        Action(reader.text(action.get("command"), f"{path}.action.command"), dict(reader.things(action.get("fields"), f"{path}.action.fields"))),
        Limits(*(reader.expect(limits.get(name), int, f"{path}.limits.{name}", "整数", "a whole number", None) for name in _LIMITS)),
        Active(
            reader.text(active.get("since"), f"{path}.active.since"), reader.text(active.get("until"), f"{path}.active.until"),
            tuple(reader.expect(d, int, f"{path}.active.weekdays", "0 到 6", "0 to 6", -1) for d in reader.listed(active.get("weekdays"), f"{path}.active.weekdays", 7)),
            (hours[0], hours[1]) if len(hours) == 2 else ("", "") if not hours else (hours[0], ""),
        ),
        mode if mode in MODES else "off",
    )


def _condition(reader: _Reader, given: Any, path: str) -> Condition:
    one = reader.things(given, path)
    reader.only(one, ("fact", "op", "value"), path)
    value = one.get("value")
    if isinstance(value, list):
        value = tuple(reader.listed(value, f"{path}.value", MOST_VALUES))
    elif isinstance(value, dict):
        value = reader.expect(value, (str, int, float, list), f"{path}.value", "一个值或列表", "a value or a list", None)
    return Condition(reader.text(one.get("fact"), f"{path}.fact"), reader.text(one.get("op"), f"{path}.op"), value)


def decode(document: Any, new_id: Any = None) -> tuple[Table | None, list[Refusal]]:
    """A table out of an exported document. None when it is no such document."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return None, [Refusal("strategy_not_json")]
    kind, node = str(document.get("kind")), str(document.get("node"))
    if (kind, node) not in STATES:
        return None, [Refusal("strategy_node_unknown", {"kind": kind[:40], "node": node[:40]}, "node")]
    rows, wrong = decode_rows(document.get("rows"), new_id)
    return Table(node, kind, 0, rows), wrong


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an exported table, read off the catalogue: every fact with the operators of its type, every command of every node."""
    times = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^$"}
    day = {"type": "string", "pattern": "^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    number = {"type": ["integer", "null"], "minimum": 1}
    conditions = [
        {"properties": {"fact": {"const": f.code, "title": f"{f.zh} · {f.en}"}, "op": {"enum": list(f.operators)}}} for f in CATALOGUE
    ]
    row = {
        "type": "object", "additionalProperties": False, "required": ["name", "action"],
        "properties": {
            "id": {"type": "string", "format": "uuid"}, "name": {"type": "string", "minLength": 1, "maxLength": MOST_NAME},
            "conditions": {"type": "array", "maxItems": MOST_CONDITIONS, "items": {
                "type": "object", "additionalProperties": False, "required": ["fact", "op", "value"],
                "properties": {"fact": {"enum": [f.code for f in CATALOGUE]}, "op": {"enum": list(OPERATORS)}, "value": {}}, "oneOf": conditions,
            }},
            "cel": {"type": "string", "maxLength": MOST_CEL},
            "action": {"type": "object", "additionalProperties": False, "required": ["command"], "properties": {
                "command": {"enum": sorted({name for at in STATES for name in commands_at(*at)})}, "fields": {"type": "object"}}},
            "limits": {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(_LIMITS, number)},
            "active": {"type": "object", "additionalProperties": False, "properties": {
                "since": day, "until": day, "weekdays": {"type": "array", "maxItems": 7, "items": {"type": "integer", "minimum": 0, "maximum": 6}},
                "hours": {"type": "array", "minItems": 2, "maxItems": 2, "items": times}}},
            "mode": {"enum": list(MODES)},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Amends strategies", "type": "object", "additionalProperties": False,
        "required": ["format", "kind", "node", "rows"],
        "properties": {
            "format": {"const": FORMAT}, "kind": {"enum": sorted({k for k, _ in STATES})}, "node": {"enum": ["review", "receipt", "processing"]},
            "version": {"type": "integer", "minimum": 0}, "rows": {"type": "array", "maxItems": MOST_ROWS, "items": row},
        },
    }
