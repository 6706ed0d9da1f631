"""The API's own way: it has no cookies, forms or pages, so it goes without their middleware, and a resource without Django's request. A command must be cheap."""

from __future__ import annotations

import http
import io
import re
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, get_resolver

from amends.engine.hooks import MOST_BYTES
from amends.engine.house import House
from amends.web import language, log
from amends.web.api_request import Request, in_pieces, path_of
from amends.web.gate import Gatekeeper
from amends.web.middleware import CORRELATION, DEFAULT_ZONE, Answer, correlate

PREFIX = ("/api/v1/", "/api/hooks/")
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'"
REASONS = {status.value: f"{status.value} {status.phrase}" for status in http.HTTPStatus}
_BREAK = re.compile(r"[\r\n]")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ApiHandler(WSGIHandler):  # type: ignore[misc]  # Django brings no types
    """For what is no resource: correlation id, transport security, the house and the time, and the gate; nothing else."""

    def load_middleware(self, is_async: bool = False) -> None:
        """The chain for these; views that declare nothing are refused here as everywhere."""
        inner = convert_exception_to_response(self._get_response)
        self._view_middleware = [Gatekeeper(inner).process_view]
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(correlate(SecurityMiddleware(meet(inner))))


def meet(get_response: Answer) -> Answer:
    """request.house, .now, .lang and what else a view may ask for; nobody is signed in here but by a key."""
    zone = ZoneInfo(DEFAULT_ZONE)

    def middleware(request: Any) -> HttpResponse:
        house = request.house = request.META["amends.house"]
        request.now, request.real_now, request.zone = house.clock.now(), datetime.now(UTC), zone
        request.person = request.buyer = None
        request.token, request.address = "", request.META.get("REMOTE_ADDR", "")
        request.lang = language.of(request)
        response = get_response(request)
        response["Content-Security-Policy"] = NOTHING_RUNS
        response["X-Frame-Options"] = "DENY"
        return response

    return middleware


def way(house: House) -> Wsgi:
    """The WSGI application below PREFIX: a resource (`api/door.py`) is answered without Django; whatever is unusual goes to ApiHandler."""
    resolver, always = get_resolver(), _always()
    django: Wsgi = ApiHandler()

    def slowly(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if in_pieces(environ):  # Django reads only what has a length
            whole = environ["wsgi.input"].read(MOST_BYTES + 1)
            environ |= {"wsgi.input": io.BytesIO(whole), "CONTENT_LENGTH": str(len(whole))}
        return django(environ, start)

    def enter(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if _unsafe(environ):
            return slowly(environ, start)
        try:
            found = resolver.resolve(path_of(environ))
            serve: Callable[..., Any] | None = getattr(found.func, "serve", None)
            request = Request(environ, house, house.clock.now(), datetime.now(UTC))
        except (Resolver404, SuspiciousOperation, UnicodeDecodeError):
            return slowly(environ, start)
        if serve is None:
            return slowly(environ, start)
        request.lang = language.of(request)
        return _answered(request, partial(serve, request, **found.kwargs), always, start)

    return enter


def _answered(request: Request, serve: Callable[[], Any], always: tuple[tuple[str, str], ...], start: Any) -> list[bytes]:
    """Call the view, with a correlation id around it and one line in the log."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    correlation = given if CORRELATION.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.bind_contextvars(request=correlation)
    began = time.perf_counter()
    try:
        answer = serve()
        headers = [*answer.headers.items(), *always, ("X-Request-Id", correlation), ("Content-Length", str(len(answer.content)))]
        if any(_BREAK.search(value) for value in answer.headers.values()):
            raise ValueError("a header of an answer must be one line")
        log.answered(correlation, request.method, request.path, answer.status, time.perf_counter() - began)
        start(REASONS[answer.status], headers)
        return [answer.content]
    finally:
        structlog.contextvars.clear_contextvars()


def _always() -> tuple[tuple[str, str], ...]:
    """What every answer says to a browser: what SecurityMiddleware and `meet` say by the settings."""
    headers = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", settings.SECURE_REFERRER_POLICY), ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
        ("Content-Security-Policy", NOTHING_RUNS), ("X-Frame-Options", "DENY"),
    ]
    if settings.SECURE_HSTS_SECONDS:  # never sent over plain http: `_unsafe` has turned that away
        headers.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    return tuple(headers)


def _unsafe(environ: dict[str, Any]) -> bool:
    """Plain http where the house is served over https: Django's way says where to go instead, and leaves the promise of https out."""
    if not settings.SECURE_HSTS_SECONDS:
        return False
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return bool(environ[name].split(",", 1)[0].strip() != value)
    return bool(environ.get("wsgi.url_scheme") != "https")
