"""Stock as pages and the API show it: places with their counts, what is held for which case, what moved and why (ST-K4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import Pool, scope

Row = dict[str, Any]
VIEWS = ("", "low", "held", "quarantine")
"""All places, those that run low, those with pieces held, those with goods to decide about."""

_COLUMNS = """s.sku, coalesce(k.title, '') as title, s.warehouse, s.on_hand, s.held, s.quarantine, s.scrapped, s.version, s.low_at,
  coalesce(s.changed_at, (select max(m.at) from stock_moves m where m.merchant_id = s.merchant_id and m.sku = s.sku and m.warehouse = s.warehouse)) as changed_at"""
_FROM = "from stock s left join skus k on k.merchant_id = s.merchant_id and k.sku = s.sku where s.merchant_id = %(merchant)s"
_WHICH = {"": "", "low": " and s.low_at is not null and s.on_hand - s.held <= s.low_at", "held": " and s.held > 0", "quarantine": " and s.quarantine > 0"}
_FOUND = " and (%(text)s = '' or s.sku ilike %(like)s or k.title ilike %(like)s) and (%(warehouse)s::text is null or s.warehouse = %(warehouse)s)"
_HOLDS = """select h.id::text, h.case_id::text, c.number, c.kind, c.state, c.type, h.sku, coalesce(k.title, '') as title, h.warehouse, h.quantity, h.held_at, h.expires_at, c.due_at, c.waits_on,
    o.receiver, o.number as order_number, c.assignee::text
  from holds h join cases c on c.merchant_id = h.merchant_id and c.id = h.case_id left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  left join skus k on k.merchant_id = h.merchant_id and k.sku = h.sku
  where h.merchant_id = %(merchant)s and h.ended_at is null and (%(sku)s::text is null or h.sku = %(sku)s) and (%(warehouse)s::text is null or h.warehouse = %(warehouse)s)
    and (%(after)s::timestamptz is null or (h.held_at, h.id) > (%(after)s, %(id)s::uuid)) order by h.held_at, h.id limit %(limit)s"""
_MOVES = """select m.id::text, m.seq, m.at, m.kind, m.sku, m.warehouse, m.case_id::text, c.number, m.actor_kind, m.actor_name, m.note, m.on_hand, m.held, m.quarantine, m.scrapped,
    m.on_hand_after, m.held_after, m.quarantine_after, m.scrapped_after
  from stock_moves m left join cases c on c.merchant_id = m.merchant_id and c.id = m.case_id
  where m.merchant_id = %(merchant)s and m.sku = %(sku)s and m.warehouse = %(warehouse)s and (%(before)s::bigint is null or m.seq < %(before)s) order by m.seq desc limit %(limit)s"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of places shows: words of SKU or title, one warehouse (None: all), one of VIEWS, what comes after a place."""

    text: str = ""
    warehouse: str | None = None
    view: str = ""
    after: tuple[str, str] | None = None


def _given(merchant_id: str, wanted: Wanted) -> Row:
    escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"merchant": UUID(merchant_id), "text": wanted.text, "like": f"%{escaped}%", "warehouse": wanted.warehouse}


def places(pool: Pool, merchant_id: str, wanted: Wanted, limit: int) -> list[Row]:
    """Counts by SKU and warehouse, one more than `limit` if there are more."""
    after = wanted.after or (None, None)
    given = {**_given(merchant_id, wanted), "sku": after[0], "place": after[1], "limit": limit + 1}
    query = f"select {_COLUMNS} {_FROM}{_WHICH[wanted.view]}{_FOUND} and (%(sku)s::text is null or (s.sku, s.warehouse) > (%(sku)s, %(place)s)) order by s.sku, s.warehouse limit %(limit)s"
    with scope(pool, UUID(merchant_id)) as conn:
        return _rows(conn, query, given)


def place(pool: Pool, merchant_id: str, sku: str, warehouse: str) -> Row | None:
    """One SKU in one warehouse; None when nothing was ever counted there."""
    given = {"merchant": UUID(merchant_id), "sku": sku, "warehouse": warehouse}
    with scope(pool, UUID(merchant_id)) as conn:
        found = _rows(conn, f"select {_COLUMNS} {_FROM} and s.sku = %(sku)s and s.warehouse = %(warehouse)s", given)
    return found[0] if found else None


def totals(pool: Pool, merchant_id: str) -> Row:
    """How many places there are of each view, and the names of the warehouses."""
    query = """select count(*) as all, count(*) filter (where low_at is not null and on_hand - held <= low_at) as low, count(*) filter (where held > 0) as held,
      count(*) filter (where quarantine > 0) as quarantine, coalesce(array_agg(distinct warehouse), '{}') as warehouses from stock where merchant_id = %(merchant)s"""
    with scope(pool, UUID(merchant_id)) as conn:
        return _rows(conn, query, {"merchant": UUID(merchant_id)})[0]


def low(conn: psycopg.Connection, merchant_id: str, most: int) -> tuple[int, int]:
    """How many places run low, and how many have goods to decide about, counted to `most`; for the navigation."""
    row = conn.execute(
        "select (select count(*) from (select 1 from stock where merchant_id = %(m)s and low_at is not null and on_hand - held <= low_at limit %(most)s) x),"
        " (select count(*) from (select 1 from stock where merchant_id = %(m)s and quarantine > 0 limit %(most)s) x)", {"m": UUID(merchant_id), "most": most},
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def holds(pool: Pool, merchant_id: str, limit: int, *, sku: str | None = None, warehouse: str | None = None, after: tuple[datetime, str] | None = None) -> list[Row]:
    """What is held, longest first, with the case it is held for; one more than `limit` if there are more."""
    given = {"merchant": UUID(merchant_id), "sku": sku, "warehouse": warehouse, "after": after[0] if after else None, "id": after[1] if after else None, "limit": limit + 1}
    with scope(pool, UUID(merchant_id)) as conn:
        return _rows(conn, _HOLDS, given)


def moves(pool: Pool, merchant_id: str, sku: str, warehouse: str, limit: int, before: int | None = None) -> list[Row]:
    """What moved in one place, latest first; one more than `limit` if there are more."""
    given = {"merchant": UUID(merchant_id), "sku": sku, "warehouse": warehouse, "before": before, "limit": limit + 1}
    with scope(pool, UUID(merchant_id)) as conn:
        return _rows(conn, _MOVES, given)


def _rows(conn: psycopg.Connection, query: str, given: Row) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, given).fetchall()
