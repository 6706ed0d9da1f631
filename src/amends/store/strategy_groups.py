"""Groups a case can be given to: the people who hold a role, those on duty with the fewest open cases first (SA-3)."""

from __future__ import annotations

from uuid import UUID

import psycopg


def groups(conn: psycopg.Connection, merchant: str) -> list[tuple[str, str]]:
    """The merchant's roles that somebody active holds: (id, name)."""
    return conn.execute(
        "select r.id::text, r.name from roles r where r.merchant_id = %(m)s and exists (select 1 from grants g join people p on p.id = g.person_id"
        " where g.merchant_id = %(m)s and g.role_id = r.id and p.merchant_id = %(m)s and p.active) order by r.name", {"m": UUID(merchant)},
    ).fetchall()


def members(conn: psycopg.Connection, merchant: str, role: str) -> list[tuple[int, str]] | None:
    """(open cases, person) of a role's people on duty, of all its people when nobody is; None if this is no role of the merchant."""
    if conn.execute("select 1 from roles where merchant_id = %s and id = %s", (UUID(merchant), role)).fetchone() is None:
        return None
    rows = conn.execute(
        "select p.id::text, p.on_duty, (select count(*)::int from cases c where c.merchant_id = %(m)s and c.assignee = p.id and c.closed_at is null) from people p"
        " join grants g on g.person_id = p.id and g.merchant_id = %(m)s and g.role_id = %(role)s where p.merchant_id = %(m)s and p.active order by p.id", {"m": UUID(merchant), "role": role},
    ).fetchall()
    here = [row for row in rows if row[1]] or rows
    return [(n, person) for person, _, n in here]
