"""People in the database: rows of `people`, and what each of them holds. Callers name the scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Row = dict[str, Any]

PERSON = """
  p.id::text as id, p.merchant_id::text as merchant_id, p.email, p.name, p.language, p.main_account,
  m.name as merchant_name, coalesce(m.tz, 'Asia/Shanghai') as timezone, coalesce(m.currency, 'CNY') as currency,
  array(
    select unnest(r.permissions) from grants g join roles r on r.id = g.role_id
     where g.person_id = p.id and g.merchant_id is not distinct from p.merchant_id
    union
    select g.permission from grants g
     where g.person_id = p.id and g.permission is not null and g.merchant_id is not distinct from p.merchant_id
  ) as permissions
"""
"""What `engine.person.Person` is made of; `p` is people, `m` merchants (left join)."""


def by_email(conn: psycopg.Connection, email: str) -> Row | None:
    """The person who signs in with this e-mail, with hash, lock and whether they may come in at all. Platform scope."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"select {PERSON}, p.password_hash, p.failed_attempts, p.locked_until, p.active and m.closed_at is null as welcome"
            " from people p left join merchants m on m.id = p.merchant_id where lower(p.email) = lower(%s)",
            (email,),
        )
        return cursor.fetchone()


def by_id(conn: psycopg.Connection, merchant_id: str | None, person_id: str) -> Row | None:
    """One person of this merchant (None: of the platform), with what they hold."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"select {PERSON}, p.password_hash, p.active, p.invited_at, p.created_at from people p left join merchants m on m.id = p.merchant_id"
            " where p.id = %s and p.merchant_id is not distinct from %s",
            (person_id, merchant_id),
        )
        return cursor.fetchone()


def add(conn: psycopg.Connection, row: Row) -> bool:
    """Add a person; False when the e-mail is taken, by whomever."""
    done = conn.execute(
        "insert into people (id, merchant_id, email, name, main_account, password_hash, language, invited_at, created_at)"
        " values (%(id)s, %(merchant_id)s, %(email)s, %(name)s, %(main_account)s, %(password_hash)s, %(language)s, %(invited_at)s, %(created_at)s)"
        " on conflict do nothing",
        row,
    )
    return done.rowcount == 1


def take_attempt(conn: psycopg.Connection, person_id: str, now: datetime, free: int, first: int, longest: int) -> datetime | None:
    """Count an attempt before the password is looked at; answers until when the account is locked, None when it may try.

    After `free` attempts in a row each further one locks for `first` seconds, doubled every time, at most `longest`.
    """
    taken = conn.execute(
        "update people set failed_attempts = failed_attempts + 1,"
        " locked_until = case when failed_attempts + 1 >= %(free)s"
        " then %(now)s + make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least(failed_attempts + 1 - %(free)s, 20))) end"
        " where id = %(id)s and (locked_until is null or locked_until <= %(now)s)",
        {"id": person_id, "now": now, "free": free, "first": first, "longest": longest},
    )
    if taken.rowcount:
        return None
    row = conn.execute("select locked_until from people where id = %s", (person_id,)).fetchone()
    return row[0] if row else None


def attempt_succeeded(conn: psycopg.Connection, person_id: str) -> None:
    """Forget failed attempts and the lock."""
    conn.execute("update people set failed_attempts = 0, locked_until = null where id = %s", (person_id,))


def set_password(conn: psycopg.Connection, person_id: str, password_hash: str) -> None:
    """A new hash; it also ends a lock."""
    conn.execute("update people set password_hash = %s, failed_attempts = 0, locked_until = null where id = %s", (password_hash, person_id))


def change(conn: psycopg.Connection, person_id: str, name: str, language: str, active: bool) -> None:
    """Name, language and whether the person may come in."""
    conn.execute("update people set name = %s, language = %s, active = %s where id = %s", (name, language, active, person_id))


def add_merchant(conn: psycopg.Connection, row: Row) -> None:
    """Add a tenant. Platform scope."""
    conn.execute(
        "insert into merchants (id, name, pack, fulfilment_mode, currency, tz, settings, opened_at)"
        " values (%(id)s, %(name)s, %(pack)s, %(mode)s, %(currency)s, %(timezone)s, %(settings)s, %(now)s)",
        row | {"settings": Jsonb(row["settings"])},
    )
