"""One round trip for every API request: whose key this is, how often it has knocked in this minute, and what was asked under its Idempotency-Key (IN-1, ST-6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from amends.store.connect import Pool
from amends.store.wire import Rows, ask

WINDOW = timedelta(minutes=1)
KEPT = timedelta(days=2)
"""How long what was asked under an Idempotency-Key is remembered beyond the command's own record."""
KEPT_TEXT = f"{KEPT.days} days"

_KNOCK = "select * from amends_knock(%(prefix)s, %(hash)s, %(now)s, %(window)s, %(most)s, %(request)s, %(fingerprint)s, %(kept)s)"


def knock(pool: Pool, prefix: str, key_hash: bytes, now: datetime, most: int, request: UUID | None, fingerprint: bytes) -> tuple[Any, ...] | None:
    """(key id, merchant id, name, permissions, requests in this window, fingerprint first asked under `request`), or None for no live key."""
    with pool.connection() as conn:
        found = ask(conn, _KNOCK, _given(prefix, key_hash, now, most, request, fingerprint))
    return found[0] if found else None


def knock_first(together: Any, prefix: str, key_hash: bytes, now: datetime, most: int, request: UUID | None, fingerprint: bytes) -> Rows:
    """The same at the head of a pipe (`store.wire`), as a transaction of its own: it counts whatever becomes of what follows."""
    together.execute("begin")
    found: Rows = together.execute(_KNOCK, _given(prefix, key_hash, now, most, request, fingerprint))
    together.execute("commit")
    return found


def _given(prefix: str, key_hash: bytes, now: datetime, most: int, request: UUID | None, fingerprint: bytes) -> dict[str, Any]:
    return {"prefix": prefix, "hash": key_hash, "now": now, "window": window_of(now), "most": most, "request": request, "fingerprint": fingerprint, "kept": KEPT_TEXT}


def window_of(now: datetime) -> datetime:
    """The start of the window an instant lies in."""
    return now.replace(second=0, microsecond=0)
