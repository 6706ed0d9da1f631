"""The JSON body of a command: its schema, read off the verb's fields, and the strict reading of what was sent."""

import re
from collections.abc import Mapping
from dataclasses import Field
from typing import Any

from amends.core.commands import Command, build, inputs
from amends.core.refusal import Refusal

MINOR_UNITS = "整数，货币最小单位（人民币为分） · whole minor units of the case's currency (分 for CNY)"
_NOTES = {
    "money": MINOR_UNITS,
    "instant": "RFC 3339，须带时区 · RFC 3339 with an offset",
    "photos": "已上传照片的编号 · ids of photos already filed",
    "person": "员工编号，见 /staff · id of a member of staff, see /staff",
    "codes": "规则包里的情形代号 · codes of findings that the pack names",
    "address": "退货地址编号，见 /merchants/{id} · id of a return address, see /merchants/{id}",
}
WORDS = ("rules",)
"""Lists of words of the pack, not of ids."""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def command_schema(command: type[Command], *, whole: bool = True) -> dict[str, Any]:
    """The JSON Schema of one command's body; not `whole` makes every field optional, as in a batch's shared fields."""
    fields = {i.name: _field(i) for i in inputs(command)}
    out: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": fields}
    required = [i.name for i in inputs(command) if i.metadata["required"]]
    if whole and required:
        out["required"] = required
    return out


def _field(item: Field[Any]) -> dict[str, Any]:
    meta, kind = item.metadata, item.metadata["kind"]
    zh, _, en = _NOTES.get(kind, "").partition(" · ")
    out: dict[str, Any] = {"description": f"{meta['zh']}{'：' if zh else ''}{zh} · {meta['en']}{': ' if en else ''}{en}"}
    if kind in ("money", "count"):
        return out | {"type": "integer", "minimum": meta["least"], "maximum": meta["most"]}
    if kind == "flag":
        return out | {"type": "boolean"}
    if item.name in WORDS:
        return out | {"type": "array", "maxItems": meta["most"], "items": {"type": "string", "minLength": 1, "maxLength": 64}} | ({"minItems": 1} if meta["required"] else {})
    if kind == "codes":
        return out | {"type": "array", "maxItems": meta["most"], "uniqueItems": True, "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}}
    if kind in ("photos", "lines"):
        return out | {"type": "array", "maxItems": meta["most"], "items": {"type": "string", "format": "uuid"}}
    if kind == "choice":
        return out | {"type": "string", "enum": list(meta["choices"])}
    if kind == "instant":
        return out | {"type": "string", "format": "date-time"}
    if kind in ("address", "person"):
        return out | {"type": "string", "format": "uuid"}
    return out | {"type": "string", "maxLength": meta["most"]} | ({"pattern": r"\S"} if meta["required"] else {})


def read_command(command: type[Command], body: Mapping[str, Any]) -> tuple[Command | None, list[Refusal]]:
    """A command out of a JSON object, or everything wrong with it. JSON knows numbers and booleans, so text is not taken for one."""
    wrong = [Refusal("wrong_kind", {"zh": i.metadata["zh"], "en": i.metadata["en"]}, i.name) for i in inputs(command) if not _is_json_kind(i, body.get(i.name))]
    named = {refusal.field for refusal in wrong}
    made, more = build(command, {k: v for k, v in body.items() if k not in named})
    wrong += [refusal for refusal in more if refusal.field not in named]
    return (None if wrong else made), wrong


def _is_json_kind(item: Field[Any], value: Any) -> bool:
    kind = item.metadata["kind"]
    if value is None:
        return True
    if kind in ("money", "count"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "flag":
        return isinstance(value, bool)
    if item.name in WORDS:
        return isinstance(value, list) and all(isinstance(v, str) and "\x00" not in v for v in value)
    if kind == "codes":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if kind in ("photos", "lines"):
        return isinstance(value, list) and all(isinstance(v, str) and UUID.fullmatch(v) for v in value)
    return isinstance(value, str)
