"""Parcels and what is heard of them, many at a time. Lock order: orders by id, then parcels by id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from amends.core.parcels import Event
from amends.store.queries import sql


@dataclass(slots=True)
class Parcel:
    """A parcel as the engine works on it; held by the transaction that read it."""

    id: str
    order_id: str | None
    case_id: str | None
    direction: str
    carrier: str
    waybill: str
    state: str
    followed_at: datetime | None
    intercept: str | None
    looks: int
    news: int


@dataclass(slots=True)
class Place:
    """Where a waybill is: the merchant's parcel."""

    merchant: str
    id: str
    waybill: str


_PARCEL = "id::text, order_id::text, case_id::text, direction, carrier, waybill, state, followed_at, intercept, looks, news"


def places(conn: psycopg.Connection, connection_id: str, waybills: Iterable[str]) -> list[Place]:
    """The parcels of every merchant that a carrier speaks of, by number; PLATFORM scope, a read only."""
    with conn.cursor(row_factory=class_row(Place)) as cursor:
        return cursor.execute(
            "select merchant_id::text as merchant, id::text, waybill from parcels where waybill = any(%s) and carrier_connection(carrier) = %s",
            (list(waybills), UUID(connection_id)),
        ).fetchall()


def connection_of(conn: psycopg.Connection, carrier: str) -> str | None:
    """The connection that speaks for a carrier, as it is written on a parcel; None: by hand."""
    row = conn.execute("select carrier_connection(%s)::text", (carrier,)).fetchone()
    return row[0] if row else None


def one(conn: psycopg.Connection, merchant: str, parcel_id: str) -> Parcel | None:
    """A parcel, not held."""
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        return cursor.execute(f"select {_PARCEL} from parcels where merchant_id = %s and id = %s", (UUID(merchant), UUID(parcel_id))).fetchone()


def out_with(conn: psycopg.Connection, merchant: str, waybills: Iterable[str]) -> list[Parcel]:
    """Outbound parcels with these numbers, not held."""
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        return cursor.execute(
            f"select {_PARCEL} from parcels where merchant_id = %s and direction = 'out' and waybill = any(%s) order by id", (UUID(merchant), list(waybills))
        ).fetchall()


def hold_orders(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> None:
    """Hold the orders whose outbound parcels these are, in the order of their ids, unless they have been delivered."""
    conn.execute(sql("parcels_hold_orders"), {"m": UUID(merchant), "ids": list(ids)})


def hold(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> list[Parcel]:
    """Hold these parcels until the transaction ends; one that was dropped meanwhile is left out."""
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        return cursor.execute(
            f"select {_PARCEL} from parcels where merchant_id = %s and id = any(%s::uuid[]) order by id for update", (UUID(merchant), list(ids))
        ).fetchall()


def add_events(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], by: str, now: datetime) -> set[str]:
    """Keep events (parcel, key, code, words, place, at); answers the parcels that had news in it, for what was heard before is not news."""
    found = conn.execute(
        "insert into parcel_events (merchant_id, parcel_id, key, code, words, place, at, heard_at, heard_by)"
        " select %(m)s, x.parcel, x.key, x.code, x.words, x.place, x.at, %(now)s, %(by)s"
        " from json_to_recordset(%(rows)s) as x(parcel uuid, key text, code text, words text, place text, at timestamptz)"
        " on conflict do nothing returning parcel_id::text",
        {"m": UUID(merchant), "rows": msgspec.json.encode(rows).decode(), "by": by, "now": now},
    ).fetchall()
    return {row[0] for row in found}


def events(conn: psycopg.Connection, merchant: str, ids: Sequence[str]) -> dict[str, list[Event]]:
    """Everything heard of these parcels."""
    told: dict[str, list[Event]] = {}
    for parcel, *event in conn.execute(
        "select parcel_id::text, key, code, at, words, place from parcel_events where merchant_id = %s and parcel_id = any(%s::uuid[])", (UUID(merchant), list(ids))
    ):
        told.setdefault(parcel, []).append(Event(*event))
    return told


def change(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Write what the news came to (see sql/parcels_change.sql)."""
    conn.execute(sql("parcels_change"), {"m": UUID(merchant), "rows": msgspec.json.encode(rows).decode(), "now": now})


def move_orders(conn: psycopg.Connection, merchant: str, ids: Sequence[str], now: datetime) -> tuple[list[str], list[str]]:
    """Orders of these outbound parcels that have now been shipped, and those that have now been delivered (OR-4a). The caller holds them."""
    given = {"m": UUID(merchant), "ids": list(ids), "now": now}
    shipped = conn.execute(sql("parcels_ship_orders"), given).fetchall()
    delivered = conn.execute(sql("parcels_deliver_orders"), given).fetchall()
    return [row[0] for row in shipped], [row[0] for row in delivered]


def merchants_untold(conn: psycopg.Connection, most: int = 200) -> list[str]:
    """Merchants with parcels whose cases have not heard the news; PLATFORM scope."""
    return [row[0] for row in conn.execute("select distinct merchant_id::text from parcels where untold limit %s", (most,))]


@dataclass(slots=True)
class Listener:
    """A case that hears of a parcel. `waits`: a cancellation asked for this parcel's interception; `all_back`: every outbound parcel of its order is back."""

    parcel: str
    news: int
    direction: str
    state: str
    waybill: str
    intercept: str | None
    intercept_answer: str
    case: str | None
    kind: str | None
    case_state: str | None
    waits: bool
    all_back: bool


def listeners(conn: psycopg.Connection, merchant: str, most: int) -> list[Listener]:
    """Up to `most` parcels whose cases have not heard the news, with the open cases that hear it; a parcel nobody listens to comes once, without a case."""
    with conn.cursor(row_factory=class_row(Listener)) as cursor:
        return cursor.execute(sql("parcels_listeners"), {"m": UUID(merchant), "most": most}).fetchall()


def told(conn: psycopg.Connection, merchant: str, parcels: dict[str, int]) -> None:
    """Their cases have heard it, unless there is newer news."""
    conn.execute(
        "with held as materialized (select p.id from unnest(%(ids)s::uuid[], %(news)s::int[]) as x(id, news)"
        " join parcels p on p.merchant_id = %(m)s and p.id = x.id and p.news = x.news order by p.id for update of p)"
        " update parcels p set untold = false from held where p.merchant_id = %(m)s and p.id = held.id",
        {"ids": list(parcels), "news": list(parcels.values()), "m": UUID(merchant)},
    )


def note_interception(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Interception begun or answered: id, intercept, tell. The caller holds the parcels."""
    conn.execute(
        "update parcels p set intercept = x.intercept, intercept_asked_at = coalesce(p.intercept_asked_at, %(now)s),"
        " intercept_answered_at = case when x.intercept = 'asked' then null else coalesce(p.intercept_answered_at, %(now)s) end,"
        " untold = p.untold or x.tell, news = p.news + case when x.tell then 1 else 0 end"
        " from json_to_recordset(%(rows)s) as x(id uuid, intercept text, tell boolean) where p.merchant_id = %(m)s and p.id = x.id",
        {"m": UUID(merchant), "rows": msgspec.json.encode(rows).decode(), "now": now},
    )


def merchants_silent(conn: psycopg.Connection, now: datetime, look_at: int = 2000) -> list[str]:
    """Merchants with parcels to ask about, among the `look_at` due first; PLATFORM scope."""
    rows = conn.execute(
        "select merchant_id::text, min(next_look_at) from (select merchant_id, next_look_at from parcels where next_look_at <= %s order by next_look_at limit %s) p group by 1 order by 2",
        (now, look_at),
    ).fetchall()
    return [row[0] for row in rows]


def put_off(conn: psycopg.Connection, merchant: str, until: datetime, now: datetime, most: int) -> dict[str, list[str]]:
    """Take up to `most` parcels that are due to be asked about, and put them off; answers their numbers by connection. Those another worker has are left to it."""
    found: dict[str, list[str]] = {}
    for connection, waybill in conn.execute(
        "with due as (select id from parcels where merchant_id = %(m)s and next_look_at <= %(now)s order by next_look_at, id limit %(most)s for update skip locked)"
        " update parcels p set next_look_at = %(until)s from due where p.merchant_id = %(m)s and p.id = due.id returning carrier_connection(p.carrier)::text, p.waybill",
        {"m": UUID(merchant), "now": now, "until": until, "most": most},
    ):
        if connection:
            found.setdefault(connection, []).append(waybill)
    return found


def stale_slots(conn: psycopg.Connection, before: datetime) -> bool:
    """Whether some connected carrier was last asked for its pick-up times before this; PLATFORM scope."""
    return conn.execute(
        "select 1 from connections c left join pickup_offers o on o.connection_id = c.id where c.kind = 'carrier' and c.active and coalesce(o.asked_at <= %s, true) limit 1", (before,)
    ).fetchone() is not None


def ask_for_slots(conn: psycopg.Connection, before: datetime, now: datetime) -> list[str]:
    """Those carriers, taken by whoever comes first; PLATFORM scope."""
    return [row[0] for row in conn.execute(
        "insert into pickup_offers (connection_id, asked_at) select c.id, %(now)s from connections c where c.kind = 'carrier' and c.active"
        " on conflict (connection_id) do update set asked_at = excluded.asked_at where pickup_offers.asked_at <= %(before)s returning connection_id::text",
        {"now": now, "before": before},
    )]


def set_slots(conn: psycopg.Connection, connection_id: str, slots: Sequence[tuple[datetime, datetime]]) -> None:
    """The times in which a carrier would come, instead of those it said before; PLATFORM scope."""
    conn.execute("delete from pickup_slots where connection_id = %s", (UUID(connection_id),))
    conn.execute(
        "insert into pickup_slots (connection_id, starts_at, ends_at) select %s, x.s, x.e from unnest(%s::timestamptz[], %s::timestamptz[]) as x(s, e) on conflict do nothing",
        (UUID(connection_id), [s for s, _ in slots], [e for _, e in slots]),
    )
