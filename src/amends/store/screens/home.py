"""What the merchant's first page counts (UI-1, SO-9): per list what is red and what will be within the hour, each a short walk of an index, no further than 1 000."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from amends.core.cases import TABLES
from amends.store.screens.queue_filter import DUE_WITHIN, QUEUES, RED_AT, RUNS, opened_by

CAP = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A list of the page. `waits`: seconds after which what waits there is red (0: only its clock counts, CA-5); `on`: only what this side is waited for."""

    queue: str
    waits: int = 0
    on: str = ""


@dataclass(slots=True)
class Found:
    """How many there are (CAP: at least so many) and the one that is due first: its clock says what happens at zero."""

    n: int = 0
    case_id: str = ""
    number: str = ""
    title: str = ""
    due_at: datetime | None = None
    clock: dict[str, Any] | None = None
    region: str = ""
    late: bool = False
    waits_on: str = ""


# One plan for all lists: each is a row of `l`, each part a short walk of an index for it. Together the parts are `queue_filter.red` and `within_the_hour`.
_LISTS = """with l as materialized (
  select * from unnest(%(queues)s::text[], %(kinds)s::text[], %(states)s::text[], %(waits)s::int[], %(reddens)s::bool[], %(ons)s::text[]) as l(queue, kind, state, waits, reddens, who)
)"""
_PART = """(select '{level}' as level, l.queue, r.n, r.first, r.due from l cross join lateral (
  select count(*)::int as n, (array_agg(w.id order by w.due_at, w.id))[1] as first, min(w.due_at) as due from (
    select c.id, c.due_at from cases c where c.merchant_id = %(merchant)s and c.kind = l.kind and c.state = l.state and c.closed_at is null and {where} order by {order} limit {cap}) w) r where r.n > 0)"""
_OLD = opened_by("%(now)s - l.waits * interval '1 second'")
_PARTS = (
    ("red", "c.due_at <= %(now)s", "c.due_at, c.id"),
    ("red", f"l.waits > 0 and c.due_at > %(now)s and {_OLD} and {{runs}}", "c.opened_at"),
    ("red", f"l.reddens and c.due_at > %(now)s and {RED_AT} <= %(now)s and {{runs}}", "c.due_at, c.id"),
    ("hour", f"c.due_at > %(now)s and c.due_at <= %(hour)s and not (l.waits > 0 and {_OLD}) and not (l.reddens and coalesce({RED_AT} <= %(now)s, false)) and {{runs}}", "c.due_at, c.id"),
    ("hour", f"l.reddens and c.due_at > %(hour)s and {RED_AT} > %(now)s and {RED_AT} <= %(hour)s and {{runs}}", "c.due_at, c.id"),
    ("all", "true", "c.due_at, c.id"),
    ("next", "c.due_at > %(now)s", "c.due_at, c.id"),
)
_WHO = " and (l.who = '' or c.waits_on = l.who)"
_NAMED = """select c.id::text as case_id, c.number, coalesce(c.facts ->> 'title', c.sku, '') as title, c.due_at, coalesce(c.waits_on, '') as waits_on,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region, coalesce((c.facts ->> 'late')::boolean, false) as late
  from cases c where c.merchant_id = %(merchant)s and c.id = any(%(ids)s::uuid[])"""


def read(conn: psycopg.Connection, merchant_id: str, asked: Iterable[Asked], now: datetime) -> dict[tuple[str, str], Found]:
    """By (red, hour, next or all; list): the count and the first of each. What nothing is found for is left out."""
    lists = [(a.queue, QUEUES[a.queue], state, a) for a in asked for state in QUEUES[a.queue].states]
    given = {
        "merchant": UUID(merchant_id), "now": now, "hour": now + DUE_WITHIN["urgent"], "queues": [q for q, *_ in lists], "kinds": [own.kind for _, own, _, _ in lists],
        "states": [s for _, _, s, _ in lists], "waits": [a.waits if own.hurries else 0 for _, own, _, a in lists], "reddens": [own.reddens for _, own, _, _ in lists], "ons": [a.on for *_, a in lists],
    }
    found: dict[tuple[str, str], Found] = {}
    for level, queue, n, first, due_at in conn.execute(_query(), given).fetchall():
        here = found.setdefault((level, queue), Found())
        here.n = min(CAP, here.n + n)
        if not here.case_id or (due_at is not None and (here.due_at is None or due_at < here.due_at)):
            here.case_id, here.due_at = str(first), due_at
    _name(conn, merchant_id, found)
    return found


@cache
def _query() -> sql.SQL:
    parts = [_PART.format(level=level, where=where.format(runs=RUNS) + ("" if level == "all" else _WHO), order=order, cap=1 if level == "next" else CAP) for level, where, order in _PARTS]
    return sql.SQL(_LISTS + " union all ".join(parts))


def _name(conn: psycopg.Connection, merchant_id: str, found: dict[tuple[str, str], Found]) -> None:
    """The first of each line by number and goods."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = {row["case_id"]: row for row in cursor.execute(_NAMED, {"merchant": UUID(merchant_id), "ids": sorted({f.case_id for f in found.values()})})}
    for one in found.values():
        for name, value in rows.get(one.case_id, {}).items():
            setattr(one, name, value)


@dataclass(slots=True)
class Beside:
    """What else the page tells: by kind what I have claimed, alerts, what came in and what was done since `since`; refunds that failed, parcels nobody claimed, calls that wait."""

    mine: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    refunds_failed: int = 0
    unclaimed: int = 0
    calls: int = 0


def beside(conn: psycopg.Connection, merchant_id: str, person_id: str, since: datetime, now: datetime) -> Beside:
    """In one statement."""
    of_kind = {
        "mine": "c.closed_at is null and c.assignee = %(me)s", "alerts": "c.closed_at is null and c.alert is not null",
        "came": "c.opened_at >= %(since)s and c.opened_at <= %(now)s", "done": "c.closed_at >= %(since)s and c.closed_at <= %(now)s",
    }
    count = "(select '{}', '{}', (select count(*) from (select 1 from cases c where c.merchant_id = %(m)s and c.kind = '{}' and {} limit {}) n)::int)"
    parts = [count.format(name, kind, kind, where, CAP) for name, where in of_kind.items() for kind in TABLES]
    single = {
        "refunds_failed": "refund_requests where merchant_id = %(m)s and state = 'failed'", "unclaimed": "unclaimed_parcels where merchant_id = %(m)s and matched_at is null",
        "calls": "calls where merchant_id = %(m)s and answered_at is null",
    }
    parts += [f"(select '{name}', '', (select count(*) from (select 1 from {of} limit {CAP}) n)::int)" for name, of in single.items()]
    found = Beside()
    given = {"m": UUID(merchant_id), "me": UUID(person_id), "since": since, "now": now}
    for name, kind, n in conn.execute(" union all ".join(parts), given).fetchall():
        if kind:
            getattr(found, name)[kind] = n
        else:
            setattr(found, name, n)
    return found


def explain(conn: psycopg.Connection, merchant_id: str, asked: Asked, now: datetime) -> str:
    """The plan for a list, for a test."""
    own = QUEUES[asked.queue]
    given = {
        "merchant": UUID(merchant_id), "now": now, "hour": now + DUE_WITHIN["urgent"], "queues": [asked.queue] * len(own.states), "kinds": [own.kind] * len(own.states), "states": list(own.states),
        "waits": [asked.waits] * len(own.states), "reddens": [own.reddens] * len(own.states), "ons": [asked.on] * len(own.states),
    }
    return "\n".join(str(row[0]) for row in conn.execute(sql.SQL("explain ") + _query(), given).fetchall())
