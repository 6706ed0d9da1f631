"""API keys in the database (ST-6): the secret is kept as SHA-256 only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import Pool
from amends.store.people import Row

_HOLDER = """
begin; set local role amends_platform; set local amends.scope = 'platform'; set local amends.merchant = '';
with used as (
  update api_keys set used_at = %(now)s where prefix = %(prefix)s and key_hash = %(hash)s
     and revoked_at is null and (expires_at is null or expires_at > %(now)s) and (used_at is null or used_at <= %(now)s - interval '1 minute')
)
select k.id::text as id, k.merchant_id::text as merchant_id, k.name, k.permissions, k.key_hash from api_keys k left join merchants m on m.id = k.merchant_id
 where k.prefix = %(prefix)s and k.revoked_at is null and (k.expires_at is null or k.expires_at > %(now)s) and m.closed_at is null;
commit
"""


def holder(pool: Pool, prefix: str, key_hash: bytes, now: datetime) -> Row | None:
    """The live key with this prefix, its hash for the caller to compare; its use is noted at most once a minute. One round trip."""
    with pool.connection() as conn, psycopg.ClientCursor(conn, row_factory=dict_row) as cursor:
        cursor.execute(_HOLDER, {"prefix": prefix, "hash": key_hash, "now": now})
        found = None
        while True:
            if cursor.description is not None:
                found = cursor.fetchone()
            if not cursor.nextset():
                return found


def add(conn: psycopg.Connection, row: Row) -> None:
    """A new key."""
    conn.execute(
        "insert into api_keys (id, merchant_id, name, prefix, key_hash, permissions, created_by, created_at, expires_at)"
        " values (%(id)s, %(merchant_id)s, %(name)s, %(prefix)s, %(key_hash)s, %(permissions)s, %(created_by)s, %(now)s, %(expires_at)s)",
        row,
    )


def one(conn: psycopg.Connection, merchant_id: str | None, key_id: str) -> Row | None:
    """A key by id, locked for a change."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select id::text as id, name, prefix, permissions, created_at, used_at, expires_at, revoked_at from api_keys"
            " where id = %s and merchant_id is not distinct from %s for update",
            (key_id, merchant_id),
        )
        return cursor.fetchone()


def listed(conn: psycopg.Connection, merchant_id: str | None) -> Sequence[Row]:
    """All keys of a merchant, live ones first, the newest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select k.id::text as id, k.name, prefix, permissions, k.created_at, used_at, expires_at, revoked_at, p.name as maker"
            " from api_keys k left join people p on p.id = k.created_by"
            " where k.merchant_id is not distinct from %s order by revoked_at is not null, k.created_at desc, k.id",
            (merchant_id,),
        )
        return cursor.fetchall()


def end(conn: psycopg.Connection, merchant_id: str | None, key_id: str, revoked_at: datetime | None, expires_at: datetime | None) -> None:
    """Revoke at once, or let it run out."""
    conn.execute(
        "update api_keys set revoked_at = coalesce(%s, revoked_at), expires_at = coalesce(%s, expires_at)"
        " where id = %s and merchant_id is not distinct from %s",
        (revoked_at, expires_at, key_id, merchant_id),
    )
