"""Who gives goodwill at a merchant: roles and people whose limits can be set (CO-3)."""

from __future__ import annotations

from uuid import UUID

import psycopg


def roles(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str]]:
    """(id, name) of the roles that may give goodwill, by name."""
    return conn.execute(
        "select id::text, name from roles where merchant_id = %s and 'give_goodwill' = any(permissions) order by name, id", (UUID(merchant_id),)
    ).fetchall()


def givers(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str]]:
    """(id, name) of people in office who may give goodwill and are not the main account, by name; at most 200."""
    return conn.execute(
        "select p.id::text, p.name from people p where p.merchant_id = %(m)s and p.active and not p.main_account and exists (select 1 from grants g left join roles r on r.id = g.role_id"
        " where g.person_id = p.id and g.merchant_id = p.merchant_id and (g.permission = 'give_goodwill' or 'give_goodwill' = any(r.permissions))) order by p.name, p.id limit 200",
        {"m": UUID(merchant_id)},
    ).fetchall()
