"""What the strategies' pages read beside the tables themselves: goods to name, how many cases wait, which were left to people, since when a row looks on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

MOST = 500


def goods(conn: psycopg.Connection, merchant_id: str) -> list[tuple[str, str]]:
    """(SKU, title) of goods on sale, by SKU."""
    return conn.execute("select sku, title from skus where merchant_id = %s and active order by sku limit %s", (UUID(merchant_id), MOST)).fetchall()


def waiting(conn: psycopg.Connection, merchant_id: str, kind: str, states: tuple[str, ...]) -> int:
    """How many open cases are at a node now."""
    row = conn.execute("select count(*) from cases where merchant_id = %s and kind = %s and state = any(%s) and closed_at is null", (UUID(merchant_id), kind, list(states))).fetchone()
    return int(row[0]) if row else 0


def row_counts(conn: psycopg.Connection, merchant_id: str) -> dict[tuple[str, str], int]:
    """How many rows each table has as it is edited, by kind and node; tables that were never kept are left out."""
    rows = conn.execute(
        "select t.kind, t.node, coalesce(jsonb_array_length(coalesce(t.draft, v.rows)), 0) from strategy_tables t left join strategy_versions v"
        " on v.merchant_id = t.merchant_id and v.kind = t.kind and v.node = t.node and v.version = t.version where t.merchant_id = %s", (UUID(merchant_id),),
    ).fetchall()
    return {(kind, node): n for kind, node, n in rows}


def left(conn: psycopg.Connection, merchant_id: str, kind: str, since: datetime, after: tuple[datetime, str] | None, many: int) -> list[tuple[Any, ...]]:
    """Cases opened since then that no row decided, newest first: (id, number, state, money granted, currency, opened)."""
    return conn.execute(
        "select c.id::text, c.number, c.state, c.granted_minor, coalesce(c.currency, 'CNY'), c.opened_at from cases c where c.merchant_id = %(m)s and c.kind = %(kind)s and c.opened_at >= %(since)s"
        " and not exists (select 1 from strategy_decisions d where d.merchant_id = %(m)s and d.case_id = c.id and d.outcome = 'fired')"
        " and (%(at)s::timestamptz is null or (c.opened_at, c.id) < (%(at)s, %(id)s::uuid)) order by c.opened_at desc, c.id desc limit %(many)s",
        {"m": UUID(merchant_id), "kind": kind, "since": since, "at": after[0] if after else None, "id": after[1] if after else None, "many": many},
    ).fetchall()


def latest(conn: psycopg.Connection, merchant_id: str, kind: str, node: str, many: int) -> list[tuple[int, datetime, str, list[dict[str, Any]]]]:
    """The latest versions with their rows, newest first: (version, when, by whom, rows)."""
    return conn.execute(
        "select version, at, by_name, rows from strategy_versions where merchant_id = %s and kind = %s and node = %s order by version desc limit %s", (UUID(merchant_id), kind, node, many)
    ).fetchall()
