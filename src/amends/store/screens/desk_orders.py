"""Orders as the platform's desk finds them, to open a dispute about one (DI-1). Platform scope."""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg.rows import dict_row

from amends.store.connect import PLATFORM, Pool, scope

Row = dict[str, Any]
_ORDER: LiteralString = """select o.id::text, o.merchant_id::text, m.name as merchant, o.number, o.state, o.paid_minor, o.currency, o.receiver, o.placed_at, o.receipt_confirmed_at,
  coalesce((select string_agg(l.title, '、' order by l.position) from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id and l.position < 3), '') as goods
from orders o join merchants m on m.id = o.merchant_id"""


def one(pool: Pool, merchant: str, order: str) -> Row:
    """One order that is known to be there."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_ORDER + " where o.merchant_id = %s and o.id = %s", (merchant, order)).fetchone()
    assert found is not None
    return found


def by_number(pool: Pool, number: str, limit: int = 20) -> list[Row]:
    """Orders of this number, merchant by merchant, each a look into its index."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ORDER.replace("from orders o join merchants m on m.id = o.merchant_id", "from merchants m cross join lateral (select * from orders o where o.merchant_id = m.id and o.number = %s limit 1) o") + " limit %s",
            (number, limit),
        ).fetchall()
