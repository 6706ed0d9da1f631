"""Where the platform's spare-parts store is (PO-8)."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_COLUMNS = "receiver, phone, province, city, district, detail"


def place(conn: psycopg.Connection, *, lock: bool = False) -> Row | None:
    """The address, held for a change if `lock`; None where none was given yet."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select {_COLUMNS} from platform_store" + (" for update" if lock else "")).fetchone()


def keep(conn: psycopg.Connection, row: Row) -> None:
    """Write it. Of two first ones at once the later counts."""
    conn.execute(
        "insert into platform_store (receiver, phone, province, city, district, detail, changed_by, changed_at)"
        " values (%(receiver)s, %(phone)s, %(province)s, %(city)s, %(district)s, %(detail)s, %(changed_by)s, %(changed_at)s)"
        " on conflict (one) do update set receiver = excluded.receiver, phone = excluded.phone, province = excluded.province, city = excluded.city, district = excluded.district,"
        " detail = excluded.detail, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        row,
    )
