"""What somebody typed and has not sent, one row for each person, case and command."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

_SAVE = """
insert into drafts (merchant_id, person_id, case_id, command, body, case_version, saved_at) values (%s, %s, %s, %s, %s, %s, %s)
on conflict (merchant_id, person_id, case_id, command) do update set body = excluded.body, case_version = excluded.case_version, saved_at = excluded.saved_at
"""


def save(conn: psycopg.Connection, merchant: str, person: str, case: str, command: str, body: dict[str, Any], version: int | None, at: datetime) -> None:
    """Keep it, in place of what was kept before."""
    conn.execute(_SAVE, (UUID(merchant), person, UUID(case), command, Jsonb(body), version, at))


def drop(conn: psycopg.Connection, merchant: str, person: str, case: str, command: str | None) -> None:
    """Forget the draft of one command, or of all of them."""
    conn.execute(
        "delete from drafts where merchant_id = %s and person_id = %s and case_id = %s and (%s::text is null or command = %s)",
        (UUID(merchant), person, UUID(case), command, command),
    )


def load(conn: psycopg.Connection, merchant: str, person: str, case: str) -> list[tuple[str, dict[str, Any], int | None, datetime]]:
    """(command, body, version of the case then, saved at) of everything kept for this person and case."""
    return conn.execute(
        "select command, body, case_version, saved_at from drafts where merchant_id = %s and person_id = %s and case_id = %s order by command",
        (UUID(merchant), person, UUID(case)),
    ).fetchall()
