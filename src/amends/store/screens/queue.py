"""One read per page of a queue: the keys come off an index, state by state; names and titles are joined to the page's rows only (UI-1, SO-9)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg

from amends.core.cases import TABLES
from amends.store import wire
from amends.store.connect import Pool
from amends.store.screens.queue_filter import QUEUES, QueueFilter, conditions
from amends.store.screens.queue_row import ROWS, QueueRow, row_of

PAGE = 50
WINDOW = 20_000
CAP = 1000
"""Counts stop here and show as "999+"."""


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


def _named(queue: str, want: QueueFilter) -> tuple[str, ...]:
    """The same, as far as a case of this kind can be in them: what somebody typed into an address never becomes a part of a statement."""
    return tuple(s for s in states_of(queue, want) if s in TABLES[QUEUES[queue].kind].states)


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
    if not states_of(queue, want):
        base: tuple[str, ...] = ("c.closed_at is not null",) if QUEUES[queue].ended else ()
        base += ("c.state = any(%(states)s)",) if want.states else ()
        if sort == "due":
            return [*_of_all_open(queue, want), _Branch(2, (*base, "c.closed_at is not null"), None, True)]
        return [_Branch(0, (*base, f"{key} is not null"), key)] + ([_Branch(1, (*base, f"{key} is null"), key, True)] if nullable else [])
    out: list[_Branch] = []
    for state in _named(queue, want):
        base = (f"c.state = '{state}'", "c.closed_at is null")
        if state == "in_transit" and sort == "due" and not want.down:
            out.append(_Branch(0, (*base, "c.parcel_state = 'signed'"), key))
            base = (*base, "c.parcel_state is distinct from 'signed'")
        out.append(_Branch(1, (*base, f"{key} is not null"), key))
        if nullable:
            out.append(_Branch(2, (*base, f"{key} is null"), key, True))
    return out


def _of_all_open(queue: str, want: QueueFilter) -> list[_Branch]:
    """Whatever is open, by what is due: the lists of the states put together, for each comes off its index in order."""
    out: list[_Branch] = []
    for state in TABLES[QUEUES[queue].kind].states:
        if not want.states or state in want.states:
            base = (f"c.state = '{state}'", "c.closed_at is null")
            out += [_Branch(0, (*base, "c.due_at is not null"), "c.due_at"), _Branch(1, (*base, "c.due_at is null"), "c.due_at", True)]
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


def _select(kind: str, branch: _Branch, sort: str, down: bool, extra: tuple[str, ...], cursor: tuple[int, bool] | None, limit: int) -> str | None:
    """One branch as a query of (rank, key, id), or None when the cursor has passed it. `cursor`: the rank of the place a page ended at, and whether it has a key."""
    if cursor is not None and cursor[0] > branch.rank:
        return None
    where = ["c.merchant_id = %(merchant)s", f"c.kind = '{kind}'", *branch.where, *extra]
    way, sign, cast = " desc" if down else "", "<" if down else ">", _CASTS[sort]
    key = branch.key or f"null::{cast}"
    if cursor is not None and cursor[0] == branch.rank:
        where.append(f"({key}, c.id) {sign} (%(at)s::{cast}, %(last)s::uuid)" if cursor[1] and not branch.blank else f"c.id {sign} %(last)s::uuid")
    order = f"{key}{way}, c.id{way}" if branch.key else f"c.id{way}"
    return f"(select {branch.rank} as rank, {key} as key, c.id from cases c where {' and '.join(where)} order by {order} limit {limit})"


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes the text of a read: everything but its values. `states` and `sort` stand for the filter's, `extra` for its other conditions."""

    queue: str
    states: tuple[str, ...]
    sort: str
    down: bool
    extra: tuple[str, ...]
    cursor: tuple[int, bool] | None
    limit: int


@lru_cache(2000)
def _keys(shape: _Shape) -> str:
    """(rank, key, id) of the first `limit` in their order; empty where the cursor has passed everything."""
    want = QueueFilter(states=shape.states, sort=shape.sort, down=shape.down)
    sort, down = sort_of(shape.queue, want)
    kind, way = QUEUES[shape.queue].kind, " desc nulls last" if down else " nulls last"
    ranks: dict[int, list[str]] = {}
    for branch in _branches(shape.queue, want):
        if part := _select(kind, branch, sort, down, shape.extra, shape.cursor, shape.limit):
            ranks.setdefault(branch.rank, []).append(part)
    parts = [ranks[rank][0] if len(ranks[rank]) == 1 else f"(select * from ({' union all '.join(ranks[rank])}) r order by key{way}, id{way} limit {shape.limit})" for rank in sorted(ranks)]
    # One rank after the other, as far as the limit reaches: what comes last is not looked for while what comes first fills the page.
    return f"select * from ({' union all '.join(parts)}) b limit {shape.limit}" if parts else ""


@lru_cache(2000)
def _lines(shape: _Shape) -> str:
    way = " desc nulls last" if sort_of(shape.queue, QueueFilter(sort=shape.sort, down=shape.down))[1] else " nulls last"
    keys = _keys(shape)
    return ROWS.replace("{way}", way).replace("{keys}", keys) if keys else ""


def _shaped(queue: str, want: QueueFilter, merchant_id: UUID | str, now: datetime, after: str, limit: int, only: tuple[str, ...] = ()) -> tuple[_Shape, dict[str, Any]]:
    extra, values = conditions(want, now)
    cursor = read_cursor(after, sort_of(queue, want)[0])
    values |= {"merchant": UUID(str(merchant_id)), "states": list(want.states)}
    if cursor is not None:
        values |= {"at": cursor[1], "last": cursor[2]}
    place = None if cursor is None else (cursor[0], cursor[1] is not None)
    return _Shape(queue, want.states, want.sort, want.down, (*extra, *only), place, limit), values


_MODES = {True: "force_generic_plan", False: "force_custom_plan"}
_ENTER = "select set_config('amends.merchant', %(merchant)s, true), set_config('plan_cache_mode', %(mode)s, true)"
_PLAN = "select set_config('plan_cache_mode', %(mode)s, true)"


def _often(want: QueueFilter) -> bool:
    """Whether a list like this is asked for all the time, and one plan does for every value: the tabs in their own order, any order of the whole. The rest is planned for what it asks."""
    if want.sort == "due":
        return want == QueueFilter(person=want.person, nobody=want.nobody, alert=want.alert, due=want.due, open=want.open, on=want.on, waits=want.waits, reddens=want.reddens, down=want.down)
    return want == QueueFilter(sort=want.sort, down=want.down, waits=want.waits, reddens=want.reddens)


def page(pool: Pool, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """One page of a queue for one merchant, in one round trip. `after` is the cursor of the page before; KeyError for a queue that is not in QUEUES."""
    shape, values = _shaped(queue, want, merchant_id, now, after, size + 1)
    if not (text := _lines(shape)):
        return Page([], "")
    often = _often(want)
    with pool.connection() as conn, wire.pipe(conn) as pipe:  # without a begin all of a pipe is one transaction, and what is set for it ends with it
        pipe.execute(_ENTER, {"merchant": str(values["merchant"]), "mode": _MODES[often]})
        found = pipe.execute(text, values, keep=often)
    return _page(found.fetchall(), size)


def read_page(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, after: str = "", size: int = PAGE) -> Page:
    """The same, inside a transaction that is already open, in the merchant's scope."""
    shape, values = _shaped(queue, want, merchant_id, now, after, size + 1)
    return _page(_ask(conn, text, values, often=_often(want)), size) if (text := _lines(shape)) else Page([], "")


def _ask(conn: psycopg.Connection, text: str, values: Mapping[str, Any], *, often: bool) -> list[tuple[Any, ...]]:
    with wire.pipe(conn) as pipe:
        pipe.execute(_PLAN, {"mode": _MODES[often]})
        found: wire.Rows = pipe.execute(text, values, keep=often)
    return found.fetchall()


def _page(found: list[tuple[Any, ...]], size: int) -> Page:
    more = len(found) > size
    rows = [row_of(values) for values in found[:size]]
    return Page(rows, json.dumps([rows[-1].rank, found[size - 1][-1], rows[-1].id]) if more and rows else "")


def explain(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime) -> dict[str, Any]:
    """The plan of a first page as PostgreSQL carried it out: what a test looks at."""
    shape, values = _shaped(queue, want, merchant_id, now, "", PAGE + 1)
    rows = _ask(conn, "explain (analyze, format json) " + _lines(shape), values, often=_often(want))
    plan: dict[str, Any] = rows[0][0][0]["Plan"]
    return plan


def first_ids(
    conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, limit: int, after: str = "", only: tuple[Sequence[str], Mapping[str, Any]] = ((), {})
) -> list[str]:
    """The ids of the filter in its order, at most `limit`: what a batch over a filter takes on (SO-7). `only` are further conditions on `c` with their values."""
    shape, values = _shaped(queue, want, merchant_id, now, after, limit, tuple(only[0]))
    keys = _keys(shape)
    return [row[0] for row in _ask(conn, f"select id::text from ({keys}) k", {**values, **only[1]}, often=False)] if keys else []


def read_rows(conn: psycopg.Connection, merchant_id: UUID | str, ids: list[str]) -> dict[str, QueueRow]:
    """Rows by id, wherever they are now: results of a batch, rows that have left a list."""
    if not ids:
        return {}
    found = [row_of(values) for values in wire.ask(conn, _BY_ID, {"merchant": UUID(str(merchant_id)), "ids": ids})]
    return {row.id: row for row in found}


_BY_ID = ROWS.replace("{keys}", "select 0 as rank, null::timestamptz as key, x.id from unnest(%(ids)s::uuid[]) x(id)").replace("{way}", "")


@dataclass(slots=True)
class Tally:
    """How many match; `more` when counting stopped before the end, so it is "at least"."""

    n: int
    more: bool


def count(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, want: QueueFilter, now: datetime, cap: int = CAP) -> Tally:
    """How many match, counted no further than `cap`; conditions no index knows are looked for among the first 20 000 rows only."""
    return counted(conn, merchant_id, queue, [want], now, cap)[0]


def counted(conn: psycopg.Connection, merchant_id: UUID | str, queue: str, wants: Sequence[QueueFilter], now: datetime, cap: int = CAP) -> list[Tally]:
    """The same for several filters of a list, in one round trip."""
    found: list[wire.Rows] = []
    with wire.pipe(conn) as pipe:
        for want in wants:
            shape, values = _shaped(queue, want, merchant_id, now, "", cap)
            pipe.execute(_PLAN, {"mode": _MODES[_often(want)]})
            found.append(pipe.execute(_counting(shape, indexed=_indexed(want), window=WINDOW), values, keep=_often(want)))
    return [Tally(n, n >= cap or seen >= WINDOW) for rows in found for n, seen in rows.fetchall()]


@lru_cache(2000)
def _counting(shape: _Shape, *, indexed: bool, window: int) -> str:
    want = QueueFilter(states=shape.states)
    where = ["c.merchant_id = %(merchant)s", f"c.kind = '{QUEUES[shape.queue].kind}'"]
    if states_of(shape.queue, want):
        named = [f"'{state}'" for state in _named(shape.queue, want)]
        where.append(f"c.closed_at is null and c.state in ({', '.join(named)})" if named else "false")
    elif QUEUES[shape.queue].ended:
        where.append("c.closed_at is not null")
    if want.states and not states_of(shape.queue, want):
        where.append("c.state = any(%(states)s)")
    if indexed:
        return f"select count(*), 0 from (select 1 from cases c where {' and '.join([*where, *shape.extra])} limit {shape.limit}) n"
    first = f"select c.* from cases c where {' and '.join(where)} limit {window}"
    extra = " and ".join(shape.extra) or "true"
    return f"select (select count(*) from (select 1 from ({first}) c where {extra} limit {shape.limit}) n), (select count(*) from ({first}) w)"


def _indexed(want: QueueFilter) -> bool:
    """Whether an index finds what this filter wants without looking at what it does not want."""
    plain = QueueFilter(
        states=want.states, person=want.person, nobody=want.nobody, due=want.due, alert=want.alert, open=want.open, on=want.on, reddens=want.reddens, parcel="signed" if want.parcel == "signed" else "",
        order=want.order, buyer=want.buyer, waits=want.waits, sort=want.sort, down=want.down,
    )
    return plain == want
