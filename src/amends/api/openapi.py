"""The OpenAPI 3.1 document, built from the case tables, the list of operations and the shapes. `amends docs` writes it; nothing is typed twice."""

import json
from functools import cache
from typing import Any

import msgspec

from amends.api import answers, application_shapes, forms, parameters, shop_shapes
from amends.api.bodies import command_schema
from amends.api.collections import COLLECTIONS, commands
from amends.api.examples import AN_ID, command_example, has_words
from amends.api.operations import MOST_IN_BATCH, Operation, every
from amends.api.shapes import BatchResult, Case, CasePage, Done, EventPage, Foreseen, Problem

SHAPES: tuple[type, ...] = (
    Case, CasePage, EventPage, Done, Foreseen, BatchResult, Problem, application_shapes.Applied, application_shapes.Options, application_shapes.BuyerLink, application_shapes.Photo,
    shop_shapes.Order, shop_shapes.OrderPage, shop_shapes.OrdersTaken, shop_shapes.Merchant, shop_shapes.MerchantPage, shop_shapes.StaffPage,
    shop_shapes.Stock, shop_shapes.StockPage, shop_shapes.Pack, shop_shapes.PackPage,
)
PICTURES = ("image/jpeg", "image/png", "image/webp")
REF = "#/components/schemas/{name}"
VERSION = "1.0.0"
ABOUT = """善后 Amends 的 HTTP 接口：每张案例表的每个操作都是一个地址。
The HTTP interface of Amends: every command of every case table is one address.

- **密钥 Keys**: `Authorization: Bearer …`。密钥的权限就是它能做的事；没有的，回答 403 并写明缺哪一项。A key may do what its permissions say; anything else answers 403 and names the missing one.
- **替客户、承运商转达 Speaking for others**: 店铺系统用 `Acting-As: buyer/<客户号>` 转达客户的操作，需要 `speak_for_buyer`。A shop's system passes on what its buyer said; the buyer must be the case's.
- **只做一次 Once**: 每个 POST 带 `Idempotency-Key`；同键同内容，回答相同；同键不同内容，422。Same key and body: same answer; same key, another body: 422.
- **先看后做 Look first**: `?dry_run=true` 只说会发生什么，不写任何东西。Says what would follow and writes nothing.
- **版本 Versions**: `ETag` 是案例版本；带 `If-Match`，别人先动过就回答 412。`ETag` is the case's version; with `If-Match`, 412 if somebody was quicker.
- **拒绝 Refusals**: RFC 9457；`code` 给程序，`detail` 给人，按 `Accept-Language` 用中文或英文。`code` is for machines, `detail` for people.
- **金额 Money**: 整数，货币最小单位（分）。Whole minor units of the currency.
"""


@cache
def document() -> dict[str, Any]:
    """The whole document as JSON-ready data; the same for every caller."""
    paths: dict[str, Any] = {}
    for op in every():
        paths.setdefault(op.path, {})[op.method] = _operation(op)
    return {
        "openapi": "3.1.0",
        "info": {"title": "善后 Amends API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "tags": [{"name": name} for name in dict.fromkeys(op.tag for op in every())],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "API 密钥 · An API key"}},
            "parameters": parameters.PARAMETERS, "headers": answers.HEADERS, "responses": answers.problems(), "schemas": _schemas(),
        },
    }


def text() -> str:
    """The document as it stands in docs/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(op: Operation) -> dict[str, Any]:
    out: dict[str, Any] = {"operationId": op.id, "summary": f"{op.zh} · {op.en}", "tags": [op.tag], "x-permission": op.needs}
    if op.about:
        out["description"] = op.about
    out["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in (*parameters.in_path(op.path), "Accept-Language", *op.takes)]
    if op.body == "@photo":
        out["requestBody"] = {"required": True, "content": {kind: {"schema": {}} for kind in PICTURES}}
    elif op.body:
        content: dict[str, Any] = {"schema": {"$ref": REF.format(name=op.body)}}
        if examples := _examples(op):
            content["examples"] = examples
        out["requestBody"] = {"required": True, "content": {"application/json": content}}
    out["responses"] = answers.of(op)
    return out


def _examples(op: Operation) -> dict[str, Any]:
    languages = {"zh": "中文", "en": "English"}
    if op.body in forms.EXAMPLES:
        given = forms.EXAMPLES[op.body]
        return {lang: {"summary": languages[lang], "value": value} for lang, value in given.items()}
    for machine in COLLECTIONS.values():
        if op.command and op.body.startswith(f"{machine.kind}.{op.command}"):
            command = machine.commands[op.command]
            shown = languages if has_words(command) else {"zh": "例 · Example"}
            return {lang: {"summary": label, "value": _wrap(op, command_example(command, lang))} for lang, label in shown.items()}
    return {}


def _wrap(op: Operation, fields: dict[str, Any]) -> dict[str, Any]:
    return {"items": [{"id": AN_ID, "version": 3}], "fields": fields} if op.body.endswith(".batch") else fields


def _schemas() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(SHAPES, ref_template=REF)
    schemas |= forms.schemas()
    for collection, machine in COLLECTIONS.items():
        name = "".join(part.capitalize() for part in machine.kind.split("_"))
        states = {"type": "string", "enum": list(machine.states)}
        schemas[name] = {"title": name, "allOf": [{"$ref": REF.format(name="Case")}, {"type": "object", "properties": {"state": states}}]}
        for verb in commands(machine):
            command = machine.commands[verb]
            schemas[f"{machine.kind}.{verb}"] = command_schema(command)
            schemas[f"{machine.kind}.{verb}.batch"] = _batch_schema(command_schema(command, whole=False), collection)
    return schemas


def _batch_schema(fields: dict[str, Any], collection: str) -> dict[str, Any]:
    item = {
        "type": "object", "additionalProperties": False, "required": ["id"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer", "minimum": 1}, "fields": fields},
    }
    return {
        "type": "object", "additionalProperties": False, "required": ["items"],
        "description": f"`fields` 用于每一单；单内的 `fields` 优先。 · `fields` go for every one of the {collection}; an item's own come first.",
        "properties": {"items": {"type": "array", "minItems": 1, "maxItems": MOST_IN_BATCH, "items": item}, "fields": fields},
    }
