"""Delivered orders whose receipt confirms itself (OR-4): a plain read finds merchants, then batches of one merchant each."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from amends.core.orders import CONFIRM_AFTER_DAYS

AT_ONCE = 1000
_DAYS = "coalesce((m.settings ->> 'confirm_after_days')::int, %(days)s)"


def merchants(conn: psycopg.Connection, now: datetime) -> list[tuple[str, int]]:
    """Merchants with an order due, and after how many days it is; PLATFORM scope. Reads one entry of the index for each merchant."""
    return conn.execute(
        f"select m.id::text, {_DAYS} from merchants m cross join lateral (select o.delivered_at from orders o where o.merchant_id = m.id "
        "and o.state = 'delivered' and o.receipt_confirmed_at is null order by o.delivered_at limit 1) first "
        f"where first.delivered_at + make_interval(days => {_DAYS}) <= %(now)s",
        {"days": CONFIRM_AFTER_DAYS, "now": now},
    ).fetchall()


def confirm(conn: psycopg.Connection, merchant_id: str, now: datetime, after: timedelta) -> list[str]:
    """Confirm at most AT_ONCE orders of one merchant, each at the instant it was due, skipping those somebody works on; answers which."""
    rows = conn.execute(
        "update orders o set state = 'received', receipt_confirmed_at = o.delivered_at + %(after)s, version = o.version + 1, "
        "facts = o.facts || jsonb_build_object('confirmed_by', 'system', 'confirmed_after_days', %(days)s::int) from (select merchant_id, id from orders where merchant_id = %(merchant)s and state = 'delivered' "
        "and receipt_confirmed_at is null and delivered_at <= %(until)s order by delivered_at limit %(limit)s for update skip locked) due "
        "where o.merchant_id = due.merchant_id and o.id = due.id returning o.id::text",
        {"merchant": merchant_id, "after": after, "until": now - after, "days": after.days, "limit": AT_ONCE},
    ).fetchall()
    return [row[0] for row in rows]
