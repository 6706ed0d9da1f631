"""Armed clocks that follow a change of suspensions: which a change touches, a merchant's round over its cases, and the rows it writes (PO-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg

from amends.core.pauses import Suspension

_FROM: LiteralString = """ from clocks c join cases k on k.merchant_id = c.merchant_id and k.id = c.case_id
 left join events e on e.merchant_id = c.merchant_id and e.case_id = c.case_id and e.version = c.case_version"""
# A clock is armed by the event that brought the case to its `case_version`, so that event says when it began.
_COLUMNS: LiteralString = """select c.case_id::text, c.name, c.due_at, c.remind_at, coalesce(k.facts -> 'clock', '{}'), coalesce(k.facts ->> 'region', ''), coalesce(e.at, k.opened_at),
 k.facts ->> 'promised_until', k.number, k.kind, c.merchant_id::text"""


@dataclass(slots=True)
class Armed:
    """One armed clock: what is kept of it with its case, the region, when it began, and the instant promised for it, if one was."""

    case_id: str
    name: str
    due_at: datetime
    remind_at: datetime | None
    kept: dict[str, Any]
    region: str
    began: datetime
    promised_until: str | None
    number: str
    kind: str
    merchant_id: str


@dataclass(slots=True)
class Run:
    """A merchant's unfinished round for a change. `settled`: nobody can still arm a clock without knowing of it; `after`: the last case looked at."""

    revision: int
    settled: bool
    after: str | None


def touched(conn: psycopg.Connection, versions: Sequence[Suspension], at_most: int) -> tuple[int, int, list[Armed]]:
    """Armed clocks that any of these versions of a suspension may move: how many, of how many merchants, and the first due of them. For the platform."""
    values: dict[str, Any] = {"most": at_most}
    tests: list[LiteralString] = []
    for n, s in enumerate(versions[:2]):
        # Two versions at most: as it was and as it will be.
        tests.append(_TOUCHES[n])
        values |= {f"from{n}": s.start, f"clocks{n}": sorted(s.clocks), f"regions{n}": sorted(s.regions)}
    where: LiteralString = _FROM + " where " + " or ".join(tests)
    many = conn.execute("select count(*), count(distinct c.merchant_id)" + where, values).fetchone() or (0, 0)
    rows = conn.execute(_COLUMNS + where + " order by c.due_at, c.case_id limit %(most)s", values).fetchall()
    return int(many[0]), int(many[1]), [Armed(*row) for row in rows]


_TOUCHES: tuple[LiteralString, LiteralString] = (
    """(c.due_at > %(from0)s and (%(clocks0)s::text[] = '{}' or c.name = any(%(clocks0)s)) and (%(regions0)s::text[] = '{}' or k.facts ->> 'region' = any(%(regions0)s)))""",
    """(c.due_at > %(from1)s and (%(clocks1)s::text[] = '{}' or c.name = any(%(clocks1)s)) and (%(regions1)s::text[] = '{}' or k.facts ->> 'region' = any(%(regions1)s)))""",
)


def behind(conn: psycopg.Connection, merchant: str) -> bool:
    """Whether a round of this merchant is not finished, so that a row may not be true yet."""
    found = conn.execute("select exists (select 1 from suspension_runs where merchant_id = %s and done_at is null)", (UUID(merchant),)).fetchone()
    return bool(found and found[0])


def run_of(conn: psycopg.Connection, merchant: str) -> Run | None:
    """The latest unfinished round of a merchant; when first seen it notes which transactions it has to wait for."""
    row = conn.execute(
        "select revision, horizon is not null and pg_snapshot_xmin(pg_current_snapshot()) >= horizon, after::text, horizon is null from suspension_runs"
        " where merchant_id = %s and done_at is null order by revision desc limit 1", (UUID(merchant),),
    ).fetchone()
    if row is None:
        return None
    if row[3]:
        # Whoever has no number yet will read the suspensions after this, for a case or an order is locked before they are read.
        conn.execute(
            "update suspension_runs set horizon = pg_snapshot_xmax(pg_current_snapshot()) where merchant_id = %s and revision = %s and horizon is null", (UUID(merchant), row[0]),
        )
    return Run(row[0], row[1], row[2])


def alone(conn: psycopg.Connection, merchant: str) -> bool:
    """Take the merchant's round for this transaction; False when another worker is at it."""
    found = conn.execute("select pg_try_advisory_xact_lock(hashtextextended('retiming ' || %s, 29))", (merchant,)).fetchone()
    return bool(found and found[0])


def next_cases(conn: psycopg.Connection, merchant: str, after: str | None, most: int) -> list[str]:
    """The next cases with an armed clock, by id, locked as decisions lock them."""
    given = {"merchant": UUID(merchant), "after": after or "00000000-0000-0000-0000-000000000000", "most": most}
    ids = [r[0] for r in conn.execute("select distinct case_id from clocks where merchant_id = %(merchant)s and case_id > %(after)s::uuid order by case_id limit %(most)s", given)]
    conn.execute("select 1 from cases where merchant_id = %s and id = any(%s) order by id for update", (UUID(merchant), ids))
    return [str(i) for i in ids]


def armed(conn: psycopg.Connection, merchant: str, ids: list[str]) -> list[Armed]:
    """The armed clocks of these cases, as they stand after the lock."""
    return [Armed(*row) for row in conn.execute(_COLUMNS + _FROM + " where c.merchant_id = %s and c.case_id = any(%s::uuid[]) and c.due_at is not null", (UUID(merchant), ids))]


def settings_of(conn: psycopg.Connection, merchant: str) -> dict[str, Any]:
    """The merchant's settings, which name its calendar."""
    found = conn.execute("select settings from merchants where id = %s", (UUID(merchant),)).fetchone()
    return found[0] if found else {}


def names_of(conn: psycopg.Connection, merchants: list[str]) -> dict[str, str]:
    """What these merchants are called, by id."""
    return dict(conn.execute("select id::text, name from merchants where id = any(%s::uuid[])", (merchants,)).fetchall())


def move(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Write where clocks stand now: row of the clock, instant on the case, and what is kept of it."""
    conn.execute(_MOVE, {"merchant": UUID(merchant), "rows": msgspec.json.encode(rows).decode(), "now": now})


_MOVE = """
with r as (
  select * from json_to_recordset(%(rows)s) as x(case_id uuid, name text, due_at timestamptz, remind_at timestamptz, kept jsonb)
), c as (
  update clocks c set due_at = r.due_at, remind_at = r.remind_at from r where c.merchant_id = %(merchant)s and c.case_id = r.case_id and c.name = r.name
)
update cases k set due_at = r.due_at, updated_at = %(now)s, facts = case when r.kept is null then k.facts else jsonb_set(k.facts, '{clock}', r.kept) end
from r where k.merchant_id = %(merchant)s and k.id = r.case_id
"""


def progress(conn: psycopg.Connection, merchant: str, run: Run, after: str | None, looked: int, moved: int, done: datetime | None) -> bool:
    """Note how far the round has come; with `done` it ends, and every earlier one of the merchant with it. False if it is not where we took it up."""
    row = conn.execute(
        "update suspension_runs set after = coalesce(%s, after), looked = looked + %s, moved = moved + %s, done_at = %s"
        " where merchant_id = %s and revision = %s and done_at is null and after is not distinct from %s returning 1",
        (after, looked, moved, done, UUID(merchant), run.revision, run.after),
    ).fetchone()
    if row and done:
        conn.execute("update suspension_runs set done_at = %s where merchant_id = %s and revision < %s and done_at is null", (done, UUID(merchant), run.revision))
    return row is not None
