"""People and roles as the settings show them; `merchant_id` None: the platform's own."""

from __future__ import annotations

from typing import Any

from psycopg.rows import dict_row

from amends.store.audit import scope_of
from amends.store.connect import Pool, scope

Row = dict[str, Any]


def people(pool: Pool, merchant_id: str | None) -> list[Row]:
    """Everybody, the main account first: id, name, email, main_account, active, invited, roles (names), direct (how many grants), seen_at."""
    with scope(pool, scope_of(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select p.id::text as id, p.name, p.email, p.main_account, p.active, p.password_hash is null as invited, p.locked_until, p.created_at,"
            " coalesce((select array_agg(r.name order by r.name) from grants g join roles r on r.id = g.role_id where g.person_id = p.id), '{}') as roles,"
            " (select count(*) from grants g where g.person_id = p.id and g.permission is not null) as direct,"
            " (select max(s.seen_at) from sessions s where s.person_id = p.id) as seen_at"
            " from people p where p.merchant_id is not distinct from %s order by p.main_account desc, p.active desc, p.name, p.id",
            (merchant_id,),
        ).fetchall()


def roles(pool: Pool, merchant_id: str | None) -> list[Row]:
    """Every role: id, name, permissions, holders (how many people)."""
    with scope(pool, scope_of(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select r.id::text as id, r.name, r.permissions, (select count(*) from grants g where g.role_id = r.id) as holders"
            " from roles r where r.merchant_id is not distinct from %s order by r.name, r.id",
            (merchant_id,),
        ).fetchall()


def person(pool: Pool, merchant_id: str | None, person_id: str) -> Row | None:
    """One person with `roles` (ids) and `direct` (permissions granted to them alone)."""
    with scope(pool, scope_of(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select p.id::text as id, p.name, p.email, p.language, p.main_account, p.active, p.password_hash is null as invited, p.created_at,"
            " coalesce((select array_agg(g.role_id::text) from grants g where g.person_id = p.id and g.role_id is not null), '{}') as roles,"
            " coalesce((select array_agg(g.permission) from grants g where g.person_id = p.id and g.permission is not null), '{}') as direct"
            " from people p where p.id = %s and p.merchant_id is not distinct from %s",
            (person_id, merchant_id),
        ).fetchone()
