"""Orders as the desk works on them: held in the order of their ids, changed one by one in one transaction (OR-8). Lock order: orders, then parcels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]


class Taken(Exception):
    """Somebody registered one of these waybills at the same moment; do it again in a new transaction."""


_HELD = """select o.id::text, o.number, o.state, o.sub_state, o.version, o.buyer_id, o.remarks, o.flag, o.parcel_count, o.receiver, o.phone, o.province, o.city, o.district,
    o.detail, o.shipped_at, o.delivered_at, o.receipt_confirmed_at, o.paid_minor, o.lock_id::text, o.lock_state, o.locked_until
  from orders o where o.merchant_id = %(m)s and o.id = any(%(ids)s::uuid[]) order by o.id for update of o"""


_PIECES = """select order_id::text, sum(quantity - cancelled_quantity)::int from order_lines where merchant_id = %(m)s and order_id = any(%(ids)s::uuid[]) group by 1"""


def hold(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> dict[str, Row]:
    """These orders by id, until the transaction ends; `pieces` is what is still to be delivered, counted once they are held."""
    given = {"m": UUID(merchant), "ids": list(ids)}
    with conn.cursor(row_factory=dict_row) as cursor:
        orders = cursor.execute(_HELD, given).fetchall()
    pieces: dict[str, int] = dict(conn.execute(_PIECES, given).fetchall())
    return {row["id"]: {**row, "pieces": pieces.get(row["id"], 0)} for row in orders}


COLUMNS = frozenset({"remarks", "flag", "parcel_count", "sub_state", "receiver", "phone", "province", "city", "district", "detail", "balance_due_at"})


def change(conn: psycopg.Connection, merchant: str, order_id: str, columns: Row) -> None:
    """Write columns of an order that is held. Raises ValueError for one that this room does not write."""
    if odd := columns.keys() - COLUMNS:
        raise ValueError(f"not written here: {sorted(odd)}")
    sets = "".join(f"{name} = %({name})s, " for name in columns)
    conn.execute(f"update orders set {sets}version = version + 1 where merchant_id = %(m)s and id = %(o)s", {**columns, "m": UUID(merchant), "o": order_id})


_SHIP = """update orders o set state = 'shipped', shipped_at = %(now)s, facts = o.facts || '{"shipped_here": true}', version = o.version + 1
  where o.merchant_id = %(m)s and o.id = any(%(ids)s::uuid[])"""
_PARCELS = """with added as (
  insert into parcels (merchant_id, id, order_id, direction, carrier, waybill, state, sent_at)
  select %(m)s, x.id, x.order_id, 'out', x.carrier, x.waybill, 'sent', %(now)s
  from json_to_recordset(%(rows)s) as x(id uuid, order_id uuid, carrier text, waybill text) returning id, carrier
)
insert into outbox (merchant_id, id, effect, body, due_at)
select %(m)s, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', id), %(now)s from added where carrier_connection(carrier) is not null"""


def ship(conn: psycopg.Connection, merchant: str, ids: Sequence[str], now: datetime) -> None:
    """These orders, held by the caller, have left."""
    conn.execute(_SHIP, {"m": UUID(merchant), "ids": list(ids), "now": now})


def add_parcels(conn: psycopg.Connection, merchant: str, rows: Sequence[Row], now: datetime) -> None:
    """Outbound parcels (id, order_id, carrier, waybill); a connected carrier is asked to report on them (LO-1). Raises Taken."""
    try:
        conn.execute(_PARCELS, {"m": UUID(merchant), "now": now, "rows": msgspec.json.encode(rows).decode()})
    except psycopg.errors.UniqueViolation as taken:
        raise Taken from taken


def waybills(conn: psycopg.Connection, merchant: str, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Which order (id, number) each outbound waybill, by carrier and number, is registered on."""
    rows = conn.execute(
        "select p.carrier, p.waybill, o.id::text, o.number from parcels p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id"
        " where p.merchant_id = %s and p.direction = 'out' and p.waybill = any(%s)", (UUID(merchant), [w for _, w in pairs]),
    ).fetchall()
    return {(carrier, waybill): (order, number) for carrier, waybill, order, number in rows}


def parcel(conn: psycopg.Connection, merchant: str, order_id: str, parcel_id: str) -> Row | None:
    """An outbound parcel of this order, held."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select id::text, carrier, waybill, state, signed_at, intercept from parcels where merchant_id = %s and id = %s and order_id = %s and direction = 'out' for update",
            (UUID(merchant), parcel_id, order_id),
        ).fetchone()


def replace_parcel(conn: psycopg.Connection, merchant: str, order_id: str, old: Row, new: Row, now: datetime) -> None:
    """The waybill was wrong: what was heard under it is another parcel's, so the parcel begins anew; the order remembers the wrong number, so that no record brings it back."""
    given = {"m": UUID(merchant), "o": order_id, "p": old["id"], "wrong": msgspec.json.encode([[old["carrier"], old["waybill"]]]).decode()}
    conn.execute("delete from parcel_events where merchant_id = %(m)s and parcel_id = %(p)s", given)
    conn.execute("delete from parcels where merchant_id = %(m)s and id = %(p)s", given)
    conn.execute(
        "update orders set version = version + 1, facts = jsonb_set(facts, '{waybills_corrected}', coalesce(facts -> 'waybills_corrected', '[]') || %(wrong)s::jsonb)"
        " where merchant_id = %(m)s and id = %(o)s", given,
    )
    conn.execute("update parcel_troubles set parcel_id = %(new)s where merchant_id = %(m)s and parcel_id = %(p)s", {**given, "new": new["id"]})
    add_parcels(conn, merchant, [new], now)


def add_trouble(conn: psycopg.Connection, merchant: str, row: Row, now: datetime) -> bool:
    """Something is wrong with a parcel (id, order, parcel, kind, words, by_id, by_name); false if that is known and open."""
    return conn.execute(
        "insert into parcel_troubles (merchant_id, id, order_id, parcel_id, kind, words, at, by_id, by_name)"
        " values (%(m)s, %(id)s, %(order)s, %(parcel)s, %(kind)s, %(words)s, %(now)s, %(by_id)s, %(by_name)s) on conflict do nothing", {**row, "m": UUID(merchant), "now": now},
    ).rowcount == 1


def settle_trouble(conn: psycopg.Connection, merchant: str, order_id: str, trouble_id: str, words: str, name: str, now: datetime) -> bool:
    """It is put right; false if it was before, or never was."""
    return conn.execute(
        "update parcel_troubles set settled_at = %s, settled_words = %s, settled_name = %s where merchant_id = %s and id = %s and order_id = %s and settled_at is null",
        (now, words, name, UUID(merchant), trouble_id, order_id),
    ).rowcount == 1
