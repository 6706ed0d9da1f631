"""Cursors and limits of lists: opaque to the caller, a place in an index to us."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import msgspec

DEFAULT_LIMIT, MOST = 50, 200


def limit(text: str) -> int:
    """1 to 200. Raises ValueError."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not 1 <= number <= MOST:
        raise ValueError(text)
    return number


def cursor(*place: Any) -> str:
    """The `next` of a page: where its last row lies."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def read_cursor(kind: Any) -> Any:
    """A reader of cursors that hold a tuple of this type; what is no cursor of ours raises ValueError."""

    def read(text: str) -> Any:
        try:
            return msgspec.json.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True), type=kind)
        except (msgspec.DecodeError, ValueError) as wrong:
            raise ValueError(text) from wrong

    return read


def instant(text: str) -> datetime:
    """RFC 3339 with an offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)


def flag(text: str) -> bool:
    """`true` or `false`. Raises ValueError."""
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def word(text: str) -> str:
    """A short text without control characters. Raises ValueError."""
    if not 1 <= len(text) <= 64 or not text.isprintable():
        raise ValueError(text)
    return text
