"""API keys (ST-6): `amk_<prefix>_<secret>`, shown once, kept as a hash, scoped to permissions."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.actor import Actor
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.person import known, party_of
from amends.engine.roles import givable
from amends.store import audit, keys, people
from amends.store.connect import Pool, scope


@dataclass(slots=True)
class Shown:
    """A new key: its id, and the whole key, which can be seen only now."""

    id: str
    key: str


def key_holder(pool: Pool, bearer: str, now: datetime) -> Actor | None:
    """The actor behind a key; None when it is unknown, revoked or out of date. Its use is noted at most once a minute."""
    mark, _, rest = bearer.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != "amk" or not prefix or not secret:
        return None
    row = keys.holder(pool, prefix, _hash(secret), now)
    if row is None or not hmac.compare_digest(bytes(row["key_hash"]), _hash(secret)):
        return None
    return Actor(party_of(row["merchant_id"]), row["id"], row["name"], row["merchant_id"], known(row["permissions"], row["merchant_id"]))


def make_key(pool: Pool, by: By, name: str, permissions: Iterable[str], now: datetime, *, expires_at: datetime | None = None) -> Shown | Refusal:
    """A new key of the asker's merchant; it cannot hold what its maker does not."""
    wanted = frozenset(permissions)
    refusal = by.lacks("manage_keys") or _refused(name, wanted, now, expires_at) or givable(by, wanted)
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        return _add(conn, by, name.strip(), sorted(wanted), now, expires_at, "key_made")


def rotate_key(pool: Pool, by: By, key_id: str, now: datetime, *, overlap: timedelta = timedelta(0)) -> Shown | Refusal:
    """A new secret with the same name, permissions and end; the old one stops after `overlap`, so that systems can change over."""
    refusal = by.lacks("manage_keys")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        old = _live(conn, by, key_id, now)
        if isinstance(old, Refusal):
            return old
        refusal = givable(by, known(old["permissions"], by.merchant_id))
        if refusal:
            return refusal
        shown = _add(conn, by, old["name"], old["permissions"], now, old["expires_at"], "key_rotated", old["prefix"])
        ends = now + overlap
        if overlap:
            keys.end(conn, by.merchant_id, key_id, None, min(ends, old["expires_at"] or ends))
        else:
            keys.end(conn, by.merchant_id, key_id, now, None)
    return shown


def revoke_key(pool: Pool, by: By, key_id: str, now: datetime) -> Refusal | None:
    """Stop a key at once."""
    refusal = by.lacks("manage_keys")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        old = _live(conn, by, key_id, now)
        if isinstance(old, Refusal):
            return old
        keys.end(conn, by.merchant_id, key_id, now, None)
        record(conn, by, now, "key_revoked", ("key", key_id), before={"name": old["name"], "prefix": old["prefix"]})
    return None


def _refused(name: str, wanted: frozenset[str], now: datetime, expires_at: datetime | None) -> Refusal | None:
    if not name.strip():
        return Refusal("required", {"zh": "密钥名称", "en": "Key's name"}, "name")
    if len(name.strip()) > 60:
        return Refusal("too_long", {"zh": "密钥名称", "en": "Key's name", "most": 60, "now": len(name.strip())}, "name")
    if not wanted:
        return Refusal("required", {"zh": "权限", "en": "Permissions"}, "permissions")
    return Refusal("past_time", field="expires_at") if expires_at and expires_at <= now else None


def _live(conn: audit.Connection, by: By, key_id: str, now: datetime) -> people.Row | Refusal:
    row = keys.one(conn, by.merchant_id, key_id) if is_id(key_id) else None
    if row is None:
        return Refusal("key_unknown")
    over = row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now)
    return Refusal("key_over", {"name": row["name"]}) if over else row


def _add(
    conn: audit.Connection, by: By, name: str, permissions: list[str], now: datetime, expires_at: datetime | None, action: str, replaces: str = "",
) -> Shown:
    prefix, secret, key_id = secrets.token_hex(5), secrets.token_urlsafe(32), new_id(now)
    row = {
        "id": key_id, "merchant_id": by.merchant_id, "name": name, "prefix": prefix, "key_hash": _hash(secret), "permissions": permissions,
        "created_by": by.actor.id if is_id(by.actor.id) else None, "now": now, "expires_at": expires_at,
    }
    keys.add(conn, row)
    after = {"name": name, "prefix": prefix, "permissions": permissions, "expires_at": expires_at.isoformat() if expires_at else None}
    record(conn, by, now, action, ("key", key_id), before={"prefix": replaces} if replaces else None, after=after)
    return Shown(key_id, f"amk_{prefix}_{secret}")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
