"""What providers, carriers and ERPs tell us over HTTP: proved by signature (Standard Webhooks), kept once, understood later by the worker (MO-5, LO-1, OP-6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from standardwebhooks import Webhook

from amends.store import connections, inbox
from amends.store.connect import Pool
from amends.store.sealing import Locked

MOST_BYTES = 256 * 1024
_ID = re.compile(r"[!-~]{1,200}")
_KEPT = ("webhook-timestamp", "user-agent", "content-type")
Received = Literal["kept", "known", "unknown", "unsigned", "unreadable", "locked"]


def receive(pool: Pool, connection_id: str, headers: Mapping[str, str], body: bytes, now: datetime, real_now: datetime) -> Received:
    """Take in one message. `headers` in lower case; `now` is the house's time, `real_now` the real one, which both sides' signatures are held against.

    kept: durable from here on. known: it was there already. unknown: no such connection in use. unsigned: a wrong signature, or one older than five minutes.
    locked: the secret does not open here, so nothing can be proved; the other side comes again.
    """
    connection = connections.find(pool, connection_id)
    if connection is None or not connection.active:
        return "unknown"
    try:
        secrets = [connection.secret]
        if connection.old_secret_until and connection.old_secret_until > real_now and (old := connection.old_secret):
            secrets.append(old)
    except Locked:
        return "locked"
    if not any(_fits(secret, headers, body) for secret in secrets):
        return "unsigned"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return "unreadable"
    ident = headers.get("webhook-id", "")
    if "\0" in text or not _ID.fullmatch(ident):
        return "unreadable"
    sent_at = datetime.fromtimestamp(float(headers["webhook-timestamp"]), UTC)
    some = {name: headers[name][:200] for name in _KEPT if headers.get(name, "").isprintable() and name in headers}
    return "kept" if inbox.keep(pool, connection.id, ident, text, some, sent_at, now) else "known"


def _fits(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except Exception:  # the package raises its own error for a wrong signature, and whatever decoding raises for nonsense
        return False
    return True
