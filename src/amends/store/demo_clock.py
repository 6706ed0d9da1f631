"""How far the demo's clock is ahead (OP-11). The database itself refuses to turn it back."""

from __future__ import annotations

from datetime import timedelta

from amends.store.connect import PLATFORM, Pool, scope


def ahead(pool: Pool) -> timedelta:
    """The demo clock's lead over the real one."""
    with pool.connection() as conn:
        row = conn.execute("select ahead from demo_clock").fetchone()
    return timedelta(0) if row is None else row[0]


def forward(pool: Pool, by: timedelta) -> timedelta:
    """Move it forward by `by` and answer the new lead. Raises ValueError for a step back."""
    if by < timedelta(0):
        raise ValueError("the demo clock only moves forward")
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("update demo_clock set ahead = ahead + %s returning ahead", (by,)).fetchone()
    return timedelta(0) if row is None else row[0]
