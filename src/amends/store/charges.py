"""Charges: differences asked of buyers through a provider or by hand (MO-5). They are written beside the case (`sql/add_charges.sql` …); here is how they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from amends.store.connect import Pool, scope
from amends.store.refund_requests import LOOK_FIRST


@dataclass(slots=True)
class Charge:
    """One charge as the provider is asked for it. States: asked, paid, cancelled."""

    id: str
    case_id: str
    order_id: str
    buyer_id: str
    provider: str
    key: str
    amount: int
    currency: str
    words: str
    state: str
    reference: str
    sent_at: datetime | None


def find(conn: psycopg.Connection, merchant: str, charge: str, *, lock: bool = False) -> Charge | None:
    """One charge; `lock` holds it until the transaction ends."""
    row = conn.execute(
        "select id::text, case_id::text, order_id::text, buyer_id, provider, key, amount_minor, currency, words, state, coalesce(reference, ''), sent_at from charges"
        " where merchant_id = %s and id = %s" + (" for update" if lock else ""), (UUID(merchant), charge),
    ).fetchone()
    return None if row is None else Charge(*row)


def begin_sending(pool: Pool, merchant: str, charge: str, now: datetime) -> Charge | None:
    """Note, before the provider is asked, that it may be on its way; None if it is not to be asked any more. Committed when this returns."""
    with scope(pool, UUID(merchant)) as conn:
        found = find(conn, merchant, charge, lock=True)
        if found is None or found.state != "asked":
            return None
        conn.execute(
            "update charges set sent_at = coalesce(sent_at, %s), next_look_at = coalesce(next_look_at, %s) where merchant_id = %s and id = %s", (now, now + LOOK_FIRST, UUID(merchant), charge)
        )
    return found


def leave_to_finance(pool: Pool, merchant: str, charge: str) -> bool:
    """The provider has no connection (any more) and was never asked: finance receives the money by hand. False if it may have been asked."""
    with scope(pool, UUID(merchant)) as conn:
        return conn.execute(
            "update charges set provider = 'manual', next_look_at = null where merchant_id = %s and id = %s and state = 'asked' and sent_at is null", (UUID(merchant), charge)
        ).rowcount == 1


def keep_page(conn: psycopg.Connection, merchant: str, charge: str, pay_url: str) -> None:
    """Where the buyer pays."""
    conn.execute("update charges set pay_url = %s where merchant_id = %s and id = %s and pay_url is distinct from %s", (pay_url, UUID(merchant), charge, pay_url))


def take_looks(pool: Pool, merchant: str, now: datetime, most: int) -> list[str]:
    """Charges to look for now, each put off to its next time; no longer than ten minutes, for a buyer who has just paid waits. Committed when this returns."""
    with scope(pool, UUID(merchant)) as conn:
        rows = conn.execute(
            "with picked as materialized (select id from charges where merchant_id = %(m)s and next_look_at <= %(now)s order by next_look_at, id limit %(most)s for update skip locked)"
            " update charges c set looks = c.looks + 1, next_look_at = %(now)s + least(%(first)s * power(2, least(c.looks + 1, 12)), interval '10 minutes')"
            " from picked where c.merchant_id = %(m)s and c.id = picked.id returning c.id::text",
            {"m": UUID(merchant), "now": now, "most": most, "first": LOOK_FIRST},
        ).fetchall()
    return [row[0] for row in rows]
