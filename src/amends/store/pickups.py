"""Couriers that were booked, and the times that carriers offer (SO-12, LO-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.core.parcel_news import PickupNews


@dataclass(slots=True)
class Pickup:
    """One pick-up; `ends_at` is known when the carrier offered the time."""

    id: str
    case_id: str
    carrier: str
    address: str
    starts_at: datetime
    ends_at: datetime | None
    state: str


@dataclass(slots=True)
class Offer:
    """A time at which a carrier would come; `carrier` is the name by which it is booked."""

    carrier: str
    starts_at: datetime
    ends_at: datetime


_ONE = """select p.id::text, p.case_id::text, p.carrier, p.address, p.starts_at, s.ends_at, p.state from pickups p
  left join pickup_slots s on s.connection_id = carrier_connection(p.carrier) and s.starts_at = p.starts_at where p.merchant_id = %s and p.id = %s"""


def one(conn: psycopg.Connection, merchant: str, pickup_id: str) -> Pickup | None:
    """A pick-up by its id."""
    with conn.cursor(row_factory=class_row(Pickup)) as cursor:
        return cursor.execute(_ONE, (UUID(merchant), UUID(pickup_id))).fetchone()


def answer(conn: psycopg.Connection, merchant: str, news: PickupNews, now: datetime) -> None:
    """What the carrier said; one that is over stays over."""
    conn.execute(
        "update pickups set state = %(state)s, booking = coalesce(nullif(%(booking)s, ''), booking), waybill = coalesce(nullif(%(waybill)s, ''), waybill), answer = %(words)s, answered_at = %(now)s"
        " where merchant_id = %(m)s and id = %(id)s and state in ('asked', 'booked', 'by_hand')",
        {"m": UUID(merchant), "id": UUID(news.key), "state": news.state, "booking": news.booking, "waybill": news.waybill, "words": news.words, "now": now},
    )


def by_hand(conn: psycopg.Connection, merchant: str, pickup_id: str) -> None:
    """Somebody of the merchant sees to it: no connected carrier was named."""
    conn.execute("update pickups set state = 'by_hand' where merchant_id = %s and id = %s and state = 'asked'", (UUID(merchant), UUID(pickup_id)))


def whose(conn: psycopg.Connection, connection_id: str, keys: list[str]) -> dict[str, str]:
    """Merchants of the pick-ups that a carrier speaks of; PLATFORM scope, a read only."""
    return dict(conn.execute(
        "select id::text, merchant_id::text from pickups where id = any(%s::uuid[]) and carrier_connection(carrier) = %s", (keys, UUID(connection_id))
    ).fetchall())


def offers(conn: psycopg.Connection, now: datetime, most: int = 60) -> list[Offer]:
    """The times that connected carriers offer from now on, soonest first. A carrier goes by the name people write, where one was given."""
    with conn.cursor(row_factory=class_row(Offer)) as cursor:
        return cursor.execute(
            "select coalesce((select min(n.name) from carrier_names n where n.connection_id = c.id), c.name) as carrier, s.starts_at, s.ends_at"
            " from pickup_slots s join connections c on c.id = s.connection_id where c.active and s.starts_at > %s order by s.starts_at, 1 limit %s", (now, most),
        ).fetchall()


def carriers(conn: psycopg.Connection) -> list[str]:
    """Names of the connected carriers, for a form to offer: as people write them, or else the connection's own."""
    return [row[0] for row in conn.execute(
        "select coalesce(n.name, c.name) from connections c left join carrier_names n on n.connection_id = c.id where c.kind = 'carrier' and c.active order by 1"
    )]
