"""Counts of judgements that stand (DI-7, QU-4), read from an index of those alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

_COUNTS = """select count(*)::int, count(*) filter (where liability = any(%(liable)s))::int,
    (select count(*)::int from cases c where c.merchant_id = %(m)s and c.kind = 'dispute' and c.opened_at >= %(since)s and c.opened_at < %(until)s),
    (select count(*)::int from cases c where c.merchant_id = %(m)s and c.closed_at is not null and (c.kind = 'cancellation' or c.kind = 'service_order' and c.type = 'return')
      and c.closed_at >= %(since)s and c.closed_at < %(until)s)
  from judgements where merchant_id = %(m)s and replaced_at is null and at >= %(since)s and at < %(until)s"""
_DAYS = """select (at at time zone %(zone)s)::date::text, count(*)::int, count(*) filter (where liability = any(%(liable)s))::int
  from judgements where merchant_id = %(m)s and replaced_at is null and at >= %(since)s and at < %(until)s group by 1 order by 1"""


def counts(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime, liable: Sequence[str]) -> tuple[int, int, int, int]:
    """Judgements that stand, those of these faults, disputes opened, refunds that ended (cancellations and returns, granted or closed), from `since` until before `until`."""
    row = conn.execute(_COUNTS, {"m": UUID(merchant), "since": since, "until": until, "liable": list(liable)}).fetchone()
    return (0, 0, 0, 0) if row is None else (row[0], row[1], row[2], row[3])


def days(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime, zone: str, liable: Sequence[str]) -> list[tuple[str, int, int]]:
    """The same by day of a time zone: day, judged, of these faults."""
    return conn.execute(_DAYS, {"m": UUID(merchant), "since": since, "until": until, "zone": zone, "liable": list(liable)}).fetchall()


@dataclass(slots=True)
class Counted:
    """A dispute that counts: judged when, by whose fault, with what outcome, as it stands now."""

    id: str
    number: str
    scenario: str
    liability: str
    outcome: str
    on_appeal: bool
    at: datetime
    state: str


_COUNTED = """select c.id::text, c.number, j.scenario, j.liability, j.outcome, j.on_appeal, j.at, c.state from judgements j join cases c on c.merchant_id = j.merchant_id and c.id = j.case_id
  where j.merchant_id = %(m)s and j.replaced_at is null and j.liability = any(%(liable)s) and j.at >= %(since)s and j.at < %(until)s order by j.at desc, c.id limit %(most)s"""


def counted(conn: psycopg.Connection, merchant: str, since: datetime, until: datetime, liable: Sequence[str], most: int) -> list[Counted]:
    """The disputes of `counts` that were found against the merchant, newest first, at most so many."""
    given = {"m": UUID(merchant), "since": since, "until": until, "liable": list(liable), "most": most}
    with conn.cursor(row_factory=class_row(Counted)) as cursor:
        return cursor.execute(_COUNTED, given).fetchall()
