"""Calls for help (SO-30) as lists read them: those that wait, the longest first, and those answered, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.store.connect import PLATFORM, Pool, scope

COUNTED_TO = 1000


@dataclass(slots=True)
class Call:
    """One call with its case as it stands now. `side`: merchant, buyer, or system (a rule of the pack, named in `cause`); `dispute` the number of one the platform opened from it.

    `open_dispute` and `open_dispute_number`: one that is open about the same case, whoever opened it.
    """

    merchant_id: str
    id: str
    merchant: str
    side: str
    actor_name: str
    cause: str
    words: str
    at: datetime
    answered_at: datetime | None
    answered_name: str
    answer: str
    dispute: str
    case_id: str
    number: str
    kind: str
    state: str
    type: str
    title: str
    pack: str
    currency: str
    order_id: str
    open_dispute: str
    open_dispute_number: str


_CALL = """select k.merchant_id::text, k.id::text, m.name as merchant, k.side, coalesce(k.actor_name, '') as actor_name, k.cause, k.words, k.at, k.answered_at,
  coalesce(k.answered_name, '') as answered_name, coalesce(k.answer, '') as answer, coalesce(k.dispute, '') as dispute, c.id::text as case_id, c.number, c.kind, c.state,
  coalesce(c.type, '') as type, coalesce(c.facts ->> 'title', c.sku, '') as title, coalesce((c.facts ->> 'pack') || '@' || (c.facts ->> 'pack_version'), '') as pack, coalesce(c.currency, m.currency) as currency,
  coalesce(c.order_id::text, '') as order_id, coalesce(d.id::text, '') as open_dispute, coalesce(d.number, '') as open_dispute_number
from ({page}) k join merchants m on m.id = k.merchant_id join cases c on c.merchant_id = k.merchant_id and c.id = k.case_id
left join cases d on d.merchant_id = c.merchant_id and d.parent_id = c.id and d.kind = 'dispute' and d.closed_at is null order by k.{by}"""
ORDERS = {False: ("answered_at is null", "at", ">", "at, id", "at, k.id"), True: ("answered_at is not null", "answered_at", "<", "answered_at desc, id desc", "answered_at desc, k.id desc")}
"""Answered or not: which, by what, which way a page goes on, the order of the calls and of the page."""


def listed(conn: psycopg.Connection, *, answered: bool = False, merchant: str | None = None, after: tuple[datetime, str] | None = None, limit: int = 50) -> list[Call]:
    """One page, at most `limit`; of all merchants in the platform's scope, of one in its own."""
    which, column, way, order, by = ORDERS[answered]
    tests = [which, *(["merchant_id = %(m)s"] if merchant else []), *([f"({column}, id) {way} (%(at)s, %(last)s::uuid)"] if after else [])]
    page = f"select * from calls where {' and '.join(tests)} order by {order} limit %(limit)s"
    at, last = after or (None, None)
    with conn.cursor(row_factory=class_row(Call)) as cursor:
        return cursor.execute(_CALL.format(page=page, by=by), {"m": UUID(merchant) if merchant else None, "at": at, "last": last, "limit": limit}).fetchall()


def counted(conn: psycopg.Connection, merchant: str | None = None) -> int:
    """How many wait, counted no further than COUNTED_TO."""
    mine = "and merchant_id = %(m)s" if merchant else ""
    row = conn.execute(f"select count(*) from (select 1 from calls where answered_at is null {mine} limit {COUNTED_TO}) n", {"m": UUID(merchant) if merchant else None}).fetchone()
    return int(row[0]) if row else 0


def one(pool: Pool, merchant: str, call_id: str) -> Call | None:
    """One call of any merchant, for the platform; None when there is none."""
    page = "select * from calls where merchant_id = %(m)s and id = %(id)s"
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=class_row(Call)) as cursor:
        return cursor.execute(_CALL.format(page=page, by="at"), {"m": UUID(merchant), "id": UUID(call_id)}).fetchone()
