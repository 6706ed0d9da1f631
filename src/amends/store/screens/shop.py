"""A merchant with return addresses, and its people, as the API shows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from amends.store.connect import Platform, Pool, Whose, scope

Row = dict[str, Any]
_MERCHANT = "select id::text, name, pack, fulfilment_mode, currency, tz, settings, opened_at, closed_at from merchants"


def merchants(pool: Pool, whose: Whose, after: str | None, limit: int) -> list[Row]:
    """Merchants in the order of their ids: the key's own, or all for the platform; one more than `limit` if there are more."""
    own = None if isinstance(whose, Platform) else whose
    with scope(pool, whose) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _MERCHANT + " where (%(own)s::uuid is null or id = %(own)s) and (%(after)s::uuid is null or id > %(after)s) order by id limit %(limit)s",
            {"own": own, "after": after, "limit": limit + 1},
        ).fetchall()


def merchant(pool: Pool, merchant_id: str) -> tuple[Row, list[Row]] | None:
    """One merchant and the return addresses in use, the default first."""
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_MERCHANT + " where id = %s", (merchant_id,)).fetchone()
        addresses = cursor.execute(
            "select id::text, label, receiver, phone, province, city, district, detail, is_default from addresses"
            " where merchant_id = %s and active order by not is_default, label, id", (merchant_id,),
        ).fetchall()
    return None if row is None else (row, addresses)


def staff(pool: Pool, merchant_id: str, after: str | None, limit: int) -> list[Row]:
    """The merchant's people in the order of their ids, one more than `limit` if there are more."""
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text, name, email, language, main_account, on_duty, active, created_at from people"
            " where merchant_id = %(merchant)s and (%(after)s::uuid is null or id > %(after)s) order by id limit %(limit)s",
            {"merchant": merchant_id, "after": after, "limit": limit + 1},
        ).fetchall()
