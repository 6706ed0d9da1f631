"""Counts on hand as they are told to us: places under their lock, versions, messages taken in before (ST-K4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.queries import sql

Place = tuple[str, str]

_COUNTS = """select s.sku, s.warehouse, s.on_hand, s.held, s.quarantine, s.version from stock s
  join unnest(%(skus)s::text[], %(warehouses)s::text[]) as w (sku, warehouse) on w.sku = s.sku and w.warehouse = s.warehouse where s.merchant_id = %(merchant)s order by s.sku, s.warehouse"""
_LATER = """select m.sku, m.warehouse, m.version, m.change from stock_messages m
  join unnest(%(skus)s::text[], %(warehouses)s::text[]) as w (sku, warehouse) on w.sku = m.sku and w.warehouse = m.warehouse
  where m.merchant_id = %(merchant)s and m.version is not null and m.change is not null"""
_SEEN = "select message_id from stock_messages where merchant_id = %(merchant)s and source = %(source)s and message_id = any(%(messages)s)"
_ADD = """insert into stock_messages (merchant_id, source, message_id, sku, warehouse, version, change, at)
  select %(merchant)s, %(source)s, r.message, r.sku, r.warehouse, r.version, r.change, %(now)s
  from json_to_recordset(%(rows)s) as r(message text, sku text, warehouse text, version bigint, change int)"""
_VERSIONS = """update stock s set version = r.version, changed_at = %(now)s from json_to_recordset(%(rows)s) as r(sku text, warehouse text, version bigint)
  where s.merchant_id = %(merchant)s and s.sku = r.sku and s.warehouse = r.warehouse"""


def counts(conn: psycopg.Connection, merchant_id: str, places: Sequence[Place], now: datetime, *, lock: bool) -> dict[Place, tuple[int, int, int, int]]:
    """On hand, held, in quarantine and version of each place; `lock` makes missing places and holds all until the transaction ends."""
    given = {"merchant": UUID(merchant_id), "skus": [s for s, _ in places], "warehouses": [w for _, w in places], "now": now}
    if lock:
        rows = [{"sku": sku, "warehouse": warehouse} for sku, warehouse in sorted(places)]
        conn.execute(sql("lock_stock"), {**given, "rows": msgspec.json.encode(rows).decode()})
    return {(sku, warehouse): (on_hand, held, quarantine, version) for sku, warehouse, on_hand, held, quarantine, version in conn.execute(_COUNTS, given)}


def later(conn: psycopg.Connection, merchant_id: str, places: Sequence[Place]) -> dict[Place, list[tuple[int, int]]]:
    """Differences with a version that were taken in, by place: (version, pieces)."""
    given = {"merchant": UUID(merchant_id), "skus": [s for s, _ in places], "warehouses": [w for _, w in places]}
    found: dict[Place, list[tuple[int, int]]] = {}
    for sku, warehouse, version, change in conn.execute(_LATER, given):
        found.setdefault((sku, warehouse), []).append((version, change))
    return found


def seen(conn: psycopg.Connection, merchant_id: str, source: str, messages: Sequence[str]) -> set[str]:
    """Which of these messages of a source were taken in before."""
    rows = conn.execute(_SEEN, {"merchant": UUID(merchant_id), "source": source, "messages": list(messages)})
    return {row[0] for row in rows}


def keep(conn: psycopg.Connection, merchant_id: str, source: str, messages: list[dict[str, Any]], versions: list[dict[str, Any]], now: datetime) -> None:
    """Write what was taken in: the messages, and the version of the last count of each place."""
    given = {"merchant": UUID(merchant_id), "source": source, "now": now}
    for query, rows in ((_ADD, messages), (_VERSIONS, versions)):
        if rows:
            conn.execute(query, {**given, "rows": msgspec.json.encode(rows).decode()})


def run(conn: psycopg.Connection, merchant_id: str, queries: Sequence[tuple[str, list[dict[str, Any]]]], now: datetime) -> None:
    """Write what a batch of shelves gathered, in the caller's transaction."""
    with conn.pipeline():
        for name, rows in queries:
            conn.execute(sql(name), {"merchant": UUID(merchant_id), "now": now, "rows": msgspec.json.encode(rows).decode()})


def put_low(conn: psycopg.Connection, merchant_id: str, sku: str, warehouse: str, low_at: int | None) -> tuple[bool, int | None]:
    """At how many free pieces a place is low (None: never): whether the place is there, and what it was before."""
    row = conn.execute("select low_at from stock where merchant_id = %s and sku = %s and warehouse = %s for update", (merchant_id, sku, warehouse)).fetchone()
    if row is None:
        return False, None
    conn.execute("update stock set low_at = %s where merchant_id = %s and sku = %s and warehouse = %s", (low_at, merchant_id, sku, warehouse))
    return True, row[0]
