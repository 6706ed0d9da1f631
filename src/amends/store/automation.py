"""Which merchants have anything that decides by itself: cases of all others are not even looked at (`merchants.automates`)."""

from __future__ import annotations

from uuid import UUID

import psycopg

REASONS: tuple[str, ...] = (
    "exists (select 1 from strategy_tables t where t.merchant_id = m.id and t.works)",
    "coalesce(m.settings -> 'fast_review', 'null') not in ('false', 'null')",
    "coalesce((m.settings ->> 'auto_agree')::boolean, false)",
)
"""Each on its own is enough; SQL over `merchants m`. What else decides by itself adds its line."""


def refresh(conn: psycopg.Connection, merchant: str) -> bool:
    """Set the merchant's flag in the caller's transaction; to be called after whatever REASONS look at has changed. Answers the flag."""
    row = conn.execute(
        f"update merchants m set automates = a.yes from (select ({' or '.join(REASONS)}) as yes from merchants m where m.id = %(m)s) a"
        " where m.id = %(m)s and m.automates is distinct from a.yes returning m.automates", {"m": UUID(merchant)},
    ).fetchone()
    if row is None:
        row = conn.execute("select automates from merchants where id = %s", (UUID(merchant),)).fetchone()
    return bool(row and row[0])
