"""Who has read what of the talk on a case (SO-24)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg

_READ = "update messages set read_at = %(now)s where merchant_id = %(m)s and case_id = %(c)s and actor_kind <> 'buyer' and read_at is null"


def read_by_buyer(conn: psycopg.Connection, merchant: str, case: str, at: datetime) -> None:
    """What the other side wrote has been seen."""
    conn.execute(_READ, {"m": UUID(merchant), "c": UUID(case), "now": at})
