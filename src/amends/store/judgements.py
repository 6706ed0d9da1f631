"""Counts of judgements that stand (DI-7, QU-4), read from an index of those alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg

_COUNTS = """select count(*)::int, count(*) filter (where liability = any(%(liable)s))::int,
    (select count(*)::int from cases c where c.merchant_id = %(m)s and c.kind = 'dispute' and c.opened_at >= %(since)s and c.opened_at < %(until)s),
    (select count(*)::int from orders o where o.merchant_id = %(m)s and o.placed_at >= %(since)s and o.placed_at < %(until)s)
  from judgements where merchant_id = %(m)s and replaced_at is null and at >= %(since)s and at < %(until)s"""
_DAYS = """select (at at time zone %(zone)s)::date::text, count(*)::int, count(*) filter (where liability = any(%(liable)s))::int
  from judgements where merchant_id = %(m)s and replaced_at is null and at >= %(since)s and at < %(until)s group by 1 order by 1"""


def counts(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime, liable: Sequence[str]) -> tuple[int, int, int, int]:
    """Judgements that stand, those of these faults, disputes opened, orders placed, from `since` until before `until`."""
    row = conn.execute(_COUNTS, {"m": UUID(merchant), "since": since, "until": until, "liable": list(liable)}).fetchone()
    return (0, 0, 0, 0) if row is None else (row[0], row[1], row[2], row[3])


def days(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime, zone: str, liable: Sequence[str]) -> list[tuple[str, int, int]]:
    """The same by day of a time zone: day, judged, of these faults."""
    return conn.execute(_DAYS, {"m": UUID(merchant), "since": since, "until": until, "zone": zone, "liable": list(liable)}).fetchall()
