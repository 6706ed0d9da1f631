"""Refunds that wait for a transfer by hand (MO-5), and those made lately."""

from __future__ import annotations

from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from amends.store.connect import Pool, scope

Row = dict[str, Any]
_SELECT: LiteralString = """select r.id::text as id, r.case_id::text as case_id, c.number, c.kind, c.state, r.amount_minor, r.currency, r.requested_at, r.moved_at, r.reference,
  o.number as order_number, o.receiver, coalesce(nullif(p.method, ''), nullif(p.provider, 'manual')) as method, p.provider_ref
  from refund_requests r join cases c on c.merchant_id = r.merchant_id and c.id = r.case_id
  left join orders o on o.merchant_id = r.merchant_id and o.id = r.order_id
  left join payments p on p.merchant_id = r.merchant_id and p.id = r.payment_id
  where r.merchant_id = %(merchant)s and r.provider = 'manual'"""


def waiting(pool: Pool, merchant_id: str) -> list[Row]:
    """The oldest first, at most 200."""
    return _rows(pool, merchant_id, _SELECT + " and r.state = 'requested' order by r.requested_at, r.id limit 200")


def moved(pool: Pool, merchant_id: str) -> list[Row]:
    """The 50 recorded last, the newest first."""
    return _rows(pool, merchant_id, _SELECT + " and r.state = 'moved' order by r.moved_at desc, r.id limit 50")


def sums(pool: Pool, merchant_id: str) -> list[Row]:
    """How many refunds wait and how much that is, by currency: n, amount_minor, currency."""
    return _rows(
        pool, merchant_id,
        "select count(*) as n, sum(amount_minor)::bigint as amount_minor, currency from refund_requests"
        " where merchant_id = %(merchant)s and state = 'requested' and provider = 'manual' group by currency order by currency",
    )


def _rows(pool: Pool, merchant_id: str, query: LiteralString) -> list[Row]:
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, {"merchant": merchant_id}).fetchall()
