"""What screens of tickets read besides the case itself: a buyer's earlier tickets, the platform's desk, counts of opinions (TI-2, TI-7, TI-8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens.queue_filter import RED_AT

EARLIER_AT_MOST = 20
PAGE = 50


@dataclass(slots=True)
class EarlierTicket:
    """Another ticket of the same buyer."""

    id: str
    number: str
    state: str
    type: str
    title: str
    result: str
    opened_at: datetime


_EARLIER = """select id::text, number, state, coalesce(type, '') as type, coalesce(facts ->> 'title', '') as title, coalesce(facts ->> 'result', '') as result, opened_at
  from cases where merchant_id = %(m)s and kind = 'ticket' and buyer_id = %(b)s and id <> %(c)s order by opened_at desc, id desc limit %(n)s"""


def earlier(pool: Pool, merchant: str, buyer: str, ticket: str) -> list[EarlierTicket]:
    """The buyer's other tickets with this merchant, newest first."""
    with scope(pool, UUID(merchant)) as conn, conn.cursor(row_factory=class_row(EarlierTicket)) as cursor:
        return cursor.execute(_EARLIER, {"m": UUID(merchant), "b": buyer, "c": ticket, "n": EARLIER_AT_MOST}).fetchall()


@dataclass(slots=True)
class DeskTicket:
    """One line of the platform's desk. `red`: its red moment is here; `holder` who of the platform has it (empty: nobody)."""

    merchant_id: str
    merchant: str
    id: str
    number: str
    state: str
    version: int
    type: str
    subject_zh: str
    subject_en: str
    title: str
    asks: str
    waits_on: str
    due_at: datetime | None
    red_at: datetime | None
    late: bool
    opened_at: datetime
    closed_at: datetime | None
    order_number: str
    bound_number: str
    priority: str
    not_carried_out: bool
    transferred: int
    holder: str
    holder_id: str
    clock: dict[str, Any] | None
    region: str
    second: str = ""
    """Who decided what waits for a second person."""


@dataclass(frozen=True, slots=True)
class DeskWish:
    """What the desk shows; empty means any. `whose`: `me` (with `me` set), `nobody`; `red`, `transferred` (ever); `open`: not ended; `second`: waits for a second person. `text`: a number, or words of the title."""

    state: str = ""
    origin: str = ""
    merchant: str = ""
    whose: str = ""
    me: str = ""
    red: bool = False
    transferred: bool = False
    open: bool = True
    waits: str = ""
    text: str = ""
    after: int = 0
    second: bool = False


SECOND: LiteralString = "c.facts ->> 'pending' is not null"
"""What waits for a second person (DI-6)."""
_RED = f"{RED_AT} <= %(now)s"
_DESK = """select c.merchant_id::text, m.name as merchant, c.id::text, c.number, c.state, c.version, coalesce(c.type, '') as type, coalesce(c.facts ->> 'reason_zh', '') as subject_zh,
    coalesce(c.facts ->> 'reason_en', '') as subject_en, coalesce(c.facts ->> 'title', '') as title, coalesce(c.expectation, '') as asks, coalesce(c.waits_on, '') as waits_on, c.due_at,
    {red_at} as red_at, coalesce((c.facts ->> 'late')::boolean, false) as late, c.opened_at, c.closed_at, coalesce(c.facts ->> 'order_number', '') as order_number,
    coalesce(c.facts ->> 'bound_number', '') as bound_number, coalesce(c.facts ->> 'priority', '') as priority, coalesce((c.facts ->> 'not_carried_out')::boolean, false) as not_carried_out,
    coalesce((c.facts ->> 'against_merchant')::int, 0) as transferred, coalesce(a.person_name, '') as holder, coalesce(a.person_id::text, '') as holder_id,
    case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region,
    coalesce(c.facts #>> '{{pending,by_name}}', '') as second
  from cases c join merchants m on m.id = c.merchant_id left join desk_assignments a on a.merchant_id = c.merchant_id and a.case_id = c.id
  where {where}
  order by c.closed_at is not null, c.waits_on is distinct from 'platform', (coalesce(c.facts ->> 'priority', '') = 'high') desc, c.due_at nulls last, c.id limit %(limit)s offset %(after)s"""


def _where(wish: DeskWish) -> str:
    parts = ["c.kind = 'ticket'"]
    parts += ["c.closed_at is null"] if wish.open and not wish.state else []
    parts += ["c.state = %(state)s"] if wish.state else []
    parts += ["c.type = %(origin)s"] if wish.origin else []
    parts += ["c.merchant_id = %(merchant)s"] if wish.merchant else []
    parts += ["c.waits_on = %(waits)s"] if wish.waits else []
    parts += ["c.closed_at is null", SECOND] if wish.second else []
    parts += ["c.closed_at is null", _RED] if wish.red else []
    parts += ["(c.facts ->> 'against_merchant')::int > 0"] if wish.transferred else []
    parts += ["a.person_id = %(me)s"] if wish.whose == "me" else ["a.person_id is null"] if wish.whose == "nobody" else []
    parts += ["(c.number = upper(%(text)s) or c.facts ->> 'order_number' = %(text)s or c.facts ->> 'title' ilike %(like)s)"] if wish.text else []
    return " and ".join(parts)


def _given(wish: DeskWish, now: datetime) -> dict[str, Any]:
    like = "%" + wish.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
    return {
        "state": wish.state, "origin": wish.origin, "merchant": wish.merchant or None, "me": wish.me or None, "waits": wish.waits, "text": wish.text, "like": like, "now": now,
        "limit": PAGE + 1, "after": wish.after,
    }


def desk(pool: Pool, wish: DeskWish, now: datetime) -> tuple[list[DeskTicket], bool]:
    """A page of the desk over all merchants, what waits for the platform and what is urgent first; and whether there is more."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=class_row(DeskTicket)) as cursor:
        found = cursor.execute(_DESK.format(where=_where(wish), red_at=RED_AT), _given(wish, now)).fetchall()
    return found[:PAGE], len(found) > PAGE


@dataclass(slots=True)
class DeskCounts:
    """Open tickets over all merchants, in parts that overlap."""

    open: int = 0
    platform: int = 0
    red: int = 0
    transferred: int = 0
    mine: int = 0
    nobody: int = 0
    regulator: int = 0
    second: int = 0


def desk_counts(pool: Pool, me: str, now: datetime) -> DeskCounts:
    """Counts above the desk's list."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=class_row(DeskCounts)) as cursor:
        found = cursor.execute(
            f"""select count(*)::int as open, (count(*) filter (where c.waits_on = 'platform'))::int as platform, (count(*) filter (where {_RED}))::int as red,
              (count(*) filter (where c.state = 'transferred'))::int as transferred, (count(*) filter (where a.person_id = %(me)s))::int as mine,
              (count(*) filter (where a.person_id is null))::int as nobody, (count(*) filter (where c.type = 'regulator'))::int as regulator,
              (count(*) filter (where {SECOND}))::int as second
            from cases c left join desk_assignments a on a.merchant_id = c.merchant_id and a.case_id = c.id where c.kind = 'ticket' and c.closed_at is null""",
            {"me": me, "now": now},
        ).fetchone()
    return found or DeskCounts()


@dataclass(slots=True)
class Opinions:
    """Turns of one merchant in a period: how many ended, with which result, in time, transferred; `median` seconds until an answer, None without answers."""

    merchant_id: str
    merchant: str
    turns: int
    answered: int
    in_time: int
    transferred: int
    with_documents: int
    median: int | None
    results: dict[str, int]


_OPINIONS = """select t.merchant_id::text, m.name as merchant, count(*)::int as turns, (count(*) filter (where t.outcome = 'answered'))::int as answered,
    (count(*) filter (where t.outcome = 'answered' and t.in_time))::int as in_time, (count(*) filter (where t.outcome = 'transferred'))::int as transferred,
    (count(*) filter (where t.documents))::int as with_documents, (percentile_cont(0.5) within group (order by t.took) filter (where t.outcome = 'answered'))::int as median,
    coalesce((select jsonb_object_agg(r.result, r.n) from (select x.result, count(*) as n from ticket_turns x where x.merchant_id = t.merchant_id and x.at >= %(since)s and x.at <= %(until)s
      and x.result is not null group by x.result) r), '{}') as results
  from ticket_turns t join merchants m on m.id = t.merchant_id where t.at >= %(since)s and t.at <= %(until)s group by t.merchant_id, m.name order by transferred desc, turns desc, m.name limit 500"""


def opinions(conn: psycopg.Connection, since: datetime, until: datetime) -> list[Opinions]:
    """Counts of the scope's merchants, those with the most transfers first (TI-2, TI-8)."""
    with conn.cursor(row_factory=class_row(Opinions)) as cursor:
        return cursor.execute(_OPINIONS, {"since": since, "until": until}).fetchall()


def merchant_name(pool: Pool, merchant: str) -> str:
    """What a merchant is called."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select name from merchants where id = %s", (UUID(merchant),)).fetchone()
    return str(row[0]) if row else ""


def holder(pool: Pool, merchant: str, ticket: str) -> tuple[str, str]:
    """Id and name of whoever of the platform has the ticket; empty for nobody."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select person_id::text, person_name from desk_assignments where merchant_id = %s and case_id = %s", (UUID(merchant), ticket)).fetchone()
    return (row[0], row[1]) if row else ("", "")


def pack_of(pool: Pool, merchant: str) -> str:
    """The pack version a merchant's new tickets are opened under (`name@2`); empty for no such merchant."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select pack, pack_version from merchants where id = %s", (UUID(merchant),)).fetchone()
    return f"{row[0]}@{row[1]}" if row else ""


def currency_of(pool: Pool, merchant: str, number: str) -> str:
    """The currency of the order or case a number stands for; the merchant's own where there is none."""
    query = """select coalesce((select o.currency from orders o where o.merchant_id = m.id and o.number = %(n)s), (select c.currency from cases c where c.merchant_id = m.id and c.number = %(n)s), m.currency)
      from merchants m where m.id = %(m)s"""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute(query, {"m": UUID(merchant), "n": number}).fetchone()
    return str(row[0]) if row else "CNY"


@dataclass(slots=True)
class Said:
    """One message of a ticket, with the merchant's fixed opinion if it was an answer."""

    by: str
    name: str
    words: str
    files: list[str]
    result: str | None
    at: datetime


_SAID = """select m.actor_kind as by, coalesce(m.actor_name, '') as name, m.body as words, m.file_ids::text[] as files,
    (select e.body -> 'input' ->> 'result' from events e where e.merchant_id = m.merchant_id and e.case_id = m.case_id and e.name = 'ticket_replied' and e.at = m.at and e.actor_kind = m.actor_kind limit 1) as result, m.at
  from messages m where m.merchant_id = %(m)s and m.case_id = %(c)s order by m.at, m.id limit 500"""


def messages(conn: psycopg.Connection, merchant: str, ticket: str) -> list[Said] | None:
    """The conversation, oldest first; None if this merchant has no such ticket. Merchant's scope."""
    given = {"m": UUID(merchant), "c": ticket}
    if conn.execute("select 1 from cases where merchant_id = %(m)s and id = %(c)s and kind = 'ticket'", given).fetchone() is None:
        return None
    with conn.cursor(row_factory=class_row(Said)) as cursor:
        return cursor.execute(_SAID, given).fetchall()
