"""Signatures both ways, as the contract pages write them down: requests that come in, messages (Standard Webhooks) that go out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE = 300
"""Seconds by which the other side's clock may differ."""


def key_of(secret: str) -> bytes:
    """The bytes to sign with; base64, with or without `whsec_` before it."""
    return base64.b64decode(secret.removeprefix("whsec_") + "==")


def request_is_signed(secret: str, headers: Mapping[str, str], method: str, target: str, body: bytes, now: float) -> bool:
    """Whether `amends-signature` fits this request, and its time is ours."""
    ident, stamp, given = (headers.get(f"amends-{name}") or "" for name in ("id", "timestamp", "signature"))
    if not stamp.isdecimal() or abs(now - int(stamp)) > TOLERANCE:
        return False
    said = b".".join((ident.encode(), stamp.encode(), f"{method} {target}".encode(), body))
    return hmac.compare_digest(given.encode(), b"v1," + base64.b64encode(hmac.new(key_of(secret), said, hashlib.sha256).digest()))


def message_headers(secret: str, ident: str, body: bytes, now: float) -> dict[str, str]:
    """The three headers of a message."""
    said = f"{ident}.{int(now)}.".encode() + body
    signed = base64.b64encode(hmac.new(key_of(secret), said, hashlib.sha256).digest()).decode()
    return {"webhook-id": ident, "webhook-timestamp": str(int(now)), "webhook-signature": f"v1,{signed}", "content-type": "application/json"}
