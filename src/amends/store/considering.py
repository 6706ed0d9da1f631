"""Cases that entered a node and wait to be looked at by what decides by itself: leased in batches, ticked off, looked at again (decision 0010)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from amends.store.alike import alike
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.packed import ids
from amends.store.queries import sql

LEASE = timedelta(minutes=2)
"""How long a worker has for a batch; one that dies leaves it to the next after this time. Twice is harmless: a command is given once."""


Seen = tuple[str, str, str, int, bool, str | None]
"""A case as it is looked at: case, kind, state, version, whether an alert is open, who claimed it."""


@dataclass(slots=True)
class Waiting:
    """One case that entered `node` with this version. `seen`: how it was when it was leased; None where it had ended, or was not `looked` at."""

    case_id: str
    node: str
    version: int
    attempts: int = 0
    looked: bool = False
    seen: Seen | None = None


_FREE = "due_at <= %(now)s and (leased_until is null or leased_until <= %(now)s)"
# From merchant to merchant by the index of their queues: only those with cases that wait are in it.
_MERCHANTS_DUE = f"""
with recursive m as (
  (select merchant_id from considerations order by merchant_id limit 1)
  union all
  select (select c.merchant_id from considerations c where c.merchant_id > m.merchant_id order by c.merchant_id limit 1) from m where m.merchant_id is not null
)
select m.merchant_id::text from m cross join lateral (select c.due_at from considerations c where c.merchant_id = m.merchant_id and {_FREE} order by c.due_at limit 1) d
order by d.due_at, 1
"""


def merchants_due(pool: Pool, now: datetime) -> list[str]:
    """Merchants with cases to be considered that no worker has leased, whose case waited longest first."""
    with scope(pool, PLATFORM, named=True) as conn:
        return [merchant for merchant, in conn.execute(_MERCHANTS_DUE, {"now": now}).fetchall()]


_AS_IT_IS = "id::text, kind, state, version, coalesce((facts ->> 'alert_open')::boolean, false), assignee::text"
# Each case by its key, whatever the planner expects of the batch's size.
_LEASE = f"""
with k as (
  update considerations k set leased_until = %(until)s, attempts = k.attempts + 1 where k.merchant_id = %(m)s and k.ctid = any(array(
    select ctid from considerations where merchant_id = %(m)s and {_FREE} order by due_at limit %(most)s for update skip locked))
  returning k.case_id, k.node, k.version, k.attempts
)
select k.case_id::text, k.node, k.version, k.attempts, c.* from k left join lateral (
  select {_AS_IT_IS} from cases where merchant_id = %(m)s and id = k.case_id and closed_at is null offset 0) c on true
"""


def lease(pool: Pool, merchant: str, now: datetime, most: int) -> list[Waiting]:
    """Take up to `most` for LEASE, with how their cases are now; nobody else's until then. Committed when this returns, though not flushed: after a crash nobody has them."""
    with scope(pool, UUID(merchant), named=True, flushed=False) as conn:
        rows = conn.execute(_LEASE, {"m": UUID(merchant), "now": now, "until": now + LEASE, "most": most}).fetchall()
    return [Waiting(row[0], row[1], row[2], row[3], looked=True, seen=None if row[4] is None else row[4:]) for row in rows]


def see(conn: psycopg.Connection, merchant: str, cases: list[str]) -> list[Seen]:
    """These cases, where they are open."""
    return conn.execute(f"select {_AS_IT_IS} from cases where merchant_id = %s and id = any(%s::uuid[]) and closed_at is null", (UUID(merchant), ids(cases))).fetchall()


def done(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]]) -> None:
    """These were looked at in these versions (`looked_at`); what came since stays."""
    conn.execute(sql("considered"), {"merchant": UUID(merchant), **alike("considered", rows)})


def looked_at(seen: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Rows of `sql/considered.sql`: what was looked at, in which versions."""
    return [{"case_id": case, "version": version} for case, version in seen]


def look_again(conn: psycopg.Connection, merchant: str, cases: list[str], now: datetime) -> None:
    """These moved while they were looked at."""
    if cases:
        conn.execute("update considerations set due_at = %s, leased_until = null where merchant_id = %s and case_id = any(%s::uuid[])", (now, UUID(merchant), ids(cases)))


def failed(pool: Pool, merchant: str, row: Waiting, now: datetime, words: str) -> None:
    """It did not work: later again, 10 s doubling, at most 6 h."""
    with scope(pool, UUID(merchant)) as conn:
        conn.execute(
            "update considerations set last_error = %s, leased_until = null, due_at = %s::timestamptz + least(interval '10 seconds' * power(2, least(attempts, 20)), interval '6 hours') where merchant_id = %s and case_id = %s",
            (words[:500], now, UUID(merchant), row.case_id),
        )


def leave(conn: psycopg.Connection, merchant: str, cases: list[tuple[str, str, int]], now: datetime) -> int:
    """Leave cases (id, node, version) to be considered, unless they wait already; answers how many."""
    return conn.execute(
        "insert into considerations (merchant_id, case_id, node, version, due_at) select %s, x.id, x.node, x.version, %s"
        " from unnest(%s::uuid[], %s::text[], %s::int[]) x(id, node, version) on conflict do nothing",
        (UUID(merchant), now, [c[0] for c in cases], [c[1] for c in cases], [c[2] for c in cases]),
    ).rowcount


def due_tables(pool: Pool, before: datetime, most: int = 50) -> list[tuple[str, str, str]]:
    """Tables with rows that time alone can make fit, last looked at before then: (merchant, kind, node)."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(
            "select merchant_id::text, kind, node from strategy_tables where works and moves and (looked_at is null or looked_at < %s) order by looked_at nulls first limit %s", (before, most)
        ).fetchall()


def sweep(conn: psycopg.Connection, merchant: str, kind: str, node: str, states: tuple[str, ...], before: datetime, now: datetime, most: int) -> int:
    """Leave the next `most` waiting cases that nobody claimed and no alert stops for another look; answers how many were gone through, 0 at the end.

    A sweep over many cases goes on where it came to; one worker at a time is at it.
    """
    taken = conn.execute(
        "select place from strategy_tables where merchant_id = %s and kind = %s and node = %s and works and moves and (looked_at is null or looked_at < %s) for update skip locked",
        (UUID(merchant), kind, node, before),
    ).fetchone()
    if taken is None:
        return 0
    found = [(case, node, version) for case, version in conn.execute(
        "select id::text, version from cases where merchant_id = %(m)s and kind = %(kind)s and closed_at is null and state = any(%(states)s) and assignee is null and alert is null"
        " and (%(place)s = '' or id > nullif(%(place)s, '')::uuid) order by id limit %(most)s",
        {"m": UUID(merchant), "kind": kind, "states": list(states), "place": taken[0], "most": most},
    ).fetchall()]
    leave(conn, merchant, found, now)
    ended = len(found) < most
    conn.execute(
        "update strategy_tables set place = %s, looked_at = case when %s then %s::timestamptz else looked_at end where merchant_id = %s and kind = %s and node = %s",
        ("" if ended else found[-1][0], ended, now, UUID(merchant), kind, node),
    )
    return len(found)
