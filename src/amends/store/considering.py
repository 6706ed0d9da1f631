"""Cases that entered a node and wait to be looked at by what decides by itself: leased in batches, ticked off, looked at again (decision 0010)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from amends.store.alike import array
from amends.store.connect import PLATFORM, Pool, scope

LEASE = timedelta(minutes=2)
"""How long a worker has for a batch; one that dies leaves it to the next after this time. Twice is harmless: a command is given once."""


@dataclass(slots=True)
class Waiting:
    """One case that entered `node` with this version."""

    case_id: str
    node: str
    version: int
    attempts: int = 0


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


def lease(pool: Pool, merchant: str, now: datetime, most: int) -> list[Waiting]:
    """Take up to `most` for LEASE; nobody else's until then. Committed when this returns."""
    with scope(pool, UUID(merchant), named=True) as conn:
        rows = conn.execute(
            "update considerations k set leased_until = %(until)s, attempts = k.attempts + 1 where k.merchant_id = %(m)s and k.ctid = any(array("
            f"select ctid from considerations where merchant_id = %(m)s and {_FREE} order by due_at limit %(most)s for update skip locked))"
            " returning k.case_id::text, k.node, k.version, k.attempts",
            {"m": UUID(merchant), "now": now, "until": now + LEASE, "most": most},
        ).fetchall()
    return [Waiting(*row) for row in rows]


def see(conn: psycopg.Connection, merchant: str, ids: list[str]) -> list[tuple[str, str, str, int, bool, str | None]]:
    """(case, kind, state, version, whether an alert is open, who claimed it) of open cases."""
    return conn.execute(
        "select id::text, kind, state, version, coalesce((facts ->> 'alert_open')::boolean, false), assignee::text from cases where merchant_id = %s and id = any(%s::uuid[]) and closed_at is null",
        (UUID(merchant), array(ids)),
    ).fetchall()


def done(conn: psycopg.Connection, merchant: str, seen: list[tuple[str, int]]) -> None:
    """These were looked at in these versions; what came since stays."""
    conn.execute(
        "delete from considerations k using unnest(%s::uuid[], %s::int[]) x(id, version) where k.merchant_id = %s and k.case_id = x.id and k.version <= x.version",
        (array(case for case, _ in seen), array(str(version) for _, version in seen), UUID(merchant)),
    )


def look_again(conn: psycopg.Connection, merchant: str, ids: list[str], now: datetime) -> None:
    """These moved while they were looked at."""
    if ids:
        conn.execute("update considerations set due_at = %s, leased_until = null where merchant_id = %s and case_id = any(%s::uuid[])", (now, UUID(merchant), ids))


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


def recent(conn: psycopg.Connection, merchant: str, tables: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The versions in use of these tables, held so that nothing is published until this transaction ends."""
    rows: list[Any] = conn.execute(
        "select kind, node, version from strategy_tables where merchant_id = %s and (kind, node) in (select * from unnest(%s::text[], %s::text[])) order by kind, node for share",
        (UUID(merchant), [k for k, _ in tables], [n for _, n in tables]),
    ).fetchall()
    return {(kind, node): version for kind, node, version in rows}
