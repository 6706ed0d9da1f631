"""The people, addresses and pack of one merchant, for forms to choose from."""

from __future__ import annotations

from uuid import UUID

import psycopg


def names(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str]]:
    """(id, name) of those who may come in, by name; at most 500."""
    return conn.execute("select id::text, name from people where merchant_id = %s and active order by name, id limit 500", (UUID(merchant_id),)).fetchall()


def addresses(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str, bool]]:
    """(id, label, whether it is the default) of the return addresses in use, the default first."""
    return conn.execute(
        "select id::text, label, is_default from addresses where merchant_id = %s and active order by is_default desc, label, id", (UUID(merchant_id),)
    ).fetchall()


def pack(conn: psycopg.Connection, merchant_id: str) -> str | None:
    """The id of the merchant's policy pack."""
    row = conn.execute("select pack_ref from merchants where id = %s", (UUID(merchant_id),)).fetchone()
    return row[0] if row else None
