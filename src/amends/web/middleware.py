"""What every request gets before a view sees it: a correlation id, the house, the time, the person, the language."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.http import HttpRequest, HttpResponse

from amends.engine import people
from amends.web import language, log, page
from amends.web.buyer_pass import BUYER_COOKIE, read_pass

SESSION_COOKIE = "amends_session"
DEFAULT_ZONE = "Asia/Shanghai"
CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/health", "/ready")
Answer = Callable[[Any], HttpResponse]


def correlate(get_response: Answer) -> Answer:
    """An id that ties the log lines of one request together; a caller may bring its own as X-Request-Id."""

    def middleware(request: Any) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.correlation = given if CORRELATION.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request=request.correlation)
        started = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-Id"] = request.correlation
            if not response.streaming:
                response.setdefault("Content-Length", str(len(response.content)))
            if request.path not in _QUIET:
                log.answered(request.correlation, request.method, request.path, response.status_code, time.perf_counter() - started)
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    return middleware


def know(get_response: Answer) -> Answer:
    """request.house, .now, .person (or None), .buyer (or None), .lang, .zone, .token, .address."""

    def middleware(request: Any) -> HttpResponse:
        house = request.house = request.META["amends.house"]
        request.now = house.clock.now()
        request.real_now = datetime.now(UTC)  # sessions live in real time, also while the demo's clock runs ahead
        request.token = request.COOKIES.get(SESSION_COOKIE, "")
        request.person = people.whose(house.pool, request.token, request.real_now) if request.token else None
        request.address = request.META.get("REMOTE_ADDR", "")
        request.buyer = read_pass(house.secret, request.COOKIES.get(BUYER_COOKIE, ""), request.now)
        request.lang = language.of(request)
        request.zone = ZoneInfo(request.person.timezone if request.person and request.person.timezone else DEFAULT_ZONE)
        response = get_response(request)
        if request.GET.get("lang") in language.LANGUAGES:
            language.remember(response, request.lang, secure=request.is_secure())
        response.setdefault("Cache-Control", "private, no-store")
        response.setdefault("Content-Language", language.TAGS[request.lang])
        return response

    return middleware


def plain_errors(get_response: Answer) -> Answer:
    """Django's bare 405 gets a page that says what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content and not request.path.startswith("/api/"):
            allow = response["Allow"]
            response = page.trouble(request, 405)
            response["Allow"] = allow
        return response

    return middleware
