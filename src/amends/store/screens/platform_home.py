"""What the platform's first page counts over all merchants (UI-5): cases that are red or will be within the hour, what waits for it, and how the machinery stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from amends.store.reconciliations import NOBODY
from amends.store.screens.dispute_queue import TABS

Row = dict[str, Any]
CAP = 1000
LATE: LiteralString = "c.due_at <= %(now)s"
HOUR: LiteralString = "c.due_at > %(now)s and c.due_at <= %(hour)s"


@dataclass(frozen=True, slots=True)
class Work:
    """One list: which open cases of which kind. `desk`: the address that shows exactly these; without one it has a page of its own."""

    kind: str
    where: LiteralString
    desk: str = ""


_PLATFORM: LiteralString = "c.waits_on = 'platform'"
_REVIEW: LiteralString = "c.state = 'reviewing' and c.waits_on = 'platform'"
_RED: LiteralString = "(c.facts ->> 'red_at')::timestamptz"
_REDDENS: LiteralString = "c.facts ->> 'red_at' is not null"
WORK: dict[str, Work] = {
    "judge_late": Work("dispute", f"{TABS['judge']} and {LATE}", "/p/disputes?tab=judge&late=1"),
    "judge_hour": Work("dispute", f"{TABS['judge']} and {HOUR}", "/p/disputes?tab=judge&due=hour"),
    "judge": Work("dispute", TABS["judge"], "/p/disputes?tab=judge"),
    "second_late": Work("dispute", f"{TABS['second']} and {LATE}", "/p/disputes?tab=second&late=1"),
    "second": Work("dispute", TABS["second"], "/p/disputes?tab=second"),
    "appeal_late": Work("dispute", f"{TABS['appeal']} and {LATE}", "/p/disputes?tab=appeal&late=1"),
    "appeal_hour": Work("dispute", f"{TABS['appeal']} and {HOUR}", "/p/disputes?tab=appeal&due=hour"),
    "appeal": Work("dispute", TABS["appeal"], "/p/disputes?tab=appeal"),
    "ticket_late": Work("ticket", f"{_PLATFORM} and {LATE}"),
    "ticket_hour": Work("ticket", f"{_PLATFORM} and {HOUR}"),
    "ticket": Work("ticket", _PLATFORM, "/p/tickets?tab=platform"),
    "tsecond": Work("ticket", "c.facts ->> 'pending' is not null", "/p/tickets?tab=second"),
    "ticket_red": Work("ticket", f"{_REDDENS} and {_RED} <= %(now)s", "/p/tickets?tab=red"),
    "ticket_reddens": Work("ticket", f"{_REDDENS} and {_RED} > %(now)s and {_RED} <= %(hour)s"),
    "regulator": Work("ticket", "c.type = 'regulator'", "/p/tickets?tab=open&origin=regulator"),
    "cancel_late": Work("cancellation", f"{_REVIEW} and {LATE}"),
    "cancel_hour": Work("cancellation", f"{_REVIEW} and {HOUR}"),
    "cancel": Work("cancellation", _REVIEW),
    "order_late": Work("service_order", f"{_PLATFORM} and {LATE}"),
    "order_hour": Work("service_order", f"{_PLATFORM} and {HOUR}"),
    "order": Work("service_order", _PLATFORM),
    "merchant_late": Work("service_order", "c.facts ->> 'late' = 'true'"),
}
"""By name; a number on the first page and the rows of its list come from the same words."""


def _given(now: datetime) -> Row:
    return {"now": now, "hour": now + timedelta(hours=1), "limit": CAP}


def counts(conn: psycopg.Connection, now: datetime) -> dict[str, tuple[int, datetime | None]]:
    """By name: how many, as far as CAP, and when the first is due; in one statement, in the platform's scope."""
    part = "select '{}' as name, count(*)::int, min(x.due_at) from (select c.due_at from cases c where c.kind = '{}' and c.closed_at is null and {} order by c.due_at limit %(limit)s) x"
    query = " union all ".join(part.format(name, work.kind, work.where) for name, work in WORK.items())
    return {name: (n, first) for name, n, first in conn.execute(query, _given(now)).fetchall()}


def rows(conn: psycopg.Connection, name: str, now: datetime, after: int, limit: int) -> list[Row]:
    """One page of a list, what is due first first; one row more than `limit` where there are more. KeyError for an unknown list."""
    work = WORK[name]
    query = (
        "select c.id::text as id, c.merchant_id::text as merchant_id, m.name as merchant, c.number, c.kind, c.state, c.type, c.waits_on, c.due_at, c.granted_minor, coalesce(c.currency, m.currency) as currency,"
        " c.opened_at, c.closed_at, c.updated_at, case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region"
        " from cases c join merchants m on m.id = c.merchant_id where c.kind = %(kind)s and c.closed_at is null and " + work.where + " order by c.due_at, c.id limit %(page)s offset %(after)s"
    )
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, {**_given(now), "kind": work.kind, "page": limit + 1, "after": after}).fetchall()


@dataclass(slots=True)
class Machinery:
    """How the machinery stands: clocks overdue (and since when the oldest), effects that wait or are dead, differences under no merchant, mails not placed, calls that wait (and since when)."""

    clocks: int = 0
    oldest: datetime | None = None
    effects: int = 0
    oldest_effect: datetime | None = None
    dead: int = 0
    differences: int = 0
    mails: int = 0
    calls: int = 0
    oldest_call: datetime | None = None


_MACHINERY = """
select (select count(*) from (select 1 from clocks where due_at <= %(now)s limit 10000) n)::int as clocks, (select min(due_at) from clocks where due_at <= %(now)s) as oldest,
  (select count(*) from (select 1 from outbox where done_at is null and dead_at is null and due_at <= %(now)s limit 10000) n)::int as effects,
  (select min(due_at) from outbox where done_at is null and dead_at is null and due_at <= %(now)s) as oldest_effect,
  (select count(*) from (select 1 from outbox where dead_at is not null limit 1000) n)::int as dead,
  (select count(*) from (select 1 from reconciliation_differences where merchant_id = %(nobody)s and closed_at is null limit 1000) n)::int as differences,
  (select count(*) from (select 1 from mails where status = 'not_placed' limit 1000) n)::int as mails,
  (select count(*) from (select 1 from calls where answered_at is null limit 1000) n)::int as calls, (select min(at) from calls where answered_at is null) as oldest_call"""


def machinery(conn: psycopg.Connection, now: datetime) -> Machinery:
    """In one statement."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_MACHINERY, {"now": now, "nobody": UUID(NOBODY)}).fetchone()
    return Machinery(**(row or {}))
