"""What the platform sees of all merchants (UI-5): the merchants, their cases, and how well the machinery runs. Platform scope, reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg.rows import dict_row

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens.finding import numbers

Row = dict[str, Any]
CAP = 1000
MONTH = timedelta(days=30)
KINDS = ("service_order", "cancellation", "dispute", "ticket", "opening")
_COUNTS: LiteralString = """
  (select count(*) from (select 1 from cases c where c.merchant_id = m.id and c.closed_at is null limit 1000) n) as open,
  (select count(*) from (select 1 from cases c where c.merchant_id = m.id and c.closed_at is null and c.due_at <= %(now)s limit 1000) n) as late,
  (select coalesce(sum(c.granted_minor), 0)::bigint from cases c where c.merchant_id = m.id and c.opened_at > %(month)s) as refunded,
  (select count(*) from cases c where c.merchant_id = m.id and c.opened_at > %(month)s) as opened
"""
_MERCHANT: LiteralString = "m.id::text as id, m.name, m.pack, m.pack_version, m.fulfilment_mode, m.currency, m.tz, m.settings, m.opened_at, m.closed_at"
_CASE: LiteralString = """c.id::text as id, c.merchant_id::text as merchant_id, m.name as merchant, c.number, c.kind, c.state, c.type, c.waits_on, c.due_at,
  c.granted_minor, coalesce(c.currency, m.currency) as currency, c.opened_at, c.closed_at, c.updated_at,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock, coalesce(c.facts ->> 'region', '') as region"""


def merchants(pool: Pool, now: datetime, name: str = "", after: tuple[str, str] | None = None, limit: int = 50, ref: str = "") -> list[Row]:
    """Merchants by name with open and late cases (at most 1 000 each), and what was opened and granted in the last 30 days; `ref` (`jd@2`): only those under this version."""
    given = {"ref": ref, "now": now, "month": now - MONTH, "name": f"%{name}%", "limit": limit + 1, "last": after[0] if after else None, "id": after[1] if after else None}
    return _rows(
        pool, "select " + _MERCHANT + "," + _COUNTS + " from (select * from merchants where name ilike %(name)s and (%(ref)s = '' or pack_ref = %(ref)s)"
        " and (%(last)s::text is null or (name, id) > (%(last)s, %(id)s::uuid)) order by name, id limit %(limit)s) m order by m.name, m.id", given,
    )


def merchant(pool: Pool, merchant_id: str, now: datetime) -> Row | None:
    """One merchant with the same counts, its main account, staff, keys and open cases by kind and state."""
    given = {"now": now, "month": now - MONTH, "id": merchant_id}
    rows = _rows(
        pool, "select " + _MERCHANT + "," + _COUNTS + ", p.name as main_name, p.email as main_email,"
        " (select count(*) from people x where x.merchant_id = m.id and x.active) as staff,"
        " (select count(*) from addresses a where a.merchant_id = m.id and a.active) as addresses"
        " from merchants m left join people p on p.merchant_id = m.id and p.main_account where m.id = %(id)s", given,
    )
    if not rows:
        return None
    states = _rows(
        pool, "select kind, state, count(*) as n, count(*) filter (where due_at <= %(now)s) as late from (select kind, state, due_at from cases"
        " where merchant_id = %(id)s and closed_at is null limit 20000) c group by kind, state order by kind, n desc", given,
    )
    return rows[0] | {"states": states}


def names(pool: Pool, limit: int = 500) -> list[Row]:
    """Merchants to choose from: id and name."""
    return _rows(pool, "select id::text as id, name from merchants order by name, id limit %(limit)s", {"limit": limit})


@dataclass(slots=True)
class Wanted:
    """Filters over the cases of all merchants; `open`: only those not closed; `late`: only those past their time; after which row it goes on."""

    merchant: str = ""
    kind: str = ""
    state: str = ""
    number: str = ""
    open: bool = True
    late: bool = False
    source: str = ""
    after: tuple[datetime, str] | None = None


def cases(pool: Pool, wanted: Wanted, now: datetime, limit: int = 50) -> list[Row]:
    """Cases across merchants, the newest first, one more than `limit` if there are more.

    Asked merchant by merchant and kind by kind, each a short walk of an index, so that no index over all merchants is kept for this page alone.
    """
    tests: dict[LiteralString, Any] = {
        "c.state = %(state)s": wanted.state, "c.number = any(%(numbers)s)": wanted.number, "c.closed_at is null": wanted.open,
        "c.closed_at is null and c.due_at <= %(now)s": wanted.late, "c.source = %(source)s": wanted.source,
    }
    where: list[LiteralString] = ["c.merchant_id = m.id", "c.kind = k.kind", *(test for test, value in tests.items() if value)]
    if wanted.after:
        where.append("c.opened_at <= %(at)s and (c.opened_at < %(at)s or c.id > %(last)s)")
    at, last = wanted.after or (None, None)
    given = {
        "merchant": wanted.merchant or None, "kinds": [wanted.kind] if wanted.kind else list(KINDS), "state": wanted.state, "source": wanted.source, "numbers": numbers(wanted.number.strip(), now) or [wanted.number.strip().upper()], "now": now, "at": at, "last": last,
        "limit": limit + 1,
    }
    return _rows(
        pool, "select " + _CASE + " from (select m.id as merchant_id, x.id, x.opened_at from merchants m cross join unnest(%(kinds)s::text[]) k (kind)"
        " cross join lateral (select c.id, c.opened_at from cases c where " + " and ".join(where) + " order by c.opened_at desc, c.id limit %(limit)s) x"
        " where %(merchant)s::uuid is null or m.id = %(merchant)s order by x.opened_at desc, x.id limit %(limit)s) f"
        " join cases c on c.merchant_id = f.merchant_id and c.id = f.id join merchants m on m.id = f.merchant_id order by f.opened_at desc, f.id", given,
    )


def health(pool: Pool, now: datetime) -> Row:
    """Clocks that are overdue or due within the hour, effects that wait or are dead by name, and when the last event was written."""
    given = {"now": now, "hour": now + timedelta(hours=1)}
    clocks = _rows(
        pool, "select (select count(*) from (select 1 from clocks where due_at <= %(now)s limit 10000) n) as overdue,"
        " (select min(due_at) from clocks where due_at <= %(now)s) as oldest,"
        " (select count(*) from (select 1 from clocks where due_at > %(now)s and due_at <= %(hour)s limit 10000) n) as soon,"
        " (select count(*) from (select 1 from clocks limit 100000) n) as armed", given,
    )[0]
    waiting = _rows(
        pool, "select effect, count(*) as n, count(*) filter (where due_at <= %(now)s) as due, min(due_at) as oldest, max(attempts) as attempts from"
        " ((select effect, due_at, attempts from outbox where done_at is null and dead_at is null and not outside order by due_at limit 20000) union all"
        " (select effect, due_at, attempts from outbox where done_at is null and dead_at is null and outside order by due_at limit 20000)) o group by effect order by effect", given,
    )
    return {"clocks": clocks, "waiting": waiting, "dead": dead(pool)}


def dead(pool: Pool, limit: int = 100) -> list[Row]:
    """Effects that were given up, the newest first."""
    return _rows(
        pool, "select o.id::text as id, o.merchant_id::text as merchant_id, m.name as merchant, o.effect, o.attempts, o.last_error, o.dead_at, c.number"
        " from outbox o join merchants m on m.id = o.merchant_id left join cases c on c.merchant_id = o.merchant_id and c.id = o.case_id"
        " where o.dead_at is not null order by o.dead_at desc, o.id limit %(limit)s", {"limit": limit},
    )


def _rows(pool: Pool, query: LiteralString, given: Row) -> list[Row]:
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, given).fetchall()
