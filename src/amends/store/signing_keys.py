"""Public halves of the keys with which the house signs dossiers (DI-10): added at the first use, never taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One of them: its id, its 32 bytes, since when it signs."""

    id: str
    public: bytes
    first_used_at: datetime


def keep(conn: psycopg.Connection, key: PublicKey) -> None:
    """Add it if it is new; PLATFORM scope."""
    conn.execute("insert into signing_keys (id, public, first_used_at) values (%s, %s, %s) on conflict do nothing", (key.id, key.public, key.first_used_at))


def every(conn: psycopg.Connection) -> list[PublicKey]:
    """All, the latest first."""
    with conn.cursor(row_factory=class_row(PublicKey)) as cursor:
        return cursor.execute("select id, public, first_used_at from signing_keys order by first_used_at desc, id").fetchall()


def one(conn: psycopg.Connection, key_id: str) -> PublicKey | None:
    """The one of this id."""
    with conn.cursor(row_factory=class_row(PublicKey)) as cursor:
        return cursor.execute("select id, public, first_used_at from signing_keys where id = %s", (key_id,)).fetchone()
