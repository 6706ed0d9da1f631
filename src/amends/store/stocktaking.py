"""The count on hand of one SKU in one warehouse."""

from __future__ import annotations

import psycopg


def locked(conn: psycopg.Connection, merchant_id: str, sku: str, warehouse: str) -> tuple[int | None, int]:
    """On hand (None when never counted) and held, locked until the transaction ends."""
    row = conn.execute("select on_hand, held from stock where merchant_id = %s and sku = %s and warehouse = %s for update", (merchant_id, sku, warehouse)).fetchone()
    return (None, 0) if row is None else (row[0], row[1])


def put(conn: psycopg.Connection, merchant_id: str, sku: str, warehouse: str, on_hand: int) -> None:
    """Write the count on hand."""
    conn.execute(
        "insert into stock (merchant_id, sku, warehouse, on_hand) values (%s, %s, %s, %s) on conflict (merchant_id, sku, warehouse) do update set on_hand = excluded.on_hand",
        (merchant_id, sku, warehouse, on_hand),
    )
