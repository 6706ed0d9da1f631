"""The table of unreasonable demands (DI-11): one mark held and withdrawn, and the marks of buyers for the platform's pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import PLATFORM, Pool, scope

Row = dict[str, Any]


def hold(conn: psycopg.Connection, merchant: str, mark: str) -> Row | None:
    """One mark, locked until the transaction ends."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text, case_id::text, buyer_id, reason, withdrawn_at from buyer_marks where merchant_id = %s and id = %s for update", (merchant, mark),
        ).fetchone()


def withdraw(conn: psycopg.Connection, merchant: str, mark: str, by: str, name: str, words: str, now: datetime) -> None:
    """It counts no more."""
    conn.execute(
        "update buyer_marks set withdrawn_at = %s, withdrawn_by = %s, withdrawn_name = %s, withdrawn_words = %s where merchant_id = %s and id = %s", (now, by, name, words, merchant, mark),
    )


_BUYERS = """
select b.merchant_id::text, m.name as merchant, b.buyer_id, b.n, b.last_at, b.disputes, o.receiver from (
  select x.merchant_id, x.buyer_id, count(*)::int as n, max(x.at) as last_at,
    (select count(*)::int from cases c where c.merchant_id = x.merchant_id and c.buyer_id = x.buyer_id and c.kind = 'dispute') as disputes
  from buyer_marks x where x.withdrawn_at is null and (%(merchant)s::uuid is null or x.merchant_id = %(merchant)s) group by x.merchant_id, x.buyer_id
) b join merchants m on m.id = b.merchant_id
left join lateral (select receiver from orders where merchant_id = b.merchant_id and buyer_id = b.buyer_id order by placed_at desc limit 1) o on true
where %(n)s::int is null or (b.n, b.last_at, b.buyer_id) < (%(n)s, %(at)s, %(buyer)s)
order by b.n desc, b.last_at desc, b.buyer_id desc limit %(limit)s"""
_OF_BUYER = """
select k.id::text, k.case_id::text, c.kind, c.number, c.state, k.reason, k.words, k.actor_name, k.at, k.withdrawn_at, k.withdrawn_name, k.withdrawn_words
from buyer_marks k join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id
where k.merchant_id = %(merchant)s and k.buyer_id = %(buyer)s order by k.at desc, k.id desc limit 200"""


def buyers(pool: Pool, merchant: str | None, after: tuple[int, datetime, str] | None, limit: int) -> list[Row]:
    """Buyers by how often they are marked, most first; one more than `limit` if there are more. `after`: the last row's count, time and buyer."""
    given = {"merchant": merchant, "limit": limit + 1, "n": after[0] if after else None, "at": after[1] if after else None, "buyer": after[2] if after else None}
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BUYERS, given).fetchall()


def of_buyer(pool: Pool, merchant: str, buyer: str) -> list[Row]:
    """Every mark of one buyer of one merchant, newest first, withdrawn ones too."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_OF_BUYER, {"merchant": merchant, "buyer": buyer}).fetchall()
