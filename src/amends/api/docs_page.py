"""The page /api/docs, rendered from the OpenAPI document and the refusals' sentences; no script, all of it searchable in the browser."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from amends.api import openapi
from amends.api.problems import STATUS, status_of
from amends.core.refusal import Refusal
from amends.core.sentences import SENTENCES

FOLDER = Path(__file__).parent / "page"
HOST = "https://amends.example"


@cache
def html(language: str) -> tuple[bytes, str]:
    """The page in `zh` or `en`, and its tag."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["coded"] = coded
    at = 0 if language == "zh" else 1
    words = {key: pair[at] for key, pair in json.loads((FOLDER / "words.json").read_text("utf-8")).items()}
    document = openapi.document()
    text = environment.get_template("docs.html").render(
        t=words, lang="zh-CN" if language == "zh" else "en", other="en" if language == "zh" else "zh", info=document["info"], about=[(a[2 * at], a[2 * at + 1]) for a in openapi.ABOUT], shapes=_shapes(document, at),
        groups=_groups(document, at), problems=_problems(at), limits=document["components"]["headers"],
    )
    return _tagged(text)


@cache
def css() -> tuple[bytes, str]:
    """The style sheet and its tag."""
    return _tagged((FOLDER / "docs.css").read_text("utf-8"))


def _tagged(text: str) -> tuple[bytes, str]:
    raw = text.encode()
    return raw, f'"{sha256(raw).hexdigest()[:16]}"'


def pick(text: str, at: int) -> str:
    """One language of a text written `中文 · English`."""
    parts = text.split(" · ", 1)
    return parts[at] if len(parts) == 2 else text


def coded(text: str) -> Markup:
    """Text whose `back-ticked` words become code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts))


def _groups(document: dict[str, Any], at: int) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, op in methods.items():
            groups.setdefault(op["tags"][0], []).append(_operation(document, path, method, op, at))
    return [{"name": name, "label": pick(openapi.TAGS[name], at), "operations": ops} for name, ops in groups.items()]


def _shapes(document: dict[str, Any], at: int) -> list[dict[str, Any]]:
    """The objects of answers, each with its fields."""
    found = document["components"]["schemas"]
    return [
        {"name": name, "about": pick(shape.get("description", ""), at), "fields": _fields(shape, at)}
        for name, shape in sorted(found.items()) if "properties" in shape and "." not in name
    ]


def _operation(document: dict[str, Any], path: str, method: str, op: dict[str, Any], at: int) -> dict[str, Any]:
    parts = document["components"]
    parameters = [parts["parameters"][p["$ref"].rsplit("/", 1)[1]] for p in op["parameters"]]
    content = op.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = parts["schemas"].get(content["schema"]["$ref"].rsplit("/", 1)[1], {}) if content else {}
    return {
        "id": op["operationId"], "method": method.upper(), "path": path, "title": pick(op["summary"], at), "about": pick(op.get("description", ""), at), "needs": op["x-permission"],
        "parameters": [{**p, "about": pick(p["description"], at)} for p in parameters], "fields": _fields(body, at), "curl": _curl(path, method, op, content, at),
        "answers": sorted(op["responses"]), "shown": _answer(op),
    }


def _fields(body: dict[str, Any], at: int) -> list[dict[str, Any]]:
    required = body.get("required", [])
    return [
        {"name": name, "kind": _kind(field), "about": pick(field.get("description", ""), at), "required": name in required}
        for name, field in body.get("properties", {}).items()
    ]


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_kind(one) for one in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[1])
    if "enum" in field:
        return " | ".join(field["enum"])
    if field.get("type") == "array":
        return f"[{_kind(field['items'])}]"
    return str(field.get("format") or field.get("type") or "")


def _answer(op: dict[str, Any]) -> list[str]:
    good: dict[str, Any] = next(r for s, r in op["responses"].items() if s.startswith("2"))
    if "application/json" not in good["content"]:
        return []
    schema = good["content"]["application/json"]["schema"]
    return [s["$ref"].rsplit("/", 1)[1] for s in schema.get("anyOf", [schema])]


def _curl(path: str, method: str, op: dict[str, Any], content: dict[str, Any], at: int) -> str:
    lines = [f"curl {'' if method == 'get' else '-X ' + method.upper() + ' '}{HOST}/api/v1{path}", '-H "Authorization: Bearer $AMENDS_KEY"']
    if method == "post":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if op["x-permission"] in ("speak_for_buyer", "speak_for_carrier"):
        lines.append('-H "Acting-As: buyer/lin-88"' if op["x-permission"] == "speak_for_buyer" else '-H "Acting-As: carrier/JD"')
    if content:
        examples = content.get("examples", {})
        value = (examples.get("en" if at else "zh") or examples.get("zh") or {}).get("value", {})
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(value, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _problems(at: int) -> list[tuple[str, int, str]]:
    return [(code, STATUS.get(code) or status_of(Refusal(code)), pair[at]) for code, pair in sorted(SENTENCES.items())]
