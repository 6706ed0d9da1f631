"""A signed way over HTTP to somebody outside: a payment provider, a carrier, an ERP. What goes wrong on the way is an OSError and is tried again later.

Every request carries `amends-id` (fresh for each request), `amends-timestamp` (seconds of Unix time) and `amends-signature`:
`v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<METHOD> <path with query>.<body>` under the connection's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

CONNECT, READ, WHOLE = 5.0, 10.0, 15.0
"""Seconds: to be let in, for each piece of an answer, and for a call as a whole."""
MOST_BYTES = 4_000_000
"""An answer longer than this is not read."""
SECRET_PREFIX = "whsec_"


class Unreachable(OSError):
    """No answer that counts: nobody there, too slow, a fault of theirs (5xx, 429), or something that is not the contract. Ask again later."""


class NotFound(Unreachable):
    """404: what was asked for is not there. Who asks whether something is known takes this for a no; for everybody else it is a fault."""


class Turned(Unreachable):
    """4xx: the request itself is refused; `code` is the other side's word for it. Asking again changes nothing unless somebody mends something."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


def key_of(secret: str) -> bytes:
    """The bytes both sides sign with; `secret` is base64, with or without `whsec_` before it. Raises ValueError if it is neither."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX) + "==")
    if not key:
        raise ValueError("an empty secret signs nothing")
    return key


def sign(key: bytes, ident: str, timestamp: int, method: str, target: str, body: bytes) -> str:
    """The value of `amends-signature`. `target` is path and query as sent."""
    said = b".".join((ident.encode(), str(timestamp).encode(), f"{method} {target}".encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


class Link:
    """One connection's way out; safe from many threads. `seconds` is the real clock, for both sides compare it.

    Raises ValueError for a secret or an address that can be none.
    """

    def __init__(self, base_url: str, secret: str, *, seconds: Callable[[], float] = time.time) -> None:
        self.base_url, self._key, self._seconds = base_url.rstrip("/"), key_of(secret), seconds
        self._path = urlsplit(self.base_url).path
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=8)
        self._client = httpx.Client(timeout=httpx.Timeout(READ, connect=CONNECT), limits=limits, trust_env=False)

    def close(self) -> None:
        """Let the kept connections go."""
        self._client.close()

    def post(self, path: str, body: Mapping[str, Any], key: str = "") -> dict[str, Any]:
        """Send an object and answer the one that comes back; `key` makes the request the same one however often it is sent."""
        return self._ask("POST", path, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), {"idempotency-key": key} if key else {})

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for an object."""
        return self._ask("GET", path + ("?" + urlencode(query) if query else ""), b"", {})

    def _ask(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        ident, stamp = secrets.token_hex(16), int(self._seconds())
        signed = sign(self._key, ident, stamp, method, self._path + target, body)
        headers |= {"amends-id": ident, "amends-timestamp": str(stamp), "amends-signature": signed, "accept": "application/json"}
        if body:
            headers["content-type"] = "application/json"
        try:
            with self._client.stream(method, self.base_url + target, content=body or None, headers=headers) as answer:
                text = _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        return _object(answer.status_code, text)


def _read(answer: httpx.Response) -> bytes:
    until, pieces, size = time.monotonic() + WHOLE, [], 0
    for piece in answer.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise Unreachable(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise Unreachable(f"slower than {WHOLE} s")
    return b"".join(pieces)


def _object(status: int, text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if status == 404:
        raise NotFound(f"404 {_code(found)}")
    if 400 <= status < 500 and status != 429:
        raise Turned(status, _code(found))
    if not 200 <= status < 300:
        raise Unreachable(f"{status} {_code(found)}")
    if not isinstance(found, dict):
        raise Unreachable(f"{status}, and no JSON object")
    return found


def _code(found: Any) -> str:
    return str(found.get("error", ""))[:64] if isinstance(found, dict) else ""
