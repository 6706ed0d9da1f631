"""What counts against the limits of strategies, read under a lock that is held until the acts that count are written (SA-4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg

from amends.store.alike import array, texts
from amends.store.packed import ids

BUYER_DAYS = 30


def hold(
    conn: psycopg.Connection, merchant: str, row_ids: list[str], buyers: list[str], day: date, *, lock: bool = True,
) -> tuple[dict[tuple[str, str], tuple[int, int]], dict[str, tuple[int, int]]]:
    """Hold the counts of these rows (`lock` false: only look); answers (acts, money) by (row, buyer) in 30 days, and by row on this day.

    In the order of the rows, after cases, orders and stock: two batches never wait for each other in a ring.
    """
    given = {"m": UUID(merchant), "rows": array(sorted(row_ids)), "buyers": texts(buyers), "day": day, "since": day - timedelta(days=BUYER_DAYS - 1)}
    with conn.pipeline():
        if lock:
            conn.execute("insert into strategy_locks (merchant_id, row_id) select %(m)s, x from unnest(%(rows)s::uuid[]) x order by x on conflict do nothing", given)
            conn.execute("select 1 from strategy_locks where merchant_id = %(m)s and row_id = any(%(rows)s::uuid[]) order by row_id for update", given)
        by_buyer = conn.execute(
            "select row_id::text, buyer_id, sum(n)::int, sum(amount_minor)::bigint from strategy_counts where merchant_id = %(m)s and row_id = any(%(rows)s::uuid[]) and buyer_id = any(%(buyers)s::text[]) and buyer_id <> ''"
            " and day >= %(since)s group by 1, 2", given)
        by_day = conn.execute(
            "select row_id::text, n, amount_minor from strategy_counts where merchant_id = %(m)s and row_id = any(%(rows)s::uuid[]) and buyer_id = '' and day = %(day)s", given)
    return {(row, buyer): (n, int(amount)) for row, buyer, n, amount in by_buyer.fetchall()}, {row: (n, amount) for row, n, amount in by_day.fetchall()}


def acted_before(conn: psycopg.Connection, merchant: str, acts: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these rows have acted on these cases, ever: (case, row)."""
    rows = conn.execute(
        "select distinct d.case_id::text, d.row_id::text from strategy_decisions d join unnest(%s::uuid[], %s::uuid[]) x(case_id, row_id) on d.case_id = x.case_id and d.row_id = x.row_id"
        " where d.merchant_id = %s and d.outcome = 'fired'", ([case for case, _ in acts], [row for _, row in acts], UUID(merchant)),
    ).fetchall()
    return set(rows)


def acted_lately(conn: psycopg.Connection, merchant: str, cases: list[str], now: datetime) -> dict[str, int]:
    """How often each of these cases was acted upon by strategies in the last 24 hours; the cases are locked, so it stands."""
    rows = conn.execute(
        "select case_id::text, count(*)::int from strategy_decisions where merchant_id = %s and case_id = any(%s::uuid[]) and outcome = 'fired' and at > %s group by 1",
        (UUID(merchant), ids(cases), now - timedelta(days=1)),
    ).fetchall()
    return dict(rows)
