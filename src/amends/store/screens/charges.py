"""The difference a case asks for, as its buyer sees it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg


@dataclass(frozen=True, slots=True)
class Asked:
    """A difference to be paid, in minor units. `pay_url`: the provider's page, "" until there is one; `connected`: a provider takes it, not the merchant by hand."""

    amount_minor: int
    currency: str
    pay_url: str
    connected: bool
    words: str


def asked_of(conn: psycopg.Connection, merchant_id: str, case_id: str) -> Asked | None:
    """What this case asks for now; None when nothing is to be paid."""
    row = conn.execute(
        "select amount_minor, currency, coalesce(pay_url, ''), connection_id is not null and provider <> 'manual', words from charges"
        " where merchant_id = %s and case_id = %s and state = 'asked' order by asked_at desc limit 1", (UUID(merchant_id), case_id),
    ).fetchone()
    return None if row is None else Asked(*row)
