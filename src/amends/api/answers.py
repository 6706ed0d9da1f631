"""Responses of the OpenAPI document: the good one of each operation, its headers, and the problems."""

from typing import Any

from amends.api.operations import Operation

REF = "#/components/schemas/{name}"
PROBLEMS: dict[int, tuple[str, str]] = {
    401: ("没有密钥，或密钥无效、已停用、已过期", "No key, or one that is unknown, revoked or expired"),
    403: ("密钥缺少权限，或这个操作属于另一方", "The key lacks a permission, or the command belongs to another party"),
    404: ("没有这一项（别家商家的也回答 404）", "Not there; another merchant's answers 404 too"),
    405: ("这个地址不支持这种方法", "This address does not know the method"),
    406: ("只能回答 JSON", "Only JSON can be answered"),
    409: ("现在不能这样做；写明当前状态和可用操作", "Not possible now; says the present state and what is possible"),
    412: ("版本已变；写明谁做了什么", "Somebody was quicker; says who did what"),
    413: ("请求内容太大", "The body is too large"),
    415: ("请求内容须为 application/json", "The body must be application/json"),
    422: ("填写有误；一次列出全部", "Something in the request is wrong; everything at once"),
    429: ("请求太多；写明何时再试", "Too many requests; says when to try again"),
}
HEADERS: dict[str, Any] = {
    "ETag": {"description": "案例版本 · The case's version", "schema": {"type": "string", "examples": ['"3"']}},
    "RateLimit": {"description": "剩余次数与几秒后恢复 · What is left, and seconds until it is full again", "schema": {"type": "string", "examples": ['"key";r=599;t=42']}},
    "RateLimit-Policy": {"description": "每个窗口的上限 · The limit of a window", "schema": {"type": "string", "examples": ['"key";q=600;w=60']}},
    "Retry-After": {"description": "几秒后再试 · Seconds to wait", "schema": {"type": "integer", "minimum": 0}},
    "Idempotency-Replayed": {"description": "`true`：这是先前的回答 · `true`: this is the earlier answer", "schema": {"type": "string", "enum": ["true"]}},
}
FILES: dict[str, dict[str, Any]] = {
    "@pdf": {"application/pdf": {}}, "@zip": {"application/zip": {}},
    "@evidence": {kind: {} for kind in ("image/jpeg", "image/png", "image/webp", "application/pdf", "video/mp4", "video/webm")},
}
"""Answers that are files."""
LIMITS = ("RateLimit", "RateLimit-Policy")


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def of(op: Operation) -> dict[str, Any]:
    """Every response of one operation."""
    names = (*LIMITS, *(("ETag",) if op.tagged else ()), *(("Idempotency-Replayed",) if op.method == "post" else ()))
    schema: dict[str, Any] = {"$ref": REF.format(name=op.answer)}
    if op.foresees:
        schema = {"anyOf": [schema, {"$ref": REF.format(name=op.foresees)}]}
    content: dict[str, Any] = FILES.get(op.answer) or {"application/json": {"schema": schema}}
    good = {"description": "好 · Done", "headers": _headers(*names), "content": content}
    out: dict[str, Any] = {"200": good}
    if 304 in op.fails:
        out["304"] = {"description": "没有变化 · Unchanged", "headers": _headers("ETag", *LIMITS)}
    elsewhere = {404} if "merchant_id" in op.takes else set()
    for status in sorted({401, 403, 429, *op.fails, *elsewhere} - {304}):
        out[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return out


def problems() -> dict[str, Any]:
    """Each problem's response, by status."""
    out = {}
    for status, (zh, en) in PROBLEMS.items():
        names = LIMITS if status != 401 else ()
        more = ("Retry-After",) if status == 429 else ()
        out[str(status)] = {
            "description": f"{zh} · {en}", "headers": _headers(*names, *more),
            "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
        }
    return out
