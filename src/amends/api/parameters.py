"""Parameters of the API by name: what may stand in a path, a query or a header."""

import re
from typing import Any

from amends.core.compensation import KINDS as COMPENSATIONS
from amends.core.compensation import STATES as COMPENSATION_STATES
from amends.core.ledger import KINDS
from amends.core.strategy_keys import KEYS
from amends.core.what_if import KINDS as DIFFERENCES
from amends.engine.cancellation import SOURCES

_ID = {"type": "string", "format": "uuid"}
_INSTANT = {"type": "string", "format": "date-time"}
_WORD = {"type": "string", "maxLength": 64, "minLength": 1}


def _in(where: str, name: str, schema: dict[str, Any], about: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "description": about, "schema": schema}


PARAMETERS: dict[str, Any] = {
    "id": _in("path", "id", _ID, "编号（UUID） · The id", required=True),
    "sku": _in("path", "sku", {"type": "string", "minLength": 1, "maxLength": 64}, "SKU", required=True),
    "pack": _in("path", "pack", {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,40}$"}, "规则包 · The policy pack", required=True),
    "table": _in("path", "table", {"type": "string", "enum": list(KEYS)}, "哪个环节的策略 · The stage", required=True),
    "version": _in("path", "version", {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, "版本 · The version", required=True),
    "difference_kind": _in("query", "difference_kind", {"type": "string", "enum": list(DIFFERENCES)}, "哪一种差异 · Which kind of difference"),
    "merchant_id": _in("query", "merchant_id", _ID, "平台密钥必须指明商家；商家密钥不用填 · Which merchant; needed with a key of the platform only"),
    "dry_run": _in("query", "dry_run", {"type": "boolean", "default": False}, "只看结果，不写入（SO-33） · Say what would follow, write nothing"),
    "days": _in("query", "days", {"type": "integer", "minimum": 1, "maximum": 180, "default": 90}, "看最近多少天 · How many days back"),
    "reveal": _in("query", "reveal", {"type": "boolean", "default": False}, "个人信息不打码，需要 `reveal_personal_data`，每次都有记录 · Personal data in full; needs `reveal_personal_data`, and is put on record each time"),
    "paper": _in("query", "paper", {"type": "string", "enum": ["zh-CN", "en"], "default": "zh-CN"}, "卷宗 PDF 的语言；JSON 与语言无关 · The language of the paper; the JSON is the same in both"),
    "limit": _in("query", "limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "每页条数 · How many a page"),
    "cursor": _in("query", "cursor", {"type": "string", "maxLength": 512}, "上一页的 `next` · The `next` of the page before"),
    "state": _in("query", "state", {"type": "string", "maxLength": 400}, "状态，可用逗号列出多个 · States, with commas"),
    "type": _in("query", "type", _WORD, "类型 · Type"),
    "expectation": _in("query", "expectation", _WORD, "客户期望 · What the buyer asked for"),
    "order_id": _in("query", "order_id", _ID, "订单 · The order"),
    "buyer_id": _in("query", "buyer_id", _WORD, "客户号 · The shop's buyer id"),
    "number": _in("query", "number", _WORD, "单号 · The number people see"),
    "assignee": _in("query", "assignee", _ID, "处理人 · The person who claimed it"),
    "waits_on": _in("query", "waits_on", {"type": "string", "enum": ["buyer", "merchant", "platform", "carrier", "system"]}, "等待谁 · Who must act"),
    "open": _in("query", "open", {"type": "boolean"}, "未结束的 · Not ended yet"),
    "opened_from": _in("query", "opened_from", _INSTANT, "申请时间起（含） · Opened at or after"),
    "opened_to": _in("query", "opened_to", _INSTANT, "申请时间止（不含） · Opened before"),
    "due_before": _in("query", "due_before", _INSTANT, "此时之前到期 · Due before"),
    "source": _in("query", "source", {"type": "string", "maxLength": 200}, "来源，可用逗号列出多个：" + "、".join(SOURCES) + " · Where it came from, with commas"),
    "scenario": _in("query", "scenario", {"type": "string", "maxLength": 400}, "纠纷类型，可用逗号列出多个 · What disputes are about, with commas"),
    "plan": _in("query", "plan", {"type": "string", "maxLength": 200}, "商家选的方案，可用逗号列出多个；`none` 是还没选 · The plan chosen, with commas; `none`: not yet (DI-2)"),
    "parent_id": _in("query", "parent_id", _ID, "针对的取消订单或服务单 · The case in dispute"),
    "updated_from": _in("query", "updated_from", _INSTANT, "变更时间起（含） · Changed at or after"),
    "updated_to": _in("query", "updated_to", _INSTANT, "变更时间止（不含） · Changed before"),
    "sort": _in("query", "sort", {"type": "string", "enum": ["opened_at", "due_at", "updated_at"], "default": "opened_at"},
                "新申请在前；先到期在前（只列有期限的）；或最久没变的在前，便于增量同步 · Newest first; soonest due first (those with a clock); or longest unchanged first, for readers that fetch what is new"),
    "placed_from": _in("query", "placed_from", _INSTANT, "下单时间起（含） · Placed at or after"),
    "placed_to": _in("query", "placed_to", _INSTANT, "下单时间止（不含） · Placed before"),
    "account": _in("query", "account", {"type": "string", "maxLength": 90, "minLength": 1, "examples": ["merchant_settlement", "provider:wepay"]}, "账户 · An account of the ledger"),
    "currency": _in("query", "currency", {"type": "string", "pattern": "^[A-Z]{3}$"}, "币种 · ISO 4217 currency"),
    "entry_kind": _in("query", "entry_kind", {"type": "string", "enum": list(KINDS)}, "事项 · What happened"),
    "case_id": _in("query", "case_id", _ID, "单据 · The case"),
    "since": _in("query", "since", _INSTANT, "时间起（含） · At or after"),
    "until": _in("query", "until", _INSTANT, "时间止（不含） · Before"),
    "request_state": _in("query", "request_state", {"type": "string", "enum": ["requested", "moved", "failed", "cancelled"]}, "请求的状态 · Where the request is"),
    "provider": _in("query", "provider", _WORD, "支付渠道；`manual` 是人工转账 · The provider; `manual` is by hand"),
    "case": _in("query", "case", _ID, "单据，含其订单发出的包裹 · The case, with the parcels its order went out in"),
    "order": _in("query", "order", _ID, "订单 · The order"),
    "waybill": _in("query", "waybill", _WORD, "运单号 · The waybill"),
    "warehouse": _in("query", "warehouse", {"type": "string", "maxLength": 64, "default": ""}, "仓库，空为默认仓 · The warehouse; empty is the default one"),
    "low": _in("query", "low", {"type": "boolean", "default": False}, "只看低于预警的 · Those that run low only"),
    "of_sku": _in("query", "of_sku", {"type": "string", "minLength": 1, "maxLength": 64}, "只看这个 SKU · This SKU only"),
    "answered": _in("query", "answered", {"type": "boolean", "default": False}, "已回复的 · Those answered"),
    "compensation_kind": _in("query", "compensation_kind", {"type": "string", "enum": list(COMPENSATIONS)}, "哪一种赔付 · Which kind of compensation"),
    "compensation_state": _in("query", "compensation_state", {"type": "string", "enum": list(COMPENSATION_STATES)}, "赔付的状态 · Where the compensation stands"),
    "people": _in("query", "people", {"type": "string", "maxLength": 64}, "客服的决定 · What people decided"),
    "strategy": _in("query", "strategy", {"type": "string", "maxLength": 64}, "策略的决定，空为留给人 · What the rows decide; empty is left to people"),
    "code": _in("path", "code", {"type": "string", "minLength": 1, "maxLength": 64}, "券码 · The coupon's code", required=True),
    "Accept-Language": _in("header", "Accept-Language", {"type": "string", "examples": ["zh-CN", "en"]}, "句子的语言：中文或英文 · The language of sentences"),
    "Acting-As": _in("header", "Acting-As", {"type": "string", "pattern": "^(buyer|carrier)/[!-~]{1,192}$", "examples": ["buyer/lin-88"]},
                     "替谁转达：`buyer/客户号` 或 `carrier/承运商`，非 ASCII 字符用百分号编码 · Whose word this is; percent-encode what is not ASCII"),
    "If-Match": _in("header", "If-Match", {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$', "examples": ['"3"']}, "读到的 ETag · The ETag you saw"),
    "If-None-Match": _in("header", "If-None-Match", {"type": "string", "examples": ['"3"']}, "没变就回答 304 · 304 when unchanged"),
    "Idempotency-Key": _in("header", "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
                           "每个新请求一个新键（如 UUID），重试用同一个 · A new one for each new wish, the same for a retry", required=True),
}


def in_path(path: str) -> tuple[str, ...]:
    """The names in curly brackets."""
    return tuple(re.findall(r"{(\w+)}", path))
