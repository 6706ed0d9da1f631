"""What Django itself refuses, as pages in the reader's language."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpResponse

from amends.web import page

log = structlog.get_logger("amends.web")


def bad_request(request: Any, exception: Exception) -> HttpResponse:
    """400: a request that is no request of ours."""
    if not hasattr(request, "lang"):  # a host that is not ours is refused before the reader is known
        return HttpResponse("400 Bad Request", status=400, content_type="text/plain")
    return page.trouble(request, 400)


def forbidden(request: Any, exception: Exception) -> HttpResponse:
    """403 raised inside a view."""
    return page.trouble(request, 403)


def not_found(request: Any, exception: Exception) -> HttpResponse:
    """404: no such page, or nothing there that this person may see."""
    return page.trouble(request, 404)


def broken(request: Any) -> HttpResponse:
    """500: our mistake, with the number that finds it in the log."""
    log.error("broken", path=request.path, exc_info=True)
    if not hasattr(request, "lang"):
        return HttpResponse("500", status=500, content_type="text/plain")
    return page.trouble(request, 500, "trouble.s500", number=request.correlation)


def csrf_failed(request: Any, reason: str = "") -> HttpResponse:
    """403: a form without this browser's token."""
    log.warning("csrf", path=request.path, reason=reason)
    return page.trouble(request, 403, "trouble.csrf")
