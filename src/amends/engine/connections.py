"""Connections to payment providers, carriers and ERPs, kept by the platform's people: the address both ways, the secret shown once, on and off (MO-5, LO-1).

Addresses are typed by platform staff only; merchants cannot make this server call anything.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.sealed_secrets import cannot_seal
from amends.store import connections, inbox
from amends.store.connect import PLATFORM, Pool, scope

PERMISSION = "manage_connections"
KINDS = ("payment", "carrier", "stock")
OVERLAP = timedelta(hours=24)
"""How long messages signed with the old secret are still taken after a change."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NAME = re.compile(r"[^\s/?#:]{1,40}")
_HOST = re.compile(r"[a-z0-9.-]{1,253}|[0-9a-f:]{2,45}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A connection with its secret, for the one page that shows it."""

    id: str
    name: str
    secret: str


def add(pool: Pool, by: By, name: str, kind: str, base_url: str, now: datetime) -> Shown | Refusal:
    """A new connection, in use at once."""
    name, base_url = name.strip(), base_url.strip().rstrip("/")
    if refusal := _lacks(by):
        return refusal
    if not _NAME.fullmatch(name) or not name.isprintable() or name == "manual":
        return Refusal("connection_name_wrong", field="name")
    if kind not in KINDS:
        return Refusal("connection_kind_wrong", field="kind")
    if not is_address(base_url):
        return Refusal("connection_address_wrong", field="base_url")
    if refusal := cannot_seal():
        return refusal
    made = Shown(new_id(), name, fresh_secret())
    with scope(pool, PLATFORM) as conn:
        row = {"id": made.id, "name": name, "kind": kind, "base_url": base_url, "secret": made.secret, "settings": {}}
        if not connections.add(conn, row, now):
            return Refusal("connection_name_taken", {"name": name}, "name")
        record(conn, by, now, "connection_added", ("connection", made.id), after={"name": name, "kind": kind, "base_url": base_url})
    return made


def rotate(pool: Pool, by: By, connection_id: str, now: datetime, real_now: datetime, *, overlap: timedelta = OVERLAP) -> Shown | Refusal:
    """Another secret. What we send is signed with it from now on; what comes in may carry the old one until the overlap (real time) is over."""
    if refusal := _lacks(by):
        return refusal
    if not is_id(connection_id):
        return Refusal("connection_unknown")
    if refusal := cannot_seal():
        return refusal
    secret = fresh_secret()
    with scope(pool, PLATFORM) as conn:
        name = connections.rotate(conn, connection_id, secret, real_now + overlap if overlap else None, now)
        if name is None:
            return Refusal("connection_unknown")
        record(conn, by, now, "connection_secret_changed", ("connection", connection_id), after={"name": name, "overlap_hours": overlap.total_seconds() / 3600})
    return Shown(connection_id, name, secret)


def change(pool: Pool, by: By, connection_id: str, base_url: str, active: bool, now: datetime) -> Refusal | None:
    """Another address, or in use and out of use. Out of use nothing is asked of it, and its messages are turned away."""
    base_url = base_url.strip().rstrip("/")
    if refusal := _lacks(by):
        return refusal
    if not is_address(base_url):
        return Refusal("connection_address_wrong", field="base_url")
    if not is_id(connection_id):
        return Refusal("connection_unknown")
    with scope(pool, PLATFORM) as conn:
        before = connections.change(conn, connection_id, base_url, active, now)
        if before is None:
            return Refusal("connection_unknown")
        seen = {"base_url": before["base_url"], "active": before["active"]}
        record(conn, by, now, "connection_changed", ("connection", connection_id), before=seen, after={"name": before["name"], "base_url": base_url, "active": active})
    return None


def read_again(pool: Pool, by: By, connection_id: str, message_id: str, now: datetime) -> Refusal | None:
    """A message that was given up is read again."""
    if refusal := _lacks(by):
        return refusal
    if not is_id(connection_id):
        return Refusal("not_dead")
    with scope(pool, PLATFORM) as conn:
        if not inbox.resend(conn, connection_id, message_id, now):
            return Refusal("not_dead")
        record(conn, by, now, "message_read_again", ("connection", connection_id), after={"message": message_id})
    return None


def is_address(text: str) -> bool:
    """https anywhere; http on this machine only. No user name, query or fragment, for paths are put behind it."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password) and text.isascii() and text.isprintable() and " " not in text
    named = bool(_HOST.fullmatch(host)) and port != 0
    return plain and named and len(text) <= 200 and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def fresh_secret() -> str:
    """32 random bytes as Standard Webhooks writes secrets."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _lacks(by: By) -> Refusal | None:
    return by.lacks(PERMISSION) or (Refusal("permission_missing", {"permission": PERMISSION}) if by.merchant_id else None)
