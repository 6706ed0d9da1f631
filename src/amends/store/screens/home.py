"""What the merchant's first page counts (UI-1, SO-9): per list what is red and what will be within the hour, each a short walk of an index, no further than 1 000."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from amends.core.cases import TABLES
from amends.store.screens.queue import states_of
from amends.store.screens.queue_filter import QUEUES, Piece, QueueFilter, conditions

CAP = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the page: `level` red or hour, of a list of cases, narrowed by a filter. The same list and filter are what it opens."""

    level: str
    queue: str
    want: QueueFilter


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


_FIRST = sql.SQL("""select c.id::text as case_id, c.number, coalesce(c.facts ->> 'title', c.sku, '') as title, c.due_at, coalesce(c.waits_on, '') as waits_on,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region, coalesce((c.facts ->> 'late')::boolean, false) as late""")


def read(conn: psycopg.Connection, merchant_id: str, asked: Iterable[Asked], now: datetime) -> dict[tuple[str, str], Found]:
    """By (level, list): the counts and the first of each, in one statement. What nothing is found for is left out."""
    parts, values = [], {"merchant": UUID(merchant_id), "now": now}
    for one in asked:
        counted, first, more = _parts(one, now)
        values |= more
        head = sql.SQL("(select {} as level, {} as queue, n.n, f.* from (select count(*)::int as n from ({}) r) n left join lateral ({}) f on true where n.n > 0)")
        parts.append(head.format(sql.Literal(one.level), sql.Literal(one.queue), counted, first))
    if not parts:
        return {}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql.SQL(" union all ").join(parts), values).fetchall()
    return {(row.pop("level"), row.pop("queue")): Found(**row) for row in rows}


def _parts(asked: Asked, now: datetime) -> tuple[Piece, Piece, dict[str, Any]]:
    """The rows to count, and the one that is due first. State by state, so that an index delivers each in order."""
    extra, values = conditions(asked.want, now)
    where = sql.SQL(" and ").join([sql.SQL("c.merchant_id = %(merchant)s and c.closed_at is null and c.kind = {}").format(sql.Literal(QUEUES[asked.queue].kind)), *extra])
    states = states_of(asked.queue, asked.want)
    counted = sql.SQL("select 1 from cases c where {} and c.state = any({}) limit {}").format(where, sql.Literal(list(states)), sql.Literal(CAP))
    each = [sql.SQL("({} from cases c where {} and c.state = {} order by c.due_at, c.id limit 1)").format(_FIRST, where, sql.Literal(s)) for s in states]
    return counted, sql.SQL("select * from ({}) e order by e.due_at, e.case_id limit 1").format(sql.SQL(" union all ").join(each)), values


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
    """The plan of one line's count, for a test."""
    counted, _, values = _parts(asked, now)
    rows = conn.execute(sql.SQL("explain ") + counted, {**values, "merchant": UUID(merchant_id), "now": now}).fetchall()
    return "\n".join(str(row[0]) for row in rows)
