"""A merchant's own row: name, pack, fulfilment mode, and the settings kept beside them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Row = dict[str, Any]


def one(conn: psycopg.Connection, merchant_id: str, *, lock: bool = False) -> Row | None:
    """A merchant's row, held for a change if `lock`."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select id::text as id, name, pack, pack_ref, pack_version, fulfilment_mode, currency, tz, settings, opened_at, closed_at from merchants where id = %s"
            + (" for update" if lock else ""),
            (merchant_id,),
        )
        return cursor.fetchone()


def change(conn: psycopg.Connection, merchant_id: str, row: Row) -> None:
    """Write name, pack, mode and settings."""
    conn.execute(
        "update merchants set name = %(name)s, pack = %(pack)s, fulfilment_mode = %(fulfilment_mode)s, settings = %(settings)s where id = %(id)s",
        row | {"id": merchant_id, "settings": Jsonb(row["settings"])},
    )
