"""Cases of one kind as the API shows them: lists in an index's order with a cursor, one case with its clocks, its events (IN-1, IN-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from amends.core.cases import TABLES
from amends.store.connect import Platform, Pool, Whose, scope

Row = dict[str, Any]
_COLUMNS: LiteralString = """c.id::text, c.number, c.kind, c.merchant_id::text, c.state, c.version, c.type, c.expectation, c.reason, c.order_id::text, c.line_id::text,
  c.application_id::text, c.buyer_id, c.sku, c.category, c.quantity, c.quantity_received, c.source, c.waits_on, c.due_at, c.assignee::text, c.currency,
  c.granted_minor, c.granted_at, c.moved_minor, c.moved_at, c.opened_at, c.closed_at, c.updated_at"""
_WHERE: dict[str, LiteralString] = {
    "state": "c.state = any(%(state)s)", "type": "c.type = %(type)s", "expectation": "c.expectation = %(expectation)s", "order_id": "c.order_id = %(order_id)s",
    "buyer_id": "c.buyer_id = %(buyer_id)s", "number": "c.number = %(number)s", "assignee": "c.assignee = %(assignee)s", "waits_on": "c.waits_on = %(waits_on)s",
    "opened_from": "c.opened_at >= %(opened_from)s", "opened_to": "c.opened_at < %(opened_to)s", "due_before": "c.due_at < %(due_before)s",
    "scenario": "c.type = any(%(scenario)s)", "plan": "coalesce(c.facts ->> 'plan', 'none') = any(%(plan)s)", "parent_id": "c.parent_id = %(parent_id)s",
    "source": "c.source = any(%(source)s)", "updated_from": "c.updated_at >= %(updated_from)s", "updated_to": "c.updated_at < %(updated_to)s",
}


_ORDERS: dict[str, tuple[LiteralString, LiteralString, tuple[LiteralString, ...]]] = {
    "opened_at": ("c.opened_at desc, c.id", "c.opened_at <= %(at)s and (c.opened_at < %(at)s or c.id > %(last)s)", ()),
    "due_at": ("c.due_at, c.id", "(c.due_at, c.id) > (%(at)s, %(last)s)", ("c.closed_at is null and c.due_at is not null",)),
    "updated_at": ("c.updated_at, c.id", "(c.updated_at, c.id) > (%(at)s, %(last)s)", ()),
}
"""Newest first; soonest due first (those with a clock); longest unchanged first, for readers that fetch what is new."""


@dataclass(slots=True)
class Wanted:
    """A list's filters by name (see `_WHERE`), whether only open or only ended ones, its order (see `_ORDERS`), and after which row it goes on."""

    filters: dict[str, Any] = field(default_factory=dict)
    open: bool | None = None
    order: str = "opened_at"
    after: tuple[datetime, str] | None = None
    limit: int = 50


def page(pool: Pool, whose: Whose, kind: str, wanted: Wanted) -> list[Row]:
    """At most `limit` + 1 rows, so that the reader knows whether more follow."""
    where: list[LiteralString] = ["c.kind = %(kind)s"] + [_WHERE[name] for name in wanted.filters]
    given: dict[str, Any] = {**wanted.filters, "kind": kind, "limit": wanted.limit + 1, **_of(whose, where)}
    if wanted.open is not None:
        where.append("c.closed_at is null" if wanted.open else "c.closed_at is not null")
    order, after, only = _ORDERS[wanted.order]
    where += only
    if wanted.after:
        given |= {"at": wanted.after[0], "last": wanted.after[1]}
        where.append(after)
    query = _by_what_is_due(kind, where, wanted) if wanted.order == "due_at" and "merchant" in given else None
    with scope(pool, whose) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query or "select " + _COLUMNS + " from cases c where " + " and ".join(where) + " order by " + order + " limit %(limit)s", given).fetchall()


def _by_what_is_due(kind: str, where: Sequence[str], wanted: Wanted) -> bytes | None:
    """The states' own lists put together, for each comes off its index in order; None where no state is left."""
    order = _ORDERS["due_at"][0]
    states = [state for state in TABLES[kind].states if state in wanted.filters.get("state", (state,))]
    parts = [f"(select c.due_at, c.id from cases c where {' and '.join(where)} and c.state = '{state}' order by {order} limit %(limit)s)" for state in states]
    keys = f"select * from ({' union all '.join(parts)}) c order by {order} limit %(limit)s"
    return f"select {_COLUMNS} from ({keys}) k join cases c on c.merchant_id = %(merchant)s and c.id = k.id order by {order}".encode() if parts else None


def one(pool: Pool, merchant: str, kind: str, case_id: str) -> tuple[Row, list[Row]] | None:
    """A case with its facts, and its clocks; None when the merchant has none of that kind and id."""
    given = {"merchant": merchant, "kind": kind, "id": case_id}
    with scope(pool, UUID(merchant)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select " + _COLUMNS + ", c.facts from cases c where c.merchant_id = %(merchant)s and c.id = %(id)s and c.kind = %(kind)s", given).fetchone()
        clocks = cursor.execute(
            "select name, due_at, extract(epoch from paused_left)::int as left from clocks where merchant_id = %(merchant)s and case_id = %(id)s order by due_at, name", given
        ).fetchall()
    return None if row is None else (row, clocks)


def buyer_of(pool: Pool, merchant: str, kind: str, case_id: str) -> str | None:
    """Whose case it is; None when there is none. A case without a buyer, or a ticket that is not for the buyer's eyes, answers the empty text."""
    with scope(pool, UUID(merchant)) as conn:
        query = "select case when kind <> 'ticket' or facts ->> 'other_side' = 'buyer' then coalesce(buyer_id, '') else '' end from cases where merchant_id = %s and id = %s and kind = %s"
        row = conn.execute(query, (merchant, case_id, kind)).fetchone()
    return None if row is None else str(row[0])


def events(pool: Pool, merchant: str, case_id: str, after: int, limit: int) -> list[Row]:
    """Events after a version, oldest first, one more than `limit` if there are more."""
    with scope(pool, UUID(merchant)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select version, name, at, actor_kind, actor_id, actor_name, body, explanation from events"
            " where merchant_id = %s and case_id = %s and version > %s order by version limit %s", (merchant, case_id, after, limit + 1),
        ).fetchall()


def _of(whose: Whose, where: list[LiteralString]) -> dict[str, Any]:
    if isinstance(whose, Platform):
        return {}
    where.append("c.merchant_id = %(merchant)s")
    return {"merchant": whose}
