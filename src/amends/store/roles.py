"""Roles and grants in the database. `merchant_id` None: the platform's own."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from psycopg.rows import dict_row

from amends.store.people import Row


def one(conn: psycopg.Connection, merchant_id: str | None, role_id: str) -> Row | None:
    """A role by id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select id::text as id, name, permissions from roles where id = %s and merchant_id is not distinct from %s", (role_id, merchant_id)
        )
        return cursor.fetchone()


def add(conn: psycopg.Connection, role_id: str, merchant_id: str | None, name: str, permissions: Sequence[str]) -> bool:
    """Add a role; False when the name is taken."""
    return conn.execute(
        "insert into roles (id, merchant_id, name, permissions) values (%s, %s, %s, %s) on conflict do nothing",
        (role_id, merchant_id, name, sorted(permissions)),
    ).rowcount == 1


def change(conn: psycopg.Connection, role_id: str, merchant_id: str | None, name: str, permissions: Sequence[str]) -> bool:
    """Rename and refill a role; False when another role has the name."""
    return conn.execute(
        "update roles r set name = %(name)s, permissions = %(permissions)s where id = %(id)s and merchant_id is not distinct from %(merchant)s"
        " and not exists (select 1 from roles o where o.merchant_id is not distinct from %(merchant)s and o.name = %(name)s and o.id <> %(id)s)",
        {"id": role_id, "merchant": merchant_id, "name": name, "permissions": sorted(permissions)},
    ).rowcount == 1


def remove(conn: psycopg.Connection, role_id: str, merchant_id: str | None) -> int:
    """Delete a role, and with it what people hold through it."""
    return conn.execute("delete from roles where id = %s and merchant_id is not distinct from %s", (role_id, merchant_id)).rowcount


def give(conn: psycopg.Connection, row: Row) -> bool:
    """Give a role or one permission; False when it was held already."""
    return conn.execute(
        "insert into grants (id, merchant_id, person_id, role_id, permission, granted_by, granted_at)"
        " values (%(id)s, %(merchant_id)s, %(person_id)s, %(role_id)s, %(permission)s, %(granted_by)s, %(now)s) on conflict do nothing",
        row,
    ).rowcount == 1


def take(conn: psycopg.Connection, merchant_id: str | None, person_id: str, role_id: str | None, permission: str | None) -> bool:
    """Take a role or a directly granted permission away; False when it was not held so."""
    return conn.execute(
        "delete from grants where person_id = %s and merchant_id is not distinct from %s"
        " and role_id is not distinct from %s and permission is not distinct from %s",
        (person_id, merchant_id, role_id, permission),
    ).rowcount == 1


def held(conn: psycopg.Connection, merchant_id: str | None, person_id: str) -> tuple[list[Row], list[Row]]:
    """A person's roles (id, name, permissions, since) and direct grants (permission, since)."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select r.id::text as id, r.name, r.permissions, g.permission, g.granted_at as since from grants g left join roles r on r.id = g.role_id"
            " where g.person_id = %s and g.merchant_id is not distinct from %s order by r.name, g.permission",
            (person_id, merchant_id),
        )
        rows = cursor.fetchall()
    return [r for r in rows if r["id"]], [r for r in rows if r["permission"]]
