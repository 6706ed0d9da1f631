"""What the platform's desk shows of one dispute beside the case itself, and the disputes judged before it (UI-5, DI-5, DI-6, DI-11). Platform scope, one round trip."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row, dict_row

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens.dispute_queue import in_order
from amends.store.screens.disputes import EVIDENCE, Piece

Row = dict[str, Any]
SAMPLE = 500
"""So many judged disputes are counted for the precedents; what is older says little."""


@dataclass(slots=True)
class Parent:
    """The case in dispute."""

    id: str
    kind: str
    number: str
    state: str
    type: str
    opened_at: datetime
    closed_at: datetime | None
    decided_at: datetime | None
    decision: str | None


@dataclass(slots=True)
class Figures:
    """What came before: the buyer's disputes with this merchant and marks; of so many days, the judgements in other disputes the merchant is liable for, and the refunds that ended. `liable_here`: it is, as this dispute stands."""

    merchant: str
    pack: str
    buyer_disputes: int
    buyer_liable: int
    buyer_marks: int
    liable: int
    liable_here: bool
    ended: int


@dataclass(slots=True)
class Holder:
    """Who of the platform has it."""

    person_id: str
    person_name: str
    at: datetime


@dataclass(slots=True)
class Precedents:
    """Judged disputes alike: by whose fault, and of those judged so, which outcome and how often."""

    n: int
    by_fault: dict[str, int]


@dataclass(slots=True)
class Beside:
    """All of it."""

    evidence: list[Piece]
    parent: Parent | None
    figures: Figures
    holder: Holder | None
    precedents: list[Row]


_PARENT = """
select p.id::text, p.kind, p.number, p.state, coalesce(p.type, '') as type, p.opened_at, p.closed_at, e.at as decided_at, e.name as decision
from cases d join cases p on p.merchant_id = d.merchant_id and p.id = d.parent_id
left join lateral (select e.at, e.name from events e where e.merchant_id = p.merchant_id and e.case_id = p.id and e.actor_kind = 'merchant' and e.at <= d.opened_at
  and e.body ->> 'from' is distinct from e.body ->> 'to' order by e.version desc limit 1) e on true
where d.merchant_id = %(m)s and d.id = %(c)s"""
_LIABLE: LiteralString = "select from judgements j where j.merchant_id = %(m)s and j.replaced_at is null and j.liability in ('merchant', 'shared')"
_FIGURES = f"""
select m.name as merchant, m.pack_ref as pack,
  (select count(*)::int from cases x where x.merchant_id = d.merchant_id and x.buyer_id = d.buyer_id and x.kind = 'dispute' and x.id <> d.id) as buyer_disputes,
  (select count(*)::int from cases x where x.merchant_id = d.merchant_id and x.buyer_id = d.buyer_id and x.kind = 'dispute' and x.id <> d.id and x.fault = 'buyer') as buyer_liable,
  (select count(*)::int from buyer_marks k where k.merchant_id = d.merchant_id and k.buyer_id = d.buyer_id and k.withdrawn_at is null) as buyer_marks,
  (select count(*)::int from ({_LIABLE} and j.at > %(month)s and j.case_id <> %(c)s) n) as liable, exists ({_LIABLE} and j.case_id = %(c)s) as liable_here,
  (select count(*)::int from cases r where r.merchant_id = %(m)s and r.closed_at is not null and (r.kind = 'cancellation' or r.kind = 'service_order' and r.type = 'return') and r.closed_at > %(month)s) as ended
from cases d join merchants m on m.id = d.merchant_id where d.merchant_id = %(m)s and d.id = %(c)s"""
_HOLDER = "select person_id::text, person_name, at from desk_assignments where merchant_id = %(m)s and case_id = %(c)s"
_ALIKE: LiteralString = "x.kind = 'dispute' and x.fault is not null and x.state in ('adjudicated', 'appealing', 'closed')"
_PRECEDENTS = f"""
select x.fault, count(*)::int as n from (select x.fault from cases d join cases x on x.type = d.type and {_ALIKE} and (x.merchant_id, x.id) <> (d.merchant_id, d.id)
  where d.merchant_id = %(m)s and d.id = %(c)s order by x.opened_at desc, x.id limit {SAMPLE}) x group by x.fault order by n desc, x.fault"""
_READS: tuple[tuple[str, Any, str], ...] = (
    ("evidence", Piece, EVIDENCE), ("parent", Parent, _PARENT), ("figures", Figures, _FIGURES), ("holder", Holder, _HOLDER), ("precedents", None, _PRECEDENTS),
)
_ONE = frozenset({"parent", "figures", "holder"})
assert {f.name for f in fields(Beside)} == {name for name, _, _ in _READS}


def beside(pool: Pool, merchant: str, case: str, now: datetime, days: int = 30) -> Beside | None:
    """Everything the desk shows beside the case; None if this merchant has no such case. `days`: over which liable judgements and ended refunds are counted."""
    given = {"m": UUID(merchant), "c": UUID(case), "month": now - timedelta(days=days)}
    with scope(pool, PLATFORM) as conn, conn.pipeline():
        cursors = {name: _ask(conn, kind, query, given) for name, kind, query in _READS}
        found: dict[str, Any] = {name: cursor.fetchone() if name in _ONE else cursor.fetchall() for name, cursor in cursors.items()}
    return Beside(**found) if found["figures"] is not None else None


def _ask(conn: psycopg.Connection, kind: Any, query: Any, given: Row) -> psycopg.Cursor[Any]:
    return conn.cursor(row_factory=class_row(kind) if kind else dict_row).execute(query, given)


@dataclass(slots=True)
class Alike:
    """Which judged disputes: of a scenario, and narrower of a ground or a category of goods, by fault and outcome. `after`: opening time and id of the last row."""

    scenario: str
    ground: str = ""
    category: str = ""
    fault: str = ""
    outcome: str = ""
    after: tuple[datetime, str] | None = None


_JUDGED: LiteralString = """x.id::text, x.merchant_id::text, m.name as merchant, m.pack_ref as pack, x.number, x.type, x.state, x.fault, x.category, x.opened_at, coalesce(x.currency, m.currency) as currency, x.facts ->> 'ground' as ground,
  x.facts #>> '{judgement,outcome}' as outcome, coalesce((x.facts #>> '{judgement,amount}')::bigint, 0) as amount, coalesce((x.facts #>> '{judgement,compensation}')::bigint, 0) as compensation,
  coalesce(x.facts #> '{judgement,rules}', '[]') as rules, x.facts #>> '{judgement,words_merchant}' as words, (x.facts ->> 'judged_at')::timestamptz as judged_at,
  jsonb_array_length(coalesce(x.facts -> 'judgements', '[]')) as judgements, x.facts ->> 'title' as title"""


def _tests(alike: Alike) -> list[LiteralString]:
    given: dict[LiteralString, str] = {
        "x.type = %(scenario)s": alike.scenario, "x.facts ->> 'ground' = %(ground)s": alike.ground, "x.category = %(category)s": alike.category, "x.fault = %(fault)s": alike.fault,
        "x.facts #>> '{judgement,outcome}' = %(outcome)s": alike.outcome,
    }
    return [_ALIKE, *(test for test, value in given.items() if value)]


def judged(pool: Pool, alike: Alike, limit: int) -> list[Row]:
    """Disputes judged alike, newest first, one more than `limit` if there are more. Nobody's personal data is among them."""
    tests = _tests(alike)
    if alike.after:
        tests.append("x.opened_at <= %(at)s and (x.opened_at < %(at)s or x.id > %(last)s::uuid)")
    query: LiteralString = (
        "select " + _JUDGED + " from (select x.merchant_id, x.id from cases x where " + " and ".join(tests) + " order by x.opened_at desc, x.id limit %(limit)s) f"
        " join cases x on x.merchant_id = f.merchant_id and x.id = f.id join merchants m on m.id = x.merchant_id order by x.opened_at desc, x.id"
    )
    at, last = alike.after or (None, None)
    given = {"scenario": alike.scenario, "ground": alike.ground, "category": alike.category, "fault": alike.fault, "outcome": alike.outcome, "limit": limit + 1, "at": at, "last": last}
    with in_order(pool) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, given).fetchall()


def by_fault(pool: Pool, alike: Alike) -> dict[str, int]:
    """The newest of them counted by fault."""
    query: LiteralString = "select x.fault, count(*)::int from (select x.fault from cases x where " + " and ".join(_tests(alike)) + " order by x.opened_at desc, x.id limit %(most)s) x group by x.fault order by 2 desc"
    given = {"scenario": alike.scenario, "ground": alike.ground, "category": alike.category, "fault": alike.fault, "outcome": alike.outcome, "most": SAMPLE}
    with in_order(pool) as conn:
        return dict(conn.execute(query, given).fetchall())


def file_of_dispute(pool: Pool, merchant: str, case: str, file: str) -> bool:
    """Whether a file belongs to this dispute: filed as evidence, or said in it."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute(
            "select exists (select from evidence where merchant_id = %(m)s and case_id = %(c)s and file_id = %(f)s) or exists (select from files where merchant_id = %(m)s and id = %(f)s"
            " and case_id in (%(c)s, (select parent_id from cases where merchant_id = %(m)s and id = %(c)s)))", {"m": UUID(merchant), "c": UUID(case), "f": UUID(file)},
        ).fetchone()
    return bool(row and row[0])
