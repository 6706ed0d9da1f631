"""Links by which a person sets their own password (ST-5): for an invitation, and when a password was forgotten.

A link is signed, good for some days, and dead once a password was set: it is bound to the hash there was when it was made.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from amends.core.refusal import Refusal
from amends.core.signed import read, sign
from amends.engine import passwords
from amends.engine.accounts import beyond
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.engine.person import Person, person_of
from amends.store import people, sessions
from amends.store.connect import PLATFORM, Pool, scope

LIFE = timedelta(days=7)
_PURPOSE = "invitation"


def invite(pool: Pool, secret: bytes, by: By, person_id: str, now: datetime) -> str | Refusal:
    """A token for the link, by who manages staff and holds all that the person holds."""
    refusal = by.lacks("manage_staff")
    if refusal:
        return refusal
    with scope(pool, by.scope) as conn:
        row = people.by_id(conn, by.merchant_id, person_id) if is_id(person_id) else None
        if row is None or not row["active"]:
            return Refusal("person_unknown")
        refusal = beyond(by, person_of(row))
        if refusal:
            return refusal
        record(conn, by, now, "invited", ("person", person_id))
    return sign(secret, _PURPOSE, {"person": person_id, "merchant": by.merchant_id, "was": _mark(row["password_hash"])}, now + LIFE)


def invited(pool: Pool, secret: bytes, token: str, now: datetime) -> Person | Refusal:
    """Whom a link is for."""
    facts = read(secret, _PURPOSE, token, now)
    with scope(pool, PLATFORM) as conn:
        row = people.by_id(conn, facts["merchant"], facts["person"]) if facts else None
    if facts is None or row is None or not row["active"] or _mark(row["password_hash"]) != facts["was"]:
        return Refusal("invitation_over")
    return person_of(row)


def accept(pool: Pool, secret: bytes, token: str, password: str, now: datetime, address: str = "") -> Person | Refusal:
    """Set the password a link is for; every session of the person ends, and the link is dead."""
    person = invited(pool, secret, token, now)
    if isinstance(person, Refusal):
        return person
    refusal = passwords.weakness(password, person.email)
    if refusal:
        return refusal
    hashed = passwords.hashed(password)
    with scope(pool, PLATFORM) as conn:
        people.set_password(conn, person.id, hashed)
        sessions.end_all(conn, person.id)
        record(conn, By(person.actor(), address), now, "password_changed", ("person", person.id), after={"by": "link"})
    return person


def _mark(password_hash: str | None) -> str:
    return hashlib.sha256((password_hash or "").encode()).hexdigest()[:16]
