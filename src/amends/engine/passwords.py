"""Passwords: argon2id hashes (ST-5) and what is refused as too easy to guess."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from amends.core.refusal import Refusal

LEAST, MOST = 10, 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password. Takes the same time when there is nobody, or nothing, to compare with."""
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with older settings and should be made anew at the next sign-in."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, email: str) -> Refusal | None:
    """Too short, too long, one character over and over, or the e-mail itself."""
    if not LEAST <= len(password) <= MOST:
        return Refusal("password_length", {"least": LEAST, "most": MOST, "now": len(password)}, "password")
    lower = password.lower()
    name = email.lower().partition("@")[0]
    if len(set(lower)) < 4 or lower == email.lower() or (len(name) > 3 and name in lower):
        return Refusal("password_guessable", field="password")
    return None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
