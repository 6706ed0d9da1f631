"""Urges of buyers (催单) and the answers to them (OR-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


def hold_order(conn: psycopg.Connection, merchant: str, order_id: str) -> Row | None:
    """The order as far as urging goes, held, with the last urge of it and the merchant's pack. The urge is read once the order is held: by then a faster one is seen."""
    given = (UUID(merchant), order_id)
    with conn.cursor(row_factory=dict_row) as cursor:
        order = cursor.execute(
            "select o.id::text, o.state, o.buyer_id, o.paid_at, m.pack_ref as pack from orders o join merchants m on m.id = o.merchant_id where o.merchant_id = %s and o.id = %s for update of o", given,
        ).fetchone()
        last = cursor.execute("select max(at) as last_at from urges where merchant_id = %s and order_id = %s", given).fetchone()
    return None if order is None else {**order, **(last or {})}


def add(conn: psycopg.Connection, merchant: str, row: Row, now: datetime) -> None:
    """Write one: id, order, buyer, words."""
    conn.execute(
        "insert into urges (merchant_id, id, order_id, buyer_id, words, at) values (%(m)s, %(id)s, %(order)s, %(buyer)s, %(words)s, %(now)s)", {**row, "m": UUID(merchant), "now": now})


def one(conn: psycopg.Connection, merchant: str, id: str) -> Row | None:
    """One urge."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select id::text, order_id::text, buyer_id, words, at from urges where merchant_id = %s and id = %s", (UUID(merchant), id)).fetchone()


def hold(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> list[Row]:
    """These urges with their order's number, held in the order of their ids."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select u.id::text, u.order_id::text, o.number, u.words, u.answered_at, u.answered_name, u.answer from urges u"
            " join orders o on o.merchant_id = u.merchant_id and o.id = u.order_id where u.merchant_id = %s and u.id = any(%s::uuid[]) order by u.id for update of u",
            (UUID(merchant), list(ids)),
        ).fetchall()


def answer(conn: psycopg.Connection, merchant: str, ids: Sequence[str], words: str, by_id: str, by_name: str, now: datetime) -> None:
    """The merchant's words to these, which are held."""
    conn.execute(
        "update urges set answered_at = %s, answer = %s, answered_by = %s, answered_name = %s where merchant_id = %s and id = any(%s::uuid[])",
        (now, words, by_id, by_name, UUID(merchant), list(ids)),
    )
