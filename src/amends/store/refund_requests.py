"""Refund requests (MO-3): one for each payment the money goes back by, and one for each payout, under a key that is used once an attempt.

States: requested (asked, or waiting for finance by hand), moved, failed (finance may ask again), cancelled. What failed keeps its room in the payment, so
that asking again can never give back more than came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.queries import sql

LOOK_FIRST = timedelta(minutes=1)
"""A provider that said nothing is asked after this time, then after twice the time, and so on, at most every six hours, for as long as it takes."""


@dataclass(slots=True)
class Request:
    """One request as the provider is asked for it; `payment_ref` is the provider's number of the payment, empty for payouts."""

    id: str
    kind: str
    case_id: str | None
    order_id: str | None
    compensation_id: str | None
    purpose: str
    buyer_id: str | None
    payment_ref: str
    provider: str
    key: str
    amount: int
    currency: str
    state: str
    attempt: int
    reference: str
    sent_at: datetime | None


_REQUEST = (
    "select r.id::text, r.kind, r.case_id::text, r.order_id::text, r.compensation_id::text, r.purpose, r.buyer_id, coalesce(p.provider_ref, ''), r.provider, r.key, r.amount_minor,"
    " r.currency, r.state, r.attempt, coalesce(r.reference, ''), r.sent_at"
    " from refund_requests r left join payments p on p.merchant_id = r.merchant_id and p.id = r.payment_id where r.merchant_id = %s and r.id = %s"
)


def hold_orders(conn: psycopg.Connection, merchant: str, order_ids: list[str]) -> None:
    """Hold these orders until the transaction ends, in the order of their ids as everybody does."""
    if order_ids:
        conn.execute("select 1 from orders where merchant_id = %s and id = any(%s::uuid[]) order by id for update", (UUID(merchant), sorted(set(order_ids))))


def payments_of(conn: psycopg.Connection, merchant: str, order_id: str) -> list[tuple[str, str, str, int, int]]:
    """Payments of an order, oldest first, the order locked: id, provider, reference, amount, minor units asked back already (only cancelled ones left out)."""
    conn.execute("select 1 from orders where merchant_id = %s and id = %s for update", (UUID(merchant), order_id))
    return conn.execute(
        "select p.id::text, p.provider, p.provider_ref, p.amount_minor, coalesce((select sum(r.amount_minor) from refund_requests r"
        " where r.merchant_id = p.merchant_id and r.payment_id = p.id and r.state <> 'cancelled'), 0)::bigint"
        " from payments p where p.merchant_id = %s and p.order_id = %s order by p.paid_at, p.id",
        (UUID(merchant), order_id),
    ).fetchall()


def add(conn: psycopg.Connection, merchant: str, row: dict[str, Any], now: datetime) -> bool:
    """Write one request; false if it was written before. Row: id, kind, case, order, compensation, purpose, buyer, payment, provider, key, amount, currency."""
    return conn.execute(
        "insert into refund_requests (merchant_id, id, kind, case_id, order_id, compensation_id, purpose, buyer_id, payment_id, provider, key, amount_minor, currency, state, requested_at)"
        " values (%(m)s, %(id)s, %(kind)s, %(case)s, %(order)s, %(compensation)s, %(purpose)s, %(buyer)s, %(payment)s, %(provider)s, %(key)s, %(amount)s, %(currency)s, 'requested', %(now)s)"
        " on conflict do nothing",
        {**row, "m": UUID(merchant), "now": now},
    ).rowcount == 1


def granted_of(conn: psycopg.Connection, merchant: str, case_id: str) -> tuple[int, int]:
    """What a case has granted, and what of it has been asked for and not paid back (minor units; only cancelled requests left out). Read it under the order's lock."""
    row = conn.execute(
        "select granted_minor, coalesce((select sum(amount_minor) from refund_requests r where r.merchant_id = c.merchant_id and r.case_id = c.id and r.state <> 'cancelled'), 0)::bigint"
        " - coalesce((c.facts ->> 'paid_back')::bigint, 0) from cases c where c.merchant_id = %s and c.id = %s", (UUID(merchant), case_id),
    ).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def find(conn: psycopg.Connection, merchant: str, request: str, *, lock: bool = False) -> Request | None:
    """One request; `lock` holds it until the transaction ends."""
    row = conn.execute(_REQUEST + (" for update of r" if lock else ""), (UUID(merchant), request)).fetchone()
    return None if row is None else Request(*row)


def begin_sending(pool: Pool, merchant: str, request: str, attempt: int, now: datetime) -> Request | None:
    """Note, before the provider is asked, that this attempt may be on its way; None if it is not to be asked any more (answered, cancelled, asked anew).

    Committed when this returns. From here on only an answer ends it, and it is looked after even if this process dies.
    """
    with scope(pool, UUID(merchant)) as conn:
        found = find(conn, merchant, request, lock=True)
        if found is None or found.state != "requested" or found.attempt != attempt:
            return None
        conn.execute(
            "update refund_requests set sent_at = coalesce(sent_at, %(now)s), asked_at = %(now)s, next_look_at = coalesce(next_look_at, %(look)s) where merchant_id = %(m)s and id = %(id)s",
            {"m": UUID(merchant), "id": request, "now": now, "look": now + LOOK_FIRST},
        )
    return found


def leave_to_finance(pool: Pool, merchant: str, request: str, attempt: int) -> bool:
    """The provider has no connection (any more) and was never asked under this attempt's key: a person transfers. False if it may have been asked."""
    with scope(pool, UUID(merchant)) as conn:
        return conn.execute(
            "update refund_requests set provider = 'manual', next_look_at = null where merchant_id = %s and id = %s and attempt = %s and state = 'requested' and sent_at is null",
            (UUID(merchant), request, attempt),
        ).rowcount == 1


def merchants_to_look(pool: Pool, now: datetime, look_at: int = 5000) -> list[str]:
    """Merchants with a request or a charge that nothing has been heard of for long enough."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select distinct merchant_id::text from ((select merchant_id from refund_requests where next_look_at <= %(now)s order by next_look_at limit %(most)s)"
            " union all (select merchant_id from charges where next_look_at <= %(now)s order by next_look_at limit %(most)s)) d order by 1",
            {"now": now, "most": look_at},
        ).fetchall()
    return [row[0] for row in rows]


def take_looks(pool: Pool, merchant: str, now: datetime, most: int) -> list[tuple[str, int]]:
    """Requests to look for now, each put off to its next time: id and attempt. Committed when this returns, so no two workers look at once."""
    with scope(pool, UUID(merchant)) as conn:
        return conn.execute(sql("take_looks"), {"m": UUID(merchant), "now": now, "most": most, "first": LOOK_FIRST}).fetchall()


def compensation_state(conn: psycopg.Connection, merchant: str, compensation_id: str) -> str:
    """What the requests of a compensation come to: paid (all moved), failed (one has failed), granted (some still wait)."""
    row = conn.execute(
        "select case when bool_or(state = 'failed') then 'failed' when bool_and(state in ('moved', 'cancelled')) then 'paid' else 'granted' end"
        " from refund_requests where merchant_id = %s and compensation_id = %s", (UUID(merchant), compensation_id),
    ).fetchone()
    return row[0] if row and row[0] else "granted"
