"""The API's own way through Django: it has no cookies, forms or pages, so it goes without their middleware. A command must be cheap."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware

from amends.web import language
from amends.web.gate import Gatekeeper
from amends.web.middleware import DEFAULT_ZONE, Answer, correlate

PREFIX = ("/api/v1/", "/api/hooks/")
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'"


class ApiHandler(WSGIHandler):  # type: ignore[misc]  # Django brings no types
    """Correlation id, transport security, the house and the time, and the gate; nothing else."""

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
