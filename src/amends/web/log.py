"""Logs as one JSON object a line, with the request's correlation id and without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

_SECRET = re.compile(r"password|token|secret|cookie|authorization|csrf|bearer|otp", re.IGNORECASE)
_encode = msgspec.json.Encoder().encode


def without_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blanks every value whose name says that it is a secret."""
    for key in event:
        if _SECRET.search(key):
            event[key] = "***"
    return event


def answered(correlation: str, method: str | None, path: str, status: int, seconds: float) -> None:
    """The one line of every request, as `configure` would write it; written here by hand, for it is one of the dearer things of a cheap request."""
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    line = {"request": correlation, "method": method, "path": path, "status": status, "ms": round(seconds * 1000, 1), "event": "answered", "level": "info", "timestamp": at}
    sys.stdout.write(f"{_encode(line).decode()}\n")
    sys.stdout.flush()


def configure() -> None:
    """structlog for our own lines; the standard library's lines (Django's) go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    django = logging.getLogger("django")
    django.handlers, django.propagate, django.level = [handler], False, logging.ERROR
