"""Short facts signed by the house and good until an instant: links in messages, a buyer's pass. Signed, not secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any


def sign(secret: bytes, purpose: str, facts: dict[str, Any], until: datetime) -> str:
    """A token safe in a URL. `purpose` keeps a token made for one thing from serving another."""
    body = json.dumps([int(until.timestamp()), facts], ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return f"{_text(body)}.{_text(_seal(secret, purpose, body))}"


def read(secret: bytes, purpose: str, token: str, now: datetime) -> dict[str, Any] | None:
    """The facts of a token, or None when it is forged, damaged, of another purpose or past its time."""
    head, dot, tail = token.partition(".")
    try:
        body, seal = _bytes(head), _bytes(tail)
    except (binascii.Error, ValueError):
        return None
    if not dot or not hmac.compare_digest(seal, _seal(secret, purpose, body)):
        return None
    until, facts = json.loads(body)
    return facts if now < datetime.fromtimestamp(until, UTC) else None


def _seal(secret: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\0" + body, hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
