"""Who calls the API: the holder of a key, how many requests are left to it, and whether an Idempotency-Key is used for something else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import Actor, Party
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.person import known, party_of
from amends.store import requests
from amends.store.connect import Pool, scope

DEFAULT_MOST = 1200
_ONCE = UUID("6f0b4c1e-6f2f-5a52-9a6e-3f0c7f4f7b11")
"""The namespace in which an API key and an Idempotency-Key together name a command."""

_MERCHANTS: dict[bytes, str] = {}
"""By the hash of a secret: whose key it was when it was last let in."""
_REMEMBERED = 10_000


@dataclass(slots=True)
class Caller:
    """The actor behind a key, and what is left of this minute: `left` requests, `resets` in seconds."""

    actor: Actor
    left: int
    resets: int


@cache
def most_a_minute() -> int:
    """Requests a key may make in a minute: AMENDS_API_REQUESTS_A_MINUTE, or 1200."""
    given = os.environ.get("AMENDS_API_REQUESTS_A_MINUTE", "")
    return int(given) if given.isdecimal() and int(given) > 0 else DEFAULT_MOST


def command_id(bearer: str, once: str) -> UUID:
    """The id of what is asked under this Idempotency-Key by the holder of this key: the same for every retry."""
    return uuid5(_ONCE, f"{bearer.split('_')[1] if bearer.count('_') > 1 else ''}:{once}")


def knock(pool: Pool, bearer: str, now: datetime, request: UUID | None = None, body: bytes = b"", ahead: Callable[[Callable[[Any], None]], None] | None = None) -> Caller | Refusal:
    """Let a key in, or say why not: `key_refused`, `too_often`, `once_key_reused`. One round trip; each knock counts.

    `ahead` reads what the request will need, in the same round trip, with the knock as its first statement; what it read counts only if the key is let in.
    """
    prefix, secret_hash = _parts(bearer)
    if not prefix:
        return Refusal("key_refused")
    fingerprint = hashlib.blake2b(body, digest_size=16).digest()
    most = most_a_minute()
    if ahead is None:
        row = requests.knock(pool, prefix, secret_hash, now, most, request, fingerprint)
    else:
        found: list[Any] = []
        ahead(lambda together: found.append(requests.knock_first(together, prefix, secret_hash, now, most, request, fingerprint)))
        row = found[0].fetchone()
    if row is None:
        _MERCHANTS.pop(secret_hash, None)
        return Refusal("key_refused")
    key_id, merchant_id, name, permissions, count, asked = row
    resets = max(1, round((requests.window_of(now) + requests.WINDOW - now).total_seconds()))
    if count > most:
        return Refusal("too_often", {"most": most, "seconds": resets})
    if request is not None and bytes(asked) != fingerprint:
        return Refusal("once_key_reused", field="Idempotency-Key")
    if merchant_id is not None:
        if len(_MERCHANTS) >= _REMEMBERED:
            _MERCHANTS.clear()
        _MERCHANTS[secret_hash] = merchant_id
    return Caller(Actor(party_of(merchant_id), key_id, name, merchant_id, known(permissions, merchant_id)), most - count, resets)


def probably(bearer: str) -> str | None:
    """The merchant this key was let in for before, in this process; whether it still is, only a knock tells."""
    return _MERCHANTS.get(_parts(bearer)[1])


def _parts(bearer: str) -> tuple[str, bytes]:
    """The prefix of a key and its secret's hash; an empty prefix for what is no key."""
    mark, _, rest = bearer.partition("_")
    prefix, _, secret = rest.partition("_")
    return (prefix if mark == "amk" and secret else ""), hashlib.sha256(secret.encode()).digest()


def speaking_for(caller: Actor, party: Party, name: str) -> Actor | Refusal:
    """The buyer or carrier whose words this key passes on, if it may."""
    permission = f"speak_for_{party.value}"
    if not caller.holds(permission):
        return Refusal("permission_missing", {"permission": permission})
    return Actor(party, name, name, caller.merchant_id)


def show_in_full(pool: Pool, by: By, merchant_id: str, subject: tuple[str, str], now: datetime) -> Refusal | None:
    """Leave to see a buyer's personal data in full, put on record each time; a refusal without the permission (ST-10)."""
    if refusal := by.lacks("reveal_personal_data"):
        return refusal
    with scope(pool, by.scope) as conn:
        record(conn, by, now, "revealed", subject, merchant_id=merchant_id)
    return None
