"""What the demo's first visit shows: who may be tried out, and how far somebody has come (UI-8)."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

MOST = 12


def guests(conn: psycopg.Connection) -> list[dict[str, Any]]:
    """Accounts to try: the merchants' people, the busiest shop and main accounts first, then the platform's. Platform scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select p.id::text as id, p.merchant_id::text as merchant_id, p.name, p.email, p.main_account, m.name as merchant_name,"
            " (select string_agg(r.name, '、' order by r.name) from grants g join roles r on r.id = g.role_id where g.person_id = p.id) as roles"
            " from people p left join merchants m on m.id = p.merchant_id where p.active and p.password_hash is not null and m.closed_at is null"
            " order by p.merchant_id is null, (select count(*) from cases c where c.merchant_id = p.merchant_id and c.closed_at is null) desc,"
            " p.merchant_id, not p.main_account, p.id limit %s",
            (MOST,),
        )
        return cursor.fetchall()


def has_acted(conn: psycopg.Connection, merchant_id: str, person_id: str) -> bool:
    """Whether this person has given a command on a case since first signing in; what the demo's furniture did in their name is older."""
    row = conn.execute(
        "select exists (select 1 from events where merchant_id = %(m)s and actor_id = %(p)s and actor_kind = 'merchant' and at >="
        " (select min(at) from audit where merchant_id = %(m)s and actor_id = %(p)s and action = 'sign_in'))",
        {"m": merchant_id, "p": person_id},
    ).fetchone()
    return bool(row and row[0])


def ran_out(conn: psycopg.Connection, merchant_id: str) -> tuple[str, str] | None:
    """Id and number of the service order that a clock approved last."""
    row = conn.execute(
        "select c.id::text, c.number from events e join cases c on c.merchant_id = e.merchant_id and c.id = e.case_id"
        " where e.merchant_id = %s and e.name = 'ran_out' and e.explanation ->> 'then' like 'approve%%'"
        " and c.kind = 'service_order' order by e.at desc, c.number desc limit 1",
        (merchant_id,),
    ).fetchone()
    return (row[0], row[1]) if row else None
