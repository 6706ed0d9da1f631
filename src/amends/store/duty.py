"""Who of a merchant is on duty (ST-7)."""

from __future__ import annotations

from uuid import UUID

import psycopg


def on_duty(conn: psycopg.Connection, merchant: str, person: str) -> bool:
    """Whether this person is on duty now."""
    row = conn.execute("select on_duty from people where merchant_id = %s and id = %s", (UUID(merchant), UUID(person))).fetchone()
    return bool(row and row[0])


def put(conn: psycopg.Connection, merchant: str, person: str, on: bool) -> bool:
    """On duty or off; False when that changes nothing."""
    done = conn.execute("update people set on_duty = %s where merchant_id = %s and id = %s and on_duty <> %s", (on, UUID(merchant), UUID(person), on))
    return done.rowcount == 1


def claimed(conn: psycopg.Connection, merchant: str, person: str) -> list[str]:
    """The open cases of any kind that this person has claimed."""
    rows = conn.execute(
        "select id::text from cases where merchant_id = %s and assignee = %s and closed_at is null order by due_at, id", (UUID(merchant), UUID(person))
    )
    return [row[0] for row in rows]
