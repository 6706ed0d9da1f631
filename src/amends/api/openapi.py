"""The OpenAPI 3.1 document, built from the case tables, the list of operations and the shapes. `amends docs` writes it; nothing is typed twice."""

import json
from functools import cache
from typing import Any

import msgspec

from amends.api import (
    answers,
    application_shapes,
    buyer_data_shapes,
    clock_shapes,
    compensation_shapes,
    dispute_shapes,
    dossier_shapes,
    forms,
    keyword_shapes,
    ledger_shapes,
    mailbox_shapes,
    order_shapes,
    pack_shapes,
    parameters,
    parcel_shapes,
    shop_shapes,
    stock_shapes,
    strategy_shapes,
    ticket_shapes,
)
from amends.api.bodies import command_schema
from amends.api.collections import COLLECTIONS, commands
from amends.api.examples import AN_ID, command_example, has_words
from amends.api.operations import MOST_IN_BATCH, Operation, every
from amends.api.shapes import BatchResult, Case, CasePage, Done, EventPage, Foreseen, Problem

SHAPES: tuple[type, ...] = (
    Case, CasePage, EventPage, Done, Foreseen, BatchResult, Problem, application_shapes.Applied, application_shapes.Cancelled, application_shapes.Options, application_shapes.BuyerLink, application_shapes.Photo,
    shop_shapes.Order, shop_shapes.OrderPage, shop_shapes.OrdersTaken, shop_shapes.ReceiptConfirmed, shop_shapes.Merchant, shop_shapes.MerchantPage, shop_shapes.StaffPage,
    shop_shapes.Pack, shop_shapes.PackPage, stock_shapes.Stock, stock_shapes.StockPage, stock_shapes.StockCounted, stock_shapes.StockTold, stock_shapes.HoldPage, stock_shapes.StockMovePage,
    stock_shapes.Connector, parcel_shapes.ParcelPage, parcel_shapes.ParcelTrace,
    ledger_shapes.Balances, ledger_shapes.LedgerPage, ledger_shapes.RefundRequestPage,
    order_shapes.OrderWorked, order_shapes.ShipResults, order_shapes.ChangeBegun, order_shapes.ChangeLooked, order_shapes.ChangeSaved, order_shapes.ChangeEnded,
    order_shapes.OrderChangePage, order_shapes.Urged, order_shapes.UrgePage, order_shapes.UrgeAnswered, order_shapes.CouponsKept,
    *clock_shapes.SHAPES, *dossier_shapes.SHAPES, *compensation_shapes.SHAPES, *pack_shapes.SHAPES, *strategy_shapes.SHAPES, *keyword_shapes.SHAPES, *ticket_shapes.SHAPES, *mailbox_shapes.SHAPES, *buyer_data_shapes.SHAPES, *dispute_shapes.SHAPES,
)
PICTURES = ("image/jpeg", "image/png", "image/webp")
BINARY: dict[str, tuple[str, ...]] = {"@photo": PICTURES, "@evidence": (*PICTURES, "application/pdf", "video/mp4", "video/webm")}
"""Bodies that are files, by what they may be."""
REF = "#/components/schemas/{name}"
VERSION = "1.0.0"
ABOUT = (
    ("概要", "善后 Amends 的 HTTP 接口：每张案例表的每个操作都是一个地址。", "In short", "The HTTP interface of Amends: every command of every case table is one address."),
    ("密钥", "每个请求带 `Authorization: Bearer amk_…`。密钥的权限就是它能做的事；没有的回答 403，并写明缺哪一项。",
     "Keys", "Every request carries `Authorization: Bearer amk_…`. A key may do what its permissions say; anything else answers 403 and names the missing one."),
    ("由人决定", "判责、复核、改判和平台代商家决定要由本人登录操作：密钥一律回答 403 `decided_signed_in`，这样复核的一定是另一个人。",
     "Decided by people", "Judgements, their confirmation and decisions in a merchant's place are made signed in: a key answers 403 `decided_signed_in`, so that the second pair of eyes is another person's."),
    ("替客户、承运商转达", "店铺系统用 `Acting-As: buyer/客户号` 转达客户的操作，需要 `speak_for_buyer`；客户必须是这一单的客户。",
     "Speaking for others", "A shop's system passes on what its buyer said with `Acting-As: buyer/id`, which needs `speak_for_buyer`; the buyer must be the case's."),
    ("只做一次", "每个 POST 带 `Idempotency-Key`。同键同内容，回答相同；同键不同内容，回答 422。被拒绝的可以用同一个键再试。",
     "Once", "Every POST carries an `Idempotency-Key`. Same key and body: same answer. Same key, another body: 422. What was refused may be tried again under its key."),
    ("先看后做", "`?dry_run=true` 只说会发生什么，不写任何东西。", "Look first", "`?dry_run=true` says what would follow and writes nothing."),
    ("版本", "`ETag` 是案例的版本。带 `If-Match` 时，如果别人先动过，回答 412，并写明谁做了什么。",
     "Versions", "The `ETag` is the case's version. With `If-Match`, 412 if somebody was quicker, and who did what."),
    ("拒绝", "RFC 9457：`code` 给程序，`detail` 给人，按 `Accept-Language` 用中文或英文。409 写明当前状态和此刻可用的操作。",
     "Refusals", "RFC 9457: `code` is for machines, `detail` for people, in the language of `Accept-Language`. 409 says the present state and what is possible now."),
    ("金额", "整数，货币最小单位：人民币为分。", "Money", "Whole minor units of the currency: 分 for CNY."),
    ("次数", "每个密钥每分钟有上限，`RateLimit` 写明还剩多少；超过回答 429 和 `Retry-After`。",
     "Limits", "Each key has so many requests a minute; `RateLimit` says what is left. Past it, 429 with `Retry-After`."),
)
TAGS = {
    "service-orders": "服务单 · Service orders", "cancellations": "取消订单 · Cancellations", "disputes": "纠纷单 · Disputes", "tickets": "工单 · Tickets", "openings": "开通申请 · Openings",
    "orders": "订单 · Orders", "parcels": "包裹 · Parcels", "stock": "库存 · Stock", "merchants": "商家 · Merchants", "staff": "员工 · Staff", "packs": "规则包 · Policy packs", "clocks": "时限 · Clocks", "compensations": "赔付与补偿 · Compensation", "ledger": "账目 · Ledger", "strategies": "自动化策略 · Strategies", "keywords": "关键词告警 · Keyword alerts", "mailboxes": "邮箱 · Mailboxes", "buyer-data": "客户个人信息 · Buyers' data",
}


@cache
def document() -> dict[str, Any]:
    """The whole document as JSON-ready data; the same for every caller."""
    paths: dict[str, Any] = {}
    for op in every():
        paths.setdefault(op.path, {})[op.method] = _operation(op)
    return {
        "openapi": "3.1.0",
        "info": {"title": "善后 Amends API", "version": VERSION, "description": _about()},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": TAGS[name]} for name in dict.fromkeys(op.tag for op in every())],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "API 密钥 · An API key"}},
            "parameters": parameters.PARAMETERS, "headers": answers.HEADERS, "responses": answers.problems(), "schemas": _schemas(),
        },
    }


def _about() -> str:
    return "\n\n".join([f"**{zh}** {text}" for zh, text, _, _ in ABOUT] + [f"**{en}** {text}" for _, _, en, text in ABOUT])


def text() -> str:
    """The document as it stands in docs/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(op: Operation) -> dict[str, Any]:
    out: dict[str, Any] = {"operationId": op.id, "summary": f"{op.zh} · {op.en}", "tags": [op.tag], "x-permission": op.needs}
    if op.about:
        out["description"] = op.about
    out["parameters"] = [{"$ref": f"#/components/parameters/{name}"} for name in (*parameters.in_path(op.path), "Accept-Language", *op.takes)]
    if op.body in BINARY:
        out["requestBody"] = {"required": True, "content": {kind: {"schema": {}} for kind in BINARY[op.body]}}
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
