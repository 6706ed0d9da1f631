"""Signing in and out (ST-5).

`now` is the real time here, also in a demo whose clock was moved: nobody is signed out, and no lock ends, because days were skipped.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.refusal import Refusal
from amends.engine import passwords
from amends.engine.audit import By, network_address, record
from amends.engine.person import Person, person_of
from amends.store import audit, people, sessions
from amends.store.connect import PLATFORM, Pool, scope

LIFE = timedelta(days=7)
IDLE = timedelta(hours=12)
FREE_ATTEMPTS = 10
FIRST_LOCK, LONGEST_LOCK = 30, 3600
ATTEMPTS_AN_ADDRESS = 100
WINDOW = timedelta(minutes=15)


@dataclass(slots=True)
class SignedIn:
    """A new session: the token for the cookie, which is kept nowhere else, and the person."""

    token: str
    person: Person


def sign_in(pool: Pool, email: str, password: str, address: str, agent: str, now: datetime) -> SignedIn | Refusal:
    """Open a session. Refuses with `sign_in_wrong`, whatever was wrong, or `sign_in_wait` after many failed attempts.

    An unknown e-mail takes the same work and is locked by the same steps as a known one.
    """
    email = email.strip()
    with scope(pool, PLATFORM) as conn:
        if address and sessions.attempts_of(conn, f"sign_in:{address}", now, WINDOW) > ATTEMPTS_AN_ADDRESS:
            return _wait(now, now + WINDOW)
        row = people.by_email(conn, email)
        until = _take_attempt(conn, row, email, now)
    if until is not None:
        return _wait(now, until)
    right = passwords.fits(password, row["password_hash"] if row else None)
    with scope(pool, PLATFORM) as conn:
        if row is None or not right or not row["welcome"]:
            _failed(conn, row, address, now)
            return Refusal("sign_in_wrong", field="password")
        people.attempt_succeeded(conn, row["id"])
        if passwords.outdated(row["password_hash"]):
            people.set_password(conn, row["id"], passwords.hashed(password))
        return open_session(conn, person_of(row), address, agent, now)


def _take_attempt(conn: audit.Connection, row: people.Row | None, email: str, now: datetime) -> datetime | None:
    if row is not None:
        return people.take_attempt(conn, row["id"], now, FREE_ATTEMPTS, FIRST_LOCK, LONGEST_LOCK)
    digest = hashlib.sha256(email.lower().encode()).hexdigest()[:32]
    return sessions.take_unknown_attempt(conn, f"sign_in_as:{digest}", now, FREE_ATTEMPTS, FIRST_LOCK, LONGEST_LOCK)


def _wait(now: datetime, until: datetime) -> Refusal:
    return Refusal("sign_in_wait", {"minutes": max(1, -int((now - until).total_seconds() // 60))})


def _failed(conn: audit.Connection, row: people.Row | None, address: str, now: datetime) -> None:
    if row is None:  # what was typed is not kept: people type passwords into the wrong field
        record(conn, By(address=address), now, "sign_in_failed")
    else:
        record(conn, By(person_of(row).actor(), address), now, "sign_in_failed", ("person", row["id"]))


def open_session(conn: audit.Connection, person: Person, address: str, agent: str, now: datetime) -> SignedIn:
    """A session for somebody who has proven themselves, in the caller's transaction of platform scope; written to the audit log."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": token_hash(token), "merchant_id": person.merchant_id, "person_id": person.id, "address": network_address(address),
        "agent": agent[:300], "now": now, "expires_at": now + LIFE,
    }
    sessions.add(conn, row)
    sessions.sweep(conn, now)
    record(conn, By(person.actor(), address), now, "sign_in", ("person", person.id), after={"agent": agent[:300]})
    return SignedIn(token, person)


def whose(pool: Pool, token: str, now: datetime) -> Person | None:
    """Who this session belongs to; None when it ended, lay idle too long, or the person may no longer come in. One round trip."""
    row = sessions.whose(pool, token_hash(token), now, IDLE) if token else None
    return None if row is None else person_of(row)


def sign_out(pool: Pool, token: str, now: datetime | None = None, address: str = "") -> bool:
    """End one session; False when there was none. With `now` the audit log says so."""
    with scope(pool, PLATFORM) as conn:
        person = sessions.end(conn, token_hash(token))
        if person is not None and now is not None:
            row = people.by_id(conn, person[0], person[1])
            if row is not None:
                record(conn, By(person_of(row).actor(), address), now, "sign_out", ("person", person[1]))
    return person is not None


def sign_out_everywhere(pool: Pool, by: By, now: datetime, keep: str = "") -> int:
    """End all one's own sessions, but the one whose token is `keep`; answers how many."""
    with scope(pool, by.scope) as conn:
        ended = sessions.end_all(conn, by.actor.id, token_hash(keep) if keep else None)
        record(conn, by, now, "sign_out_everywhere", ("person", by.actor.id), after={"sessions": ended})
    return ended


def end_session(pool: Pool, by: By, session: str, now: datetime) -> bool:
    """End one of one's own sessions, named as `sessions_of` shows it."""
    with scope(pool, by.scope) as conn:
        ended = sessions.end_one(conn, by.actor.id, session)
        if ended:
            record(conn, by, now, "sign_out", ("person", by.actor.id))
    return ended == 1


def sessions_of(pool: Pool, by: By, now: datetime, token: str = "") -> list[people.Row]:
    """One's own live sessions: `session`, `address`, `agent`, `created_at`, `seen_at`, `expires_at`, `here` (the one asking)."""
    with scope(pool, by.scope) as conn:
        rows = sessions.of_person(conn, by.actor.id, now, IDLE)
    here = token_hash(token).hex() if token else ""
    return [row | {"here": row["session"] == here} for row in rows]


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
