"""The platform's queue of disputes over all merchants (UI-5): tabs, filters, keyset pages, counts that stop at a cap. Platform scope, reads only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import PLATFORM, Pool, scope

Row = dict[str, Any]
CAP = 999
_PENDING: LiteralString = "coalesce(jsonb_typeof(c.facts -> 'pending'), 'null')"
# Of `second` and `merchant` the conditions of the indexes cases_desk_* (0044), word for word; the others are one state's (cases_disputes_state, 0053): a page is then read in its order. One scenario's are found by cases_disputes_type.
TABS: dict[str, LiteralString] = {
    "judge": f"c.state = 'awaiting_adjudication' and {_PENDING} <> 'object'",
    "second": f"c.state in ('awaiting_adjudication', 'appealing') and {_PENDING} = 'object'",
    "appeal": f"c.state = 'appealing' and {_PENDING} <> 'object'",
    "evidence": "c.state = 'awaiting_evidence'",
    "merchant": "(c.state = 'awaiting_merchant' or c.state = 'adjudicated' and c.waits_on = 'merchant')",
    "buyer": "c.state = 'awaiting_buyer_confirmation'",
    "all": "true",
}
"""The tabs of the queue:待判责, 待复核, 申诉中, 待补充举证, 待商家, 待客户, and all that are open."""
MINE, NOBODY = "me", "none"
NEVER = 9999
"""The year that stands for "never due" in a row's place, for no instant of Python's is infinite."""


@dataclass(slots=True)
class Wanted:
    """Filters. `who`: a person's id, `none` for nobody's; amounts in minor units of what is asked for; `due`: within the hour or the day, and not late; `after`: due time and id of the last row."""

    tab: str = "judge"
    scenario: str = ""
    merchant: str = ""
    who: str = ""
    least: int | None = None
    most: int | None = None
    late: bool = False
    number: str = ""
    due: str = ""
    after: tuple[datetime, str] | None = None
    currency: str = "CNY"
    """What the amounts are in; others are not compared with them."""


_FROM: LiteralString = " from cases c left join desk_assignments a on a.merchant_id = c.merchant_id and a.case_id = c.id "
_FROM_CASES: LiteralString = " from cases c "
_FROM_PERSON: LiteralString = " from desk_assignments a join cases c on c.merchant_id = a.merchant_id and c.id = a.case_id "
_COLUMNS: LiteralString = """c.id::text, c.merchant_id::text, m.name as merchant, c.number, c.type, c.state, c.waits_on, c.due_at, least(coalesce(c.due_at, 'infinity'), '9999-12-31 00:00Z') as place, c.opened_at,
  coalesce(c.currency, m.currency) as currency, c.expectation as demand, (c.facts ->> 'asked_amount')::bigint as asked, coalesce((c.facts ->> 'line_paid')::bigint, 0) as paid,
  coalesce((c.facts #>> '{filed,buyer}')::int, 0) as buyer_files, coalesce((c.facts #>> '{filed,merchant}')::int, 0) as merchant_files, c.facts ->> 'title' as title,
  c.facts #>> '{pending,by_name}' as proposed_by, c.facts #>> '{pending,by}' as proposed_by_id, c.facts #>> '{judgement,by}' as judged_by_id, c.facts #>> '{appeal,side}' as appellant,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region, c.facts ->> 'parent_number' as about,
  a.person_id::text as person_id, a.person_name, o.receiver, o.number as order_number"""


def _tests(wanted: Wanted) -> list[LiteralString]:
    given: dict[LiteralString, Any] = {
        "c.type = %(scenario)s": wanted.scenario, "c.merchant_id = %(merchant)s::uuid": wanted.merchant, "not exists (select from desk_assignments x where x.merchant_id = c.merchant_id and x.case_id = c.id)": wanted.who == NOBODY,
        "a.person_id = %(who)s::uuid": wanted.who not in ("", NOBODY), "c.due_at <= %(now)s": wanted.late, "c.number = %(number)s": wanted.number,
        "c.due_at > %(now)s and c.due_at <= %(now)s + interval '1 hour'": wanted.due == "hour", "c.due_at > %(now)s and c.due_at <= %(now)s + interval '1 day'": wanted.due == "day",
        "coalesce((c.facts ->> 'asked_amount')::bigint, (c.facts ->> 'line_paid')::bigint, 0) >= %(least)s": wanted.least is not None,
        "coalesce((c.facts ->> 'asked_amount')::bigint, (c.facts ->> 'line_paid')::bigint, 0) <= %(most)s": wanted.most is not None,
        "coalesce(c.currency, 'CNY') = %(currency)s": wanted.least is not None or wanted.most is not None,
    }
    return ["c.kind = 'dispute'", "c.closed_at is null", TABS[wanted.tab], *(test for test, value in given.items() if value)]


def _from(wanted: Wanted) -> LiteralString:
    """Who has a case is asked only where it is wanted; one person's cases are found by the person."""
    return _FROM_PERSON if wanted.who not in ("", NOBODY) else _FROM_CASES


def _given(wanted: Wanted, now: datetime) -> Row:
    return {
        "scenario": wanted.scenario, "merchant": wanted.merchant or None, "who": wanted.who or None, "now": now, "number": wanted.number, "least": wanted.least, "most": wanted.most, "currency": wanted.currency,
        "at": None if not wanted.after else "infinity" if wanted.after[0].year == NEVER else wanted.after[0], "last": wanted.after[1] if wanted.after else None,
    }


@contextlib.contextmanager
def in_order(pool: Pool) -> Iterator[psycopg.Connection]:
    """Platform scope where a list is read in the order of its index. Row-level security makes the planner expect next to nothing, so that it would rather gather all and sort."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("set local enable_bitmapscan = off; set local enable_sort = off")
        yield conn


def rows(pool: Pool, wanted: Wanted, now: datetime, limit: int = 50) -> list[Row]:
    """What is due soonest first, one row more than `limit` if there are more."""
    tests = _tests(wanted)
    if wanted.after:
        tests.append("(coalesce(c.due_at, 'infinity'), c.id) > (%(at)s::timestamptz, %(last)s::uuid)")
    query: LiteralString = (
        "select " + _COLUMNS + " from (select c.merchant_id, c.id" + _from(wanted) + "where " + " and ".join(tests) + " order by coalesce(c.due_at, 'infinity'), c.id limit %(limit)s) f"
        " join cases c on c.merchant_id = f.merchant_id and c.id = f.id join merchants m on m.id = c.merchant_id left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id"
        " left join desk_assignments a on a.merchant_id = c.merchant_id and a.case_id = c.id order by coalesce(c.due_at, 'infinity'), c.id"
    )
    with in_order(pool) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, {**_given(wanted, now), "limit": limit + 1}).fetchall()


def ids(pool: Pool, wanted: Wanted, now: datetime, limit: int) -> list[tuple[str, str, str]]:
    """Merchant, case and who has it ('' for nobody) of everything the filter finds, as far as `limit`."""
    query: LiteralString = (
        "select c.merchant_id::text, c.id::text, coalesce(a.person_id::text, '')" + _FROM + "where " + " and ".join(_tests(wanted)) + " order by coalesce(c.due_at, 'infinity'), c.id limit %(limit)s"
    )
    with in_order(pool) as conn:
        return [(r[0], r[1], r[2]) for r in conn.execute(query, {**_given(wanted, now), "limit": limit}).fetchall()]


def counts(pool: Pool, now: datetime, wanted: Wanted | None = None, tabs: Iterable[str] = TABS) -> dict[str, Row]:
    """Each tab: how many (at most one more than the cap), how many of them late. With `wanted`, under its filters."""
    if wanted is not None and wanted.who not in ("", NOBODY):
        return _counts_of_one(pool, now, wanted, tabs)
    tests = _tests(Wanted(**{**_as(wanted), "tab": "all"})) if wanted else ["c.kind = 'dispute'", "c.closed_at is null"]
    parts = [
        "select '" + tab + "' as tab, " + _FIGURES + " from (select c.due_at" + _FROM_CASES + "where " + " and ".join([*tests, test]) + " limit 1000) x"
        for tab, test in ((name, TABS[name]) for name in tabs)
    ]
    query: LiteralString = " union all ".join(parts)
    with in_order(pool) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return {row["tab"]: row for row in cursor.execute(query, _given(wanted or Wanted(), now)).fetchall()}


_FIGURES: LiteralString = """count(*)::int as n, count(*) filter (where due_at <= %(now)s)::int as late,
  count(*) filter (where due_at > %(now)s and due_at <= %(now)s + interval '1 hour')::int as urgent"""


def _counts_of_one(pool: Pool, now: datetime, wanted: Wanted, tabs: Iterable[str]) -> dict[str, Row]:
    """The same of one person's cases: read once, by the person, and told apart afterwards."""
    tests = _tests(Wanted(**{**_as(wanted), "tab": "all"}))
    query: LiteralString = "with c as materialized (select c.due_at, c.state, c.waits_on, c.facts" + _FROM_PERSON + "where " + " and ".join(tests) + " limit 7000) "
    query += " union all ".join("select '" + tab + "' as tab, " + _FIGURES + " from c where " + TABS[tab] for tab in tabs)
    with in_order(pool) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return {row["tab"]: row for row in cursor.execute(query, _given(wanted, now)).fetchall()}


def _as(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Wanted.__slots__}


def following(pool: Pool, wanted: Wanted, now: datetime, merchant: str, after: str, person: str) -> tuple[str, str] | None:
    """The next one of a list after a merchant's case: of those this person may work on (theirs or nobody's), soonest first; from the start again at the end. Who judged first is not offered the appeal (DI-8)."""
    tests = [*_tests(wanted), "c.id <> %(skip)s::uuid", "(a.person_id is null or a.person_id = %(me)s::uuid)"]
    mine: LiteralString = (
        "not (c.state = 'appealing' and %(me)s::text in (coalesce(c.facts #>> '{judgement,by}', ''), coalesce(c.facts #>> '{judgement,second}', '')))"
        " and coalesce(c.facts #>> '{pending,by}', '') <> %(me)s::text"
    )
    begins: LiteralString = "select c.merchant_id::text, c.id::text" + _FROM + "where " + " and ".join([*tests, mine])
    ends: LiteralString = " order by coalesce(c.due_at, 'infinity'), c.id limit 1"
    given = {**_given(wanted, now), "skip": after, "me": person}
    with in_order(pool) as conn:
        here = conn.execute("select coalesce(due_at, 'infinity')::text from cases where merchant_id = %s and id = %s", (merchant, after)).fetchone()
        later = conn.execute(begins + " and (coalesce(c.due_at, 'infinity'), c.id) > (%(here)s::timestamptz, %(skip)s::uuid)" + ends, {**given, "here": here[0]}).fetchone() if here else None
        row = later or conn.execute(begins + ends, given).fetchone()
    return (row[0], row[1]) if row else None
