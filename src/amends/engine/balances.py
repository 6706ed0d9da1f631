"""Buyers of pre-sale orders are reminded of the balance, once at each of the pack's times before it is due (OR-10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from amends.engine.deadlines import pack_of
from amends.store import balances
from amends.store.connect import PLATFORM, Pool, scope


def remind_balances(pool: Pool, now: datetime) -> int:
    """For the worker, as often as it likes; answers how many were told. A worker that slept through one time tells once, not twice."""
    with scope(pool, PLATFORM) as conn:
        waiting = balances.merchants(conn, now)
    total = 0
    for merchant, pack in waiting:
        before = [timedelta(seconds=s) for s in pack_of(pack).order_desk.balance_reminders]
        some = balances.AT_ONCE
        while some == balances.AT_ONCE:
            with scope(pool, UUID(merchant)) as conn:
                some = balances.remind(conn, merchant, before, now)
            total += some
    return total


def read_reminders(pool: Pool, merchant: str, order_id: str, now: datetime) -> int:
    """The buyer has opened the order; answers how many reminders that read."""
    with scope(pool, UUID(merchant)) as conn:
        return balances.read_reminders(conn, merchant, order_id, now)
