"""Clocks that are due: found across merchants by a plain read, then taken merchant by merchant (architecture, "Citus-ready")."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg

from amends.store.connect import PLATFORM, Pool, scope


def merchants_due(pool: Pool, now: datetime, look_at: int = 5000) -> list[str]:
    """Merchants among the `look_at` clocks that were due first, the most overdue merchant first."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select merchant_id::text, min(wake) as first from (select merchant_id, least(remind_at, due_at) as wake from clocks"
            " where least(remind_at, due_at) <= %s order by least(remind_at, due_at) limit %s) c group by 1 order by 2",
            (now, look_at),
        ).fetchall()
    return [row[0] for row in rows]


def take_due(conn: psycopg.Connection, merchant: str, now: datetime, most: int) -> list[tuple[str, str, str, str]]:
    """Lock up to `most` cases of a merchant whose clock has run out, earliest first; those somebody else holds are left for later.

    Answers ids, kinds, names of clocks, and the pack versions the cases were opened under (`name@2`).

    Opens the transaction; what runs out must be read again after the lock (`batch.read`), for the clock may be another by then.
    """
    conn.execute("begin")
    conn.execute("select set_config('amends.merchant', %s, true), set_config('plan_cache_mode', 'force_generic_plan', true)", (merchant,))
    return conn.execute(
        "select k.id::text, k.kind, c.name, coalesce((k.facts ->> 'pack') || '@' || (k.facts ->> 'pack_version'), '') from clocks c join cases k on k.merchant_id = c.merchant_id and k.id = c.case_id"
        " where c.merchant_id = %(merchant)s and least(c.remind_at, c.due_at) <= %(now)s and c.due_at <= %(now)s"
        " order by least(c.remind_at, c.due_at) limit %(most)s for update of k skip locked",
        {"merchant": UUID(merchant), "now": now, "most": most},
    ).fetchall()


def remind_due(pool: Pool, merchant: str, now: datetime, most: int) -> int:
    """Turn reminders that are due into messages to whoever is waited for, once each; answers how many (SO-10, SO-12)."""
    with pool.connection() as conn, conn.transaction():
        conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
        done = conn.execute(_REMIND, {"merchant": UUID(merchant), "now": now, "most": most}).fetchone()
    return 0 if done is None else int(done[0])


def put_off(pool: Pool, merchant: str, case_ids: list[str], now: datetime) -> None:
    """Push clocks forward whose running out failed (a bug), so that one poisoned row does not hold up the others."""
    with pool.connection() as conn, conn.transaction():
        conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
        conn.execute(
            "update clocks set attempts = attempts + 1, remind_at = null, due_at = %s + least(attempts + 1, 60) * interval '1 minute'"
            " where merchant_id = %s and case_id = any(%s::uuid[]) and due_at <= %s",
            (now, UUID(merchant), case_ids, now),
        )


_REMIND = """
with due as (
  select case_id, name, due_at from clocks
  where merchant_id = %(merchant)s and remind_at <= %(now)s and least(remind_at, due_at) <= %(now)s
    and not exists (select 1 from suspension_runs r where r.merchant_id = %(merchant)s and r.done_at is null) -- a reminder may stand still since a moment ago (PO-15)
  order by least(remind_at, due_at) limit %(most)s for update skip locked
), told as (
  update clocks c set remind_at = null from due where c.merchant_id = %(merchant)s and c.case_id = due.case_id and c.name = due.name returning c.case_id, c.name, c.due_at
), put as (
  insert into outbox (merchant_id, id, case_id, effect, body, due_at)
  select %(merchant)s, gen_random_uuid(), told.case_id, 'remind', jsonb_build_object('clock', told.name, 'due_at', told.due_at), %(now)s from told where told.due_at > %(now)s
)
select count(*) from told
"""
