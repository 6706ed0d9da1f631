"""Refund requests and payouts for finance: what waits for whom, what failed, what has moved (MO-3, MO-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from amends.store.connect import Pool, scope

Row = dict[str, Any]
WAITS: dict[str, LiteralString] = {
    "failed": "r.state = 'failed'",
    "by_hand": "r.state = 'requested' and r.provider = 'manual'",
    "with_provider": "r.state = 'requested' and r.provider <> 'manual'",
    "moved": "r.state = 'moved'",
    "cancelled": "r.state = 'cancelled'",
}
"""Where a request can be: refused by its provider, waiting for a transfer by hand, with its provider, gone, not wanted any more."""
_COLUMNS: LiteralString = """r.id::text as id, r.kind, r.state, r.provider, r.amount_minor, r.currency, r.purpose, r.attempt, r.looks, r.reference, r.failure_code, r.failure_words,
  r.requested_at, r.sent_at, r.asked_at, r.answered_at, r.moved_at, r.next_look_at, r.buyer_id, r.payment_id::text as payment_id,
  r.case_id::text as case_id, c.number as case_number, c.kind as case_kind, c.state as case_state, r.order_id::text as order_id, o.number as order_number, o.receiver,
  r.compensation_id::text as compensation_id, k.number as compensation_number, coalesce(nullif(p.method, ''), nullif(p.provider, 'manual')) as method, p.provider_ref"""
_FROM: LiteralString = """from refund_requests r left join cases c on c.merchant_id = r.merchant_id and c.id = r.case_id left join orders o on o.merchant_id = r.merchant_id and o.id = r.order_id
  left join payments p on p.merchant_id = r.merchant_id and p.id = r.payment_id left join compensations k on k.merchant_id = r.merchant_id and k.id = r.compensation_id"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests: `waits` a key of `WAITS` or empty, a state, a provider, a case, an order, a time; `after` is where the page before ended."""

    waits: str = ""
    state: str = ""
    provider: str = ""
    case_id: str = ""
    order_id: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


def page(pool: Pool, merchant_id: str, want: Wanted, *, oldest: bool = False) -> list[Row]:
    """One page, newest first (or oldest), and one row more when there are more."""
    past: LiteralString = ">" if oldest else "<"
    where: list[LiteralString] = ["r.merchant_id = %(m)s", WAITS.get(want.waits, "true")]
    where += ["r.state = %(state)s"] if want.state else []
    where += ["r.provider = %(provider)s"] if want.provider else []
    where += ["r.case_id = %(case)s"] if want.case_id else []
    where += ["r.order_id = %(order)s"] if want.order_id else []
    where += ["r.kind = %(kind)s"] if want.kind else []
    where += ["r.requested_at >= %(since)s"] if want.since else []
    where += ["r.requested_at < %(until)s"] if want.until else []
    where += [f"(r.requested_at, r.id) {past} (%(at)s, %(id)s::uuid)"] if want.after else []
    way: LiteralString = "r.requested_at, r.id" if oldest else "r.requested_at desc, r.id desc"
    given = {
        "m": UUID(merchant_id), "state": want.state, "provider": want.provider, "case": want.case_id, "order": want.order_id, "kind": want.kind, "since": want.since, "until": want.until,
        "at": want.after[0] if want.after else None, "id": want.after[1] if want.after else None, "most": want.limit + 1,
    }
    return _rows(pool, merchant_id, f"select {_COLUMNS} {_FROM} where {' and '.join(where)} order by {way} limit %(most)s", given)


def one(pool: Pool, merchant_id: str, request_id: str) -> Row | None:
    """One request, or None."""
    found = _rows(pool, merchant_id, f"select {_COLUMNS} {_FROM} where r.merchant_id = %(m)s and r.id = %(id)s", {"m": UUID(merchant_id), "id": request_id})
    return found[0] if found else None


def moved_lately(pool: Pool, merchant_id: str) -> list[Row]:
    """The 20 that moved last, the newest first."""
    return _rows(pool, merchant_id, f"select {_COLUMNS} {_FROM} where r.merchant_id = %(m)s and r.state = 'moved' order by r.moved_at desc, r.id limit 20", {"m": UUID(merchant_id)})


def sums(pool: Pool, merchant_id: str) -> list[Row]:
    """What waits, by where and currency: waits (failed, by_hand, with_provider), currency, n, amount_minor, oldest."""
    return _rows(
        pool, merchant_id,
        "select case when state = 'failed' then 'failed' when provider = 'manual' then 'by_hand' else 'with_provider' end as waits, currency, count(*) as n, sum(amount_minor)::bigint as amount_minor,"
        " min(requested_at) as oldest from refund_requests where merchant_id = %(m)s and state in ('requested', 'failed') group by 1, 2 order by 1, 2", {"m": UUID(merchant_id)},
    )


def waiting_for_someone(pool: Pool, merchant_id: str) -> int:
    """How many wait for finance: failed, or to be transferred by hand."""
    with scope(pool, UUID(merchant_id)) as conn:
        row = conn.execute(
            "select (select count(*) from refund_requests where merchant_id = %(m)s and state = 'failed') + (select count(*) from refund_requests"
            " where merchant_id = %(m)s and state = 'requested' and provider = 'manual') + (select count(*) from charges where merchant_id = %(m)s and state = 'asked' and provider = 'manual')",
            {"m": UUID(merchant_id)},
        ).fetchone()
    return row[0] if row else 0


def charges(pool: Pool, merchant_id: str) -> list[Row]:
    """Differences buyers have not paid yet, the oldest first, at most 200."""
    return _rows(
        pool, merchant_id,
        "select h.id::text as id, h.case_id::text as case_id, c.number as case_number, c.kind as case_kind, c.state as case_state, h.order_id::text as order_id, o.number as order_number, o.receiver,"
        " h.provider, h.amount_minor, h.currency, h.asked_at from charges h join cases c on c.merchant_id = h.merchant_id and c.id = h.case_id"
        " left join orders o on o.merchant_id = h.merchant_id and o.id = h.order_id where h.merchant_id = %(m)s and h.state = 'asked' order by h.asked_at, h.id limit 200", {"m": UUID(merchant_id)},
    )


def providers(pool: Pool, merchant_id: str) -> list[str]:
    """Every provider that has ever been asked by this merchant."""
    return [row["provider"] for row in _rows(pool, merchant_id, "select distinct provider from refund_requests where merchant_id = %(m)s order by 1", {"m": UUID(merchant_id)})]


def found(pool: Pool, merchant_id: str, number: str) -> tuple[str, str]:
    """The case or the order that people call by this number: ("case_id" | "order_id" | "", id)."""
    rows = _rows(
        pool, merchant_id,
        "select 'case_id' as what, id::text as id from cases where merchant_id = %(m)s and number = %(number)s union all select 'order_id', id::text from orders where merchant_id = %(m)s and number = %(number)s limit 1",
        {"m": UUID(merchant_id), "number": number},
    )
    return (rows[0]["what"], rows[0]["id"]) if rows else ("", "")


def _rows(pool: Pool, merchant_id: str, query: LiteralString, given: dict[str, Any]) -> list[Row]:
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, given).fetchall()
