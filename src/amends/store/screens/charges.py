"""The differences a case asks for: the one that waits, as its buyer sees it, and all of them for the merchant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row


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
        "select amount_minor, currency, coalesce(pay_url, ''), provider <> 'manual', words from charges"
        " where merchant_id = %s and case_id = %s and state = 'asked' order by asked_at desc limit 1", (UUID(merchant_id), case_id),
    ).fetchone()
    return None if row is None else Asked(*row)


def of_case(conn: psycopg.Connection, merchant_id: str, case_id: str) -> list[dict[str, Any]]:
    """Everything that was asked for, oldest first: amount (minor units), currency, state (asked, paid, cancelled), provider, pay_url, reference, asked_at, paid_at."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text as id, amount_minor as amount, currency, state, provider, pay_url, reference, asked_at, paid_at from charges"
            " where merchant_id = %s and case_id = %s order by asked_at, id", (UUID(merchant_id), case_id),
        ).fetchall()
