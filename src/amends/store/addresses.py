"""Return addresses in the database."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_COLUMNS = "id::text as id, label, receiver, phone, province, city, district, detail, is_default, active"


def listed(conn: psycopg.Connection, merchant_id: str | None) -> list[Row]:
    """All addresses of a merchant: the default, the others in use, those no longer in use."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(f"select {_COLUMNS} from addresses where merchant_id = %s order by is_default desc, active desc, label, id", (merchant_id,))
        return cursor.fetchall()


def locked(conn: psycopg.Connection, merchant_id: str | None) -> list[Row]:
    """The same, held so that two changes of the default follow each other."""
    conn.execute("select 1 from merchants where id = %s for update", (merchant_id,))
    return listed(conn, merchant_id)


def put(conn: psycopg.Connection, merchant_id: str | None, row: Row) -> None:
    """Add an address or write it anew."""
    conn.execute(
        "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default, active)"
        " values (%(merchant_id)s, %(id)s, %(label)s, %(receiver)s, %(phone)s, %(province)s, %(city)s, %(district)s, %(detail)s, %(is_default)s, %(active)s)"
        " on conflict (merchant_id, id) do update set label = excluded.label, receiver = excluded.receiver, phone = excluded.phone,"
        " province = excluded.province, city = excluded.city, district = excluded.district, detail = excluded.detail, active = excluded.active",
        row | {"merchant_id": merchant_id},
    )


def set_default(conn: psycopg.Connection, merchant_id: str | None, address_id: str) -> None:
    """Make one the default, and no other."""
    conn.execute("update addresses set is_default = false where merchant_id = %s and is_default and id <> %s", (merchant_id, address_id))
    conn.execute("update addresses set is_default = true where merchant_id = %s and id = %s", (merchant_id, address_id))
