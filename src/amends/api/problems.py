"""Refusals as RFC 9457 problems: a status, a stable type and code, and sentences in the caller's language (IN-1, SO-21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from amends.api.collections import PLURALS
from amends.api.naming import plain
from amends.api.shapes import FieldError, Instead, LastAct, Problem
from amends.core.machine import Machine
from amends.core.refusal import Refusal
from amends.engine.handle import Answer

STATUS = {
    "key_missing": 401, "key_refused": 401, "not_there": 404, "case_unknown": 404, "unknown_command": 404, "order_unknown": 404, "wrong_collection": 404, "method_unknown": 405,
    "version_conflict": 412, "body_too_large": 413, "body_not_json": 415, "too_often": 429, "house_broken": 500,
    "strategy_draft_moved": 412, "strategy_row_unknown": 404, "strategy_version_unknown": 404, "strategy_run_unknown": 404,
    "json_wrong": 422, "once_key_missing": 422, "once_key_reused": 422, "command_id_reused": 422, "parameter_wrong": 422, "merchant_missing": 422,
}
TITLES = {
    401: ("密钥不对", "The key is not right"), 403: ("没有权限", "Not allowed"), 404: ("没有找到", "Not found"), 405: ("方法不对", "Wrong method"),
    409: ("现在不能这样做", "Not possible now"), 412: ("版本已变", "Somebody was quicker"), 413: ("内容太大", "Too large"), 415: ("内容格式不对", "Wrong kind of body"),
    422: ("填写有误", "Something is wrong in the request"), 429: ("请求太多", "Too many requests"), 500: ("服务器出错", "The server failed"),
}
TYPE = "/api/problems/"


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal, the transport's own codes included."""
    return STATUS.get(refusal.code, refusal.status)


def problem(refusals: Sequence[Refusal], language: str, machine: Machine | None = None, **more: Any) -> Problem:
    """Everything that is wrong, in one answer. The gravest status is taken, in the order 401, 403, 404, then as listed."""
    first = min(refusals, key=lambda r: (status_of(r) not in (401, 403, 404), 0))
    status = status_of(first)
    zh, en = TITLES[status]
    said = [plain(r, language, machine) for r in refusals]
    errors = [FieldError(r.field, r.code, words) for r, words in zip(refusals, said, strict=True)] if any(r.field for r in refusals) else []
    detail = (" " if language == "en" else "").join(dict.fromkeys(f"{s}{'.' if language == 'en' else '。'}" for s in said)) if len(said) > 1 else said[0]
    code = first.code
    return Problem(TYPE + code, zh if language == "zh" else en, status, detail, code, errors, instead=_instead(first), **more)


def _instead(refusal: Refusal) -> Instead | None:
    """The collection that is the right one: on the other side of receipt (OR-5), or where a case of that id belongs."""
    kind = refusal.facts.get("instead") or refusal.facts.get("collection")
    return Instead(PLURALS[kind], f"/api/v1/{PLURALS[kind]}") if kind in PLURALS else None


def of_answer(answer: Answer, language: str, machine: Machine) -> Problem:
    """The problem of one refused command: where the case stands, what is possible now, and who was quicker (SO-21, SO-22)."""
    assert answer.refusal is not None
    if answer.refusal.code in ("case_unknown", "wrong_collection"):
        return problem([answer.refusal], language, machine)
    last = None
    if answer.last:
        last = LastAct(answer.last["event"], answer.last["name"], answer.last["at"])
    return problem([answer.refusal], language, machine, state=answer.state, version=answer.version, possible=answer.possible, last=last)
