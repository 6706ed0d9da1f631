"""What a merchant's customers wrote and what came of it, for suggesting keywords (KW-4): one statement, however many cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

MOST = 20_000
"""Cases looked at, the newest."""
LONGEST = 400
"""Characters of a description that are read."""


@dataclass(slots=True)
class Told:
    """One service order: what was written, the type chosen with the application, the type it was settled as, and the goods' title."""

    id: str
    number: str
    chosen: str
    settled: str
    text: str
    buyer_id: str
    title: str


def told(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime) -> list[Told]:
    """Service orders opened in `[since, until)` with a description, newest first, at most `MOST`. Left out: those still in review, whose type nobody has
    looked at yet, and those with an alert that waits for an answer."""
    with conn.cursor(row_factory=class_row(Told)) as cursor:
        return cursor.execute(
            "select id::text, number, expectation as chosen, type as settled, left(facts ->> 'description', %s) as text, coalesce(buyer_id, '') as buyer_id,"
            " coalesce(facts ->> 'title', '') as title from cases"
            " where merchant_id = %s and kind = 'service_order' and opened_at >= %s and opened_at < %s and state not in ('reviewing', 'awaiting_buyer')"
            " and expectation is not null and type is not null and coalesce(facts ->> 'description', '') <> '' and not coalesce((facts ->> 'alert_open')::boolean, false)"
            " order by opened_at desc, id desc limit %s",
            (LONGEST, UUID(merchant), since, until, MOST),
        ).fetchall()
