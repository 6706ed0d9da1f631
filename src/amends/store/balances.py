"""Balances of pre-sale orders that are due soon, and the reminders of them (OR-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

AT_ONCE = 500


def merchants(conn: psycopg.Connection, now: datetime) -> list[tuple[str, str]]:
    """Merchants with a balance that is not due yet, and their packs; PLATFORM scope."""
    return conn.execute(
        "select m.id::text, m.pack_ref as pack from merchants m where exists (select 1 from orders o where o.merchant_id = m.id and o.balance_due_at > %s"
        " and o.state in ('pending_payment', 'locked')) order by m.id", (now,),
    ).fetchall()


_REMIND = """with due as (
  select o.id, o.buyer_id, o.balance_due_at, o.currency,
    greatest(0, o.freight_minor - o.paid_minor + o.refunded_minor + coalesce((select sum(l.paid_minor) from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id), 0)) as amount
  from orders o where o.merchant_id = %(m)s and o.balance_due_at > %(now)s and o.state in ('pending_payment', 'locked')
    and exists (select 1 from unnest(%(before)s::interval[]) b where o.balance_due_at - b <= %(now)s and (o.balance_reminded_at is null or o.balance_reminded_at < o.balance_due_at - b))
  order by o.id limit %(most)s for update of o skip locked
), told as (
  insert into notices (merchant_id, id, order_id, reader, buyer_id, event, body, at)
  select %(m)s, gen_random_uuid(), id, 'buyer', buyer_id, 'balance_due', jsonb_build_object('due_at', balance_due_at, 'amount', amount, 'currency', currency), %(now)s from due
)
update orders o set balance_reminded_at = %(now)s from due where o.merchant_id = %(m)s and o.id = due.id"""


def remind(conn: psycopg.Connection, merchant: str, before: Sequence[timedelta], now: datetime) -> int:
    """Tell the buyers whose balance is due within one of these spans and who were not told in it yet; answers how many."""
    return conn.execute(_REMIND, {"m": UUID(merchant), "before": list(before), "now": now, "most": AT_ONCE}).rowcount


def read_reminders(conn: psycopg.Connection, merchant: str, order_id: str, now: datetime) -> int:
    """The buyer has seen what is still to be paid for this order; answers how many reminders that read."""
    return conn.execute(
        "update notices set read_at = %s where merchant_id = %s and order_id = %s and event = 'balance_due' and read_at is null", (now, UUID(merchant), UUID(order_id)),
    ).rowcount
