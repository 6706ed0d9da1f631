"""The address an answer goes to: `help+r<token>@shop.example`, where the token names one of our mails and is signed, so that nobody can make one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

_TOKEN = re.compile(r"\+([rb])([a-z2-7]{39})$")
_SEALED = 8


def token(secret: bytes, mail_id: str) -> str:
    """39 letters for this mail: its id and a signature of eight bytes. Case does not matter, for some programs write addresses in capitals."""
    name = UUID(mail_id).bytes
    return base64.b32encode(name + _seal(secret, name)).decode().rstrip("=").lower()


def addressed(address: str, purpose: str, secret: bytes, mail_id: str) -> str:
    """The address with the token behind a plus. `purpose`: r an answer, b a bounce. An address too long for it stays as it is."""
    local, _, domain = address.rpartition("@")
    made = f"{local}+{purpose}{token(secret, mail_id)}"
    return f"{made}@{domain}" if len(made) <= 64 else address


def read(secret: bytes, address: str) -> tuple[str, str] | None:
    """(purpose, mail id) of an address that carries a token of ours; None for any other, and for one that somebody made up."""
    found = _TOKEN.search(address.rpartition("@")[0].lower())
    if found is None:
        return None
    data = base64.b32decode(found[2].upper() + "=")
    name, seal = data[:16], data[16:]
    return (found[1], str(UUID(bytes=name))) if hmac.compare_digest(seal, _seal(secret, name)) else None


def without(address: str) -> str:
    """The address without what stands behind a plus, in lower case: the mailbox it belongs to."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.split('+', 1)[0]}@{domain}"


def _seal(secret: bytes, name: bytes) -> bytes:
    return hmac.new(secret, b"amends.mail." + name, hashlib.sha256).digest()[:_SEALED]
