"""Refunds that were advanced and are not decided yet: who owes what, oldest first (SO-32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from amends.store.connect import Pool, scope


@dataclass(slots=True)
class AdvanceRow:
    """One case with an advance: minor units still on the advance account, and what of it is claimed back. `standing`: open or claimed."""

    case_id: str
    number: str
    state: str
    standing: str
    left: int
    claim: int
    currency: str
    buyer_id: str
    waits_on: str | None
    granted_at: datetime | None
    due_at: datetime | None


_OPEN = """select id::text as case_id, number, state, facts -> 'advance' ->> 'state' as standing, (facts -> 'advance' ->> 'left')::bigint as left, (facts -> 'advance' ->> 'claim')::bigint as claim,
  coalesce(currency, 'CNY') as currency, coalesce(buyer_id, '') as buyer_id, waits_on, granted_at, due_at
from cases where merchant_id = %(m)s and kind = 'service_order' and closed_at is null and state in ('in_transit', 'processing', 'awaiting_buyer', 'claiming_back')
  and (facts -> 'advance' ->> 'state') in ('open', 'claimed') order by due_at nulls last, id limit %(most)s"""


def undecided(pool: Pool, merchant_id: str, most: int = 200) -> list[AdvanceRow]:
    """The first `most` of a merchant, the one that is due first at the head."""
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=class_row(AdvanceRow)) as cursor:
        return cursor.execute(_OPEN, {"m": UUID(merchant_id), "most": most}).fetchall()
