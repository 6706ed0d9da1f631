"""One read per page of a queue: the keys come off an index, state by state; names and titles are joined to the page's rows only (UI-1, SO-9)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from amends.store.connect import Pool, scope
from amends.store.screens.queue_filter import QUEUES, Piece, QueueFilter, conditions

PAGE = 50
WINDOW = 20_000
CAP = 1000
"""Counts stop here and show as "999+"."""


@dataclass(slots=True)
class QueueRow:
    """One line of a list. Money in minor units of `currency`; `amount` is what was paid for the goods of this case; `receiver` is not yet masked.

    `clock` says what happens at zero (`then`) and by which pack and version; `verdict` what the buyer was told on applying. `lines` is how many
    lines of its order it is about, `source` where it came from (CA-6), `intercept` how far the carrier was asked to stop the parcel, `region` the province that suspensions look at.
    Of a dispute: the `plan` chosen (DI-2), what the buyer demands in minor units, and the number of what is in dispute. `red_at`: from when it is red whatever its clock says (TI-2).
    """

    rank: int
    id: str
    number: str
    state: str
    version: int
    type: str | None
    expectation: str | None
    reason: str | None
    sku: str | None
    quantity: int | None
    parcel_state: str | None
    assignee: str | None
    assignee_name: str | None
    waits_on: str | None
    due_at: datetime | None
    alert: str | None
    alert_open: bool
    alert_words: dict[str, Any] | None
    late: bool
    currency: str | None
    amount: int | None
    granted: int
    moved: int
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    title: str
    photos: int
    verdict: dict[str, Any] | None
    clock: dict[str, Any] | None
    reason_zh: str
    reason_en: str
    fault: str | None
    description: str
    attributes: dict[str, Any]
    buyer_id: str | None
    receiver: str | None
    buyer_cases: int
    order_number: str | None
    kind: str
    lines: int
    source: str | None
    intercept: str | None
    shipped_at: datetime | None
    mode: str | None
    platform_delivery: bool
    region: str
    priority: str
    plan: str
    demand_amount: int | None
    parent_number: str
    red_at: datetime | None


@dataclass(slots=True)
class Page:
    """Rows of one page, the cursor of the next one ("" at the end)."""

    rows: list[QueueRow]
    after: str


@dataclass(slots=True)
class _Branch:
    """A part of the answer that one index delivers in order. `blank`: these rows have no value to sort by, and come by id.

    The key stays in the order of blank rows too: with it the planner sees that the same index delivers them.
    """

    rank: int
    where: tuple[str, ...]
    key: str | None
    blank: bool = False


_KEYS = {"due": "c.due_at", "opened": "c.opened_at", "amount": "c.amount_minor", "number": "c.number", "closed": "c.closed_at"}
_CASTS = {"due": "timestamptz", "opened": "timestamptz", "closed": "timestamptz", "amount": "bigint", "number": "text"}


def states_of(queue: str, want: QueueFilter) -> tuple[str, ...]:
    """The states a read of this queue goes through; empty means "not by state"."""
    own = QUEUES[queue]
    if want.states and own.states:
        return tuple(s for s in own.states if s in want.states)
    return want.states if not own.states and not own.ended and want.states and not set(want.states) & set(own.final()) else own.states


def sort_of(queue: str, want: QueueFilter) -> tuple[str, bool]:
    """The key and direction really used: what has ended comes last ended first; amounts sort only where cases are open."""
    own = QUEUES[queue]
    if own.ended and want.sort in ("due", "amount"):
        return "closed", True
    if not own.states and want.sort == "amount":
        return "opened", True
    return want.sort, want.down


def _branches(queue: str, want: QueueFilter) -> list[_Branch]:
    sort, _ = sort_of(queue, want)
    key, nullable = _KEYS[sort], sort in ("due", "amount")
    states = states_of(queue, want)
    if not states:
        base: tuple[str, ...] = ("c.closed_at is not null",) if QUEUES[queue].ended else ()
        base += ("c.state = any(%(states)s)",) if want.states else ()
        if sort == "due":
            open_, ended = (*base, "c.closed_at is null"), (*base, "c.closed_at is not null")
            return [_Branch(0, (*open_, f"{key} is not null"), key), _Branch(1, (*open_, f"{key} is null"), key, True), _Branch(2, ended, None, True)]
        return [_Branch(0, (*base, f"{key} is not null"), key)] + ([_Branch(1, (*base, f"{key} is null"), key, True)] if nullable else [])
    out: list[_Branch] = []
    for state in states:
        base = (f"c.state = '{state}'", "c.closed_at is null")
        if state == "in_transit" and sort == "due" and not want.down:
            out.append(_Branch(0, (*base, "c.parcel_state = 'signed'"), key))
            base = (*base, "c.parcel_state is distinct from 'signed'")
        out.append(_Branch(1, (*base, f"{key} is not null"), key))
        if nullable:
            out.append(_Branch(2, (*base, f"{key} is null"), key, True))
    return out


def read_cursor(text: str, sort: str) -> tuple[int, str | None, UUID] | None:
    """The place a page ended at, or None for the beginning and for anything that is no cursor of this order."""
    try:
        rank, value, case_id = json.loads(text)
        if value is not None and _CASTS[sort] == "timestamptz":
            datetime.fromisoformat(str(value))
        elif value is not None and _CASTS[sort] == "bigint":
            int(value)
        return int(rank), None if value is None else str(value), UUID(str(case_id))
    except (ValueError, TypeError):
        return None


def _of_kind(kind: str) -> Piece:
    return sql.SQL("c.kind = {}").format(sql.Literal(kind))


def _select(kind: str, branch: _Branch, sort: str, down: bool, extra: list[Piece], cursor: tuple[int, str | None, UUID] | None, limit: int) -> Piece | None:
    """One branch as a query of (rank, key, id), or None when the cursor has passed it."""
    if cursor is not None and cursor[0] > branch.rank:
        return None
    where: list[Piece] = [sql.SQL("c.merchant_id = %(merchant)s"), _of_kind(kind), *[sql.SQL(w) for w in branch.where], *extra]
    way = sql.SQL(" desc" if down else "")
    sign = sql.SQL("<" if down else ">")
    key = sql.SQL(branch.key or f"null::{_CASTS[sort]}")
    if cursor is not None and cursor[0] == branch.rank:
        if not branch.blank and cursor[1] is not None:
            cast = sql.SQL(_CASTS[sort])
            where.append(sql.SQL("({}, c.id) {} ({}::{}, {}::uuid)").format(key, sign, sql.Literal(cursor[1]), cast, sql.Literal(str(cursor[2]))))
        else:
            where.append(sql.SQL("c.id {} {}::uuid").format(sign, sql.Literal(str(cursor[2]))))
    order = sql.SQL("{}{}, c.id{}").format(key, way, way) if branch.key else sql.SQL("c.id{}").format(way)
    return sql.SQL("(select {} as rank, {} as key, c.id from cases c where {} order by {} limit {})").format(
        sql.Literal(branch.rank), key, sql.SQL(" and ").join(where), order, sql.Literal(limit)
    )


_DETAIL = """
select k.rank, k.key::text as key, c.id::text as id, c.number, c.state, c.version, c.type, c.expectation, c.reason, c.sku, c.quantity, c.parcel_state,
  c.assignee::text as assignee, coalesce(p.name, c.facts ->> 'assignee_name') as assignee_name, c.waits_on, c.due_at, c.alert,
  coalesce((c.facts ->> 'alert_open')::boolean, false) as alert_open,
  case when c.alert is not null and jsonb_typeof(c.facts -> 'alert') = 'object' then c.facts -> 'alert' end as alert_words, coalesce((c.facts ->> 'late')::boolean, false) as late,
  c.currency, c.amount_minor as amount, c.granted_minor as granted, c.moved_minor as moved, c.opened_at, c.closed_at, c.updated_at,
  coalesce(l.title, c.facts ->> 'title', c.sku, '') as title,
  case when jsonb_typeof(c.facts -> 'photos') = 'array' then jsonb_array_length(c.facts -> 'photos') else 0 end as photos,
  case when jsonb_typeof(c.facts -> 'verdict') = 'object' then c.facts -> 'verdict' end as verdict,
  case when jsonb_typeof(c.facts -> 'clock') = 'object' then c.facts -> 'clock' end as clock,
  coalesce(c.facts ->> 'reason_zh', c.reason, '') as reason_zh, coalesce(c.facts ->> 'reason_en', c.reason, '') as reason_en,
  c.fault, left(coalesce(c.facts ->> 'description', ''), 80) as description,
  coalesce(s.attributes, '{{}}') as attributes, c.buyer_id, o.receiver,
  (select count(*) from (select 1 from cases b where b.merchant_id = c.merchant_id and b.buyer_id = c.buyer_id
     and b.opened_at > c.opened_at - interval '30 days' and b.opened_at < c.opened_at limit 99) n) as buyer_cases,
  o.number as order_number, c.kind, coalesce((c.facts ->> 'kinds')::int, 1) as lines, c.source, c.facts ->> 'intercept' as intercept,
  o.shipped_at, o.fulfilment_mode as mode, coalesce(o.platform_delivery, false) as platform_delivery, coalesce(c.facts ->> 'region', '') as region,
  coalesce(c.facts ->> 'priority', '') as priority, coalesce(c.facts ->> 'plan', '') as plan, (c.facts ->> 'asked_amount')::bigint as demand_amount,
  coalesce(c.facts ->> 'parent_number', '') as parent_number, (c.facts ->> 'red_at')::timestamptz + coalesce(c.due_at - (c.facts -> 'clock' ->> 'plain_due_at')::timestamptz, interval '0') as red_at
from (select * from ({branches}) b order by rank, key{way}, id{way} limit {limit}) k
join cases c on c.merchant_id = %(merchant)s and c.id = k.id
left join orders o on o.merchant_id = %(merchant)s and o.id = c.order_id
left join order_lines l on l.merchant_id = %(merchant)s and l.order_id = c.order_id and l.id = c.line_id
left join skus s on s.merchant_id = %(merchant)s and s.sku = c.sku
left join people p on p.merchant_id = %(merchant)s and p.id = c.assignee
order by k.rank, k.key{way}, k.id{way}
"""


def _bound(queue: str, want: QueueFilter, merchant_id: UUID | str, now: datetime) -> tuple[list[Piece], dict[str, Any]]:
    extra, values = conditions(want, now)
    return extra, {**values, "merchant": UUID(str(merchant_id)), "states": list(want.states)}


def _union(queue: str, want: QueueFilter, extra: list[Piece], cursor: tuple[int, str | None, UUID] | None, limit: int) -> Piece | None:
    sort, down = sort_of(queue, want)
    parts = [part for b in _branches(queue, want) if (part := _select(QUEUES[queue].kind, b, sort, down, extra, cursor, limit)) is not None]
    return sql.SQL(" union all ").join(parts) if parts else None


def page(pool: Pool, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """One page of a queue for one merchant. `after` is the cursor of the page before; KeyError for a queue that is not in QUEUES."""
    with scope(pool, UUID(str(merchant_id)), named=True) as conn:
        return read_page(conn, merchant_id, queue, want, now, after, size)


def read_page(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """The same, inside a transaction that is already open."""
    asked = _page_query(queue, want, merchant_id, now, after, size)
    if asked is None:
        return Page([], "")
    with conn.cursor(row_factory=class_row(_Read)) as cursor:
        found = cursor.execute(*asked).fetchall()
    more = len(found) > size
    found = found[:size]
    last = found[-1] if found else None
    return Page([f.row for f in found], json.dumps([last.row.rank, last.key, last.row.id]) if more and last else "")


def _page_query(queue: str, want: QueueFilter, merchant_id: UUID | str, now: datetime, after: str, size: int) -> tuple[sql.Composed, dict[str, Any]] | None:
    extra, values = _bound(queue, want, merchant_id, now)
    union = _union(queue, want, extra, read_cursor(after, sort_of(queue, want)[0]), size + 1)
    if union is None:
        return None
    way = sql.SQL(" desc nulls last" if sort_of(queue, want)[1] else " nulls last")
    return sql.SQL(_DETAIL).format(branches=union, way=way, limit=sql.Literal(size + 1)), values


def explain(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime) -> dict[str, Any]:
    """The plan of a first page as PostgreSQL carried it out: what a test and `amends bench` look at."""
    asked = _page_query(queue, want, merchant_id, now, "", PAGE)
    if asked is None:
        return {}
    row = conn.execute(sql.SQL("explain (analyze, format json) ") + asked[0], asked[1]).fetchone()
    plan: dict[str, Any] = row[0][0]["Plan"] if row else {}
    return plan


class _Read:
    """A row together with the key it was sorted by."""

    def __init__(self, *, key: str | None, **values: Any) -> None:
        self.key = key
        self.row = QueueRow(**{f.name: values[f.name] for f in fields(QueueRow)})


def first_ids(
    conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, limit: int, after: str = "", only: list[Piece] | None = None
) -> list[str]:
    """The ids of the filter in its order, at most `limit`: what a batch over a filter takes on (SO-7). `only` are further conditions on `c`."""
    extra, values = _bound(queue, want, merchant_id, now)
    union = _union(queue, want, extra + (only or []), read_cursor(after, sort_of(queue, want)[0]), limit)
    if union is None:
        return []
    way = sql.SQL(" desc nulls last" if sort_of(queue, want)[1] else " nulls last")
    query = sql.SQL("select id::text from ({}) b order by rank, key{}, id{} limit {}").format(union, way, way, sql.Literal(limit))
    return [row[0] for row in conn.execute(query, values)]


def read_rows(conn: psycopg.Connection, merchant_id: UUID | str, ids: list[str]) -> dict[str, QueueRow]:
    """Rows by id, wherever they are now: results of a batch, rows that have left a list."""
    if not ids:
        return {}
    keys = sql.SQL("select 0 as rank, null::timestamptz as key, x.id from unnest({}::uuid[]) x(id)").format(sql.Literal(ids))
    query = sql.SQL(_DETAIL).format(branches=keys, way=sql.SQL(""), limit=sql.Literal(len(ids)))
    with conn.cursor(row_factory=class_row(_Read)) as cursor:
        return {r.row.id: r.row for r in cursor.execute(query, {"merchant": UUID(str(merchant_id))}).fetchall()}


@dataclass(slots=True)
class Tally:
    """How many match; `more` when counting stopped before the end, so it is "at least"."""

    n: int
    more: bool


def count(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, cap: int = CAP) -> Tally:
    """How many match, counted no further than `cap`; conditions no index knows are looked for among the first 20 000 rows only."""
    extra, values = _bound(queue, want, merchant_id, now)
    states = states_of(queue, want)
    where: list[Piece] = [sql.SQL("c.merchant_id = %(merchant)s"), _of_kind(QUEUES[queue].kind)]
    if states:
        where.append(sql.SQL("c.closed_at is null and c.state = any({})").format(sql.Literal(list(states))))
    elif QUEUES[queue].ended:
        where.append(sql.SQL("c.closed_at is not null"))
    if want.states and not states:
        where.append(sql.SQL("c.state = any(%(states)s)"))
    if _indexed(want):
        query = sql.SQL("select count(*), 0 from (select 1 from cases c where {} limit {}) n").format(sql.SQL(" and ").join([*where, *extra]), sql.Literal(cap))
    else:
        window = sql.SQL("select c.* from cases c where {} limit {}").format(sql.SQL(" and ").join(where), sql.Literal(WINDOW))
        query = sql.SQL("select (select count(*) from (select 1 from ({}) c where {} limit {}) n), (select count(*) from ({}) w)").format(
            window, sql.SQL(" and ").join(extra or [sql.SQL("true")]), sql.Literal(cap), window
        )
    row = conn.execute(query, values).fetchone() or (0, 0)
    return Tally(row[0], row[0] >= cap or row[1] >= WINDOW)


def _indexed(want: QueueFilter) -> bool:
    """Whether an index finds what this filter wants without looking at what it does not want."""
    plain = QueueFilter(
        states=want.states, person=want.person, nobody=want.nobody, due=want.due, alert=want.alert, open=want.open, on=want.on, reddens=want.reddens, parcel="signed" if want.parcel == "signed" else "",
        order=want.order, buyer=want.buyer, waits=want.waits, sort=want.sort, down=want.down,
    )
    return plain == want
