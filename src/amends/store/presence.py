"""Who looks at a case and who types there, for a minute at a time (UI-1a)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg

_SEEN = """
insert into presence (merchant_id, case_id, person_id, person_name, doing, at) values (%s, %s, %s, %s, %s, %s)
on conflict (merchant_id, case_id, person_id) do update set person_name = excluded.person_name, doing = excluded.doing, at = excluded.at
"""


def seen(conn: psycopg.Connection, merchant: str, case: str, person: str, name: str, doing: str, at: datetime) -> None:
    """Somebody is there now, `looking` or `typing`."""
    conn.execute(_SEEN, (UUID(merchant), UUID(case), UUID(person), name, doing, at))


def gone(conn: psycopg.Connection, merchant: str, case: str, person: str) -> None:
    """Somebody has left."""
    conn.execute("delete from presence where merchant_id = %s and case_id = %s and person_id = %s", (UUID(merchant), UUID(case), UUID(person)))


def sweep(conn: psycopg.Connection, merchant: str, before: datetime) -> None:
    """Forget who was seen last before this instant."""
    conn.execute("delete from presence where merchant_id = %s and at < %s", (UUID(merchant), before))


def who(conn: psycopg.Connection, merchant: str, cases: list[str], since: datetime) -> list[tuple[str, str, str, str, datetime]]:
    """(case, person, name, doing, at) of everybody seen at these cases since then."""
    return conn.execute(
        "select case_id::text, person_id::text, person_name, doing, at from presence where merchant_id = %s and case_id = any(%s::uuid[]) and at >= %s order by at desc",
        (UUID(merchant), cases, since),
    ).fetchall()
