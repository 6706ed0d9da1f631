"""The OpenAPI document and its page, open to anyone: /api/docs, /api/openapi.json, and where a problem's `type` leads."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from amends.api import docs_page, openapi
from amends.api.door import Open
from amends.core.pack_shape import schema
from amends.core.sentences import SENTENCES

A_WHILE = "public, max-age=300"


@cache
def _document() -> tuple[bytes, str]:
    text = openapi.text().encode()
    return text, f'"{sha256(text).hexdigest()[:16]}"'


@cache
def _schema() -> tuple[bytes, str]:
    text = json.dumps(schema(), ensure_ascii=False, indent=1).encode()
    return text, f'"{sha256(text).hexdigest()[:16]}"'


def _open(view: Callable[..., HttpResponse]) -> Any:
    @csrf_exempt
    def only_get(request: HttpRequest, **path: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return view(request, **path)

    only_get.gate = Open()
    return only_get


def _serve(request: HttpRequest, content: bytes, media_type: str, tag: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["ETag"], response["Cache-Control"] = tag, A_WHILE
    if request.headers.get("If-None-Match") == tag:
        response.status_code, response.content = 304, b""
    return response


@_open
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    text, tag = _document()
    return _serve(request, text, "application/json", tag)


@_open
def pack_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a policy pack's document (PO-14)."""
    text, tag = _schema()
    return _serve(request, text, "application/schema+json", tag)


@_open
def page(request: HttpRequest) -> HttpResponse:
    """The document as a page, in the reader's language."""
    text, tag = docs_page.html(request.lang)
    response = _serve(request, text, "text/html; charset=utf-8", tag)
    response["Vary"], response["Cache-Control"] = "Accept-Language, Cookie", "private, max-age=300"
    return response


@_open
def style(request: HttpRequest) -> HttpResponse:
    """The page's style sheet."""
    text, tag = docs_page.css()
    return _serve(request, text, "text/css; charset=utf-8", tag)


@_open
def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """The place on the page where a problem is explained."""
    if code not in SENTENCES:
        return HttpResponseRedirect("/api/docs#problems")
    return HttpResponseRedirect(f"/api/docs#problem-{code}")
