"""The names under which people write a connected carrier on parcels; PLATFORM scope, but for the parcels it then follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from amends.store.connect import PLATFORM, Pool, scope


@dataclass(slots=True)
class Named:
    """A carrier's connection with its names."""

    id: str
    name: str
    active: bool
    names: list[str]


def named(pool: Pool) -> list[Named]:
    """Every carrier's connection, in use or not."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(
            "select c.id::text, c.name, c.active, coalesce(array_agg(n.name order by n.name) filter (where n.name is not null), '{}') as names"
            " from connections c left join carrier_names n on n.connection_id = c.id where c.kind = 'carrier' group by c.id order by c.active desc, c.name"
        ).fetchall()


def elsewhere(conn: psycopg.Connection, connection_id: str, names: Sequence[str]) -> tuple[str, str] | None:
    """A name of these that stands for another connection, with that connection's name."""
    return conn.execute(
        "select n.name, c.name from carrier_names n join connections c on c.id = n.connection_id where n.name = any(%(names)s) and c.id <> %(id)s"
        " union all select name, name from connections where kind = 'carrier' and name = any(%(names)s) and id <> %(id)s limit 1", {"names": list(names), "id": UUID(connection_id)},
    ).fetchone()


def hold(conn: psycopg.Connection, connection_id: str) -> list[str] | None:
    """The names of a carrier's connection, held against another change; None when there is no such carrier."""
    if conn.execute("select 1 from connections where id = %s and kind = 'carrier' for update", (UUID(connection_id),)).fetchone() is None:
        return None
    return [row[0] for row in conn.execute("select name from carrier_names where connection_id = %s order by name", (UUID(connection_id),))]


def set_names(conn: psycopg.Connection, connection_id: str, names: Sequence[str]) -> None:
    """These and no others. Raises psycopg.errors.UniqueViolation if somebody took one for another connection at the same instant."""
    conn.execute("delete from carrier_names where connection_id = %s and not name = any(%s)", (UUID(connection_id), list(names)))
    conn.execute("insert into carrier_names (name, connection_id) select n, %s from unnest(%s::text[]) n on conflict (name) do nothing", (UUID(connection_id), list(names)))


def merchants_unfollowed(conn: psycopg.Connection, connection_id: str, since: datetime) -> list[str]:
    """Merchants with parcels of this carrier that nobody follows, sent since then."""
    return [row[0] for row in conn.execute(
        "with mine as materialized (select carrier from (select distinct carrier from parcels) c where carrier_connection(carrier) = %s)"
        " select distinct p.merchant_id::text from parcels p join mine using (carrier) where p.followed_at is null and p.signed_at is null and p.sent_at > %s", (UUID(connection_id), since)
    )]


def follow(conn: psycopg.Connection, merchant: str, connection_id: str, since: datetime, now: datetime) -> int:
    """Ask for every such parcel of one merchant to be followed; in the merchant's scope."""
    return conn.execute(
        "insert into outbox (merchant_id, id, effect, body, due_at) select merchant_id, gen_random_uuid(), 'follow_parcel', jsonb_build_object('parcel', id), %(now)s from parcels"
        " where merchant_id = %(m)s and followed_at is null and signed_at is null and registered_at is null and sent_at > %(since)s and carrier_connection(carrier) = %(c)s",
        {"m": UUID(merchant), "c": UUID(connection_id), "since": since, "now": now},
    ).rowcount
