"""Connections: where payment providers, carriers and ERPs are reached, and the secret both sides sign with. Kept by the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.store import sealing
from amends.store.connect import PLATFORM, Pool, scope

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection with its secret; `old_secret` counts for what comes in until `old_secret_until`, while the other side changes over."""

    id: str
    name: str
    kind: str
    base_url: str
    sealed: str
    old_sealed: str | None
    old_secret_until: datetime | None
    settings: dict[str, Any]
    active: bool

    @property
    def secret(self) -> str:
        """What both sides sign with. Raises sealing.Locked when it does not open here."""
        return sealing.open_(self.sealed, place(self.id))

    @property
    def old_secret(self) -> str | None:
        """The one before. Raises sealing.Locked when it does not open here."""
        return sealing.open_(self.old_sealed, place(self.id)) if self.old_sealed else None

    def __repr__(self) -> str:
        return f"Connection({self.name})"


def place(connection_id: str) -> str:
    """What a connection's secrets are bound to (sealing)."""
    return f"connection:{connection_id}"


_COLUMNS = "id::text, name, kind, base_url, secret, old_secret, old_secret_until, settings, active"


def find(pool: Pool, connection_id: str) -> Connection | None:
    """One connection by its id."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute(f"select {_COLUMNS} from connections where id = %s", (connection_id,)).fetchone()
    return None if row is None else Connection(*row)


def active(pool: Pool, kind: str, name: str | None = None) -> list[Connection]:
    """The connections of a kind that are in use, by name; or the one of this name."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            f"select {_COLUMNS} from connections where kind = %(kind)s and active and (%(name)s::text is null or name = %(name)s) order by name", {"kind": kind, "name": name}
        ).fetchall()
    return [Connection(*row) for row in rows]


def names(conn: psycopg.Connection, kind: str) -> set[str]:
    """Names of the connections of a kind that are in use; also within a merchant's scope, which sees no more of them."""
    return {row[0] for row in conn.execute("select name from connections where kind = %s and active", (kind,)).fetchall()}


def listed(pool: Pool) -> list[Row]:
    """All of them for the platform's page, without secrets: with when they last told us something, how many messages could not be read, and whether the secret opens here (`locked`)."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select c.id::text as id, c.name, c.kind, c.base_url, c.active, c.created_at, c.changed_at, c.old_secret_until, c.secret as sealed,"
            " (select max(i.received_at) from inbox i where i.connection_id = c.id) as heard_at,"
            " (select count(*) from inbox i where i.connection_id = c.id and i.dead_at is not null) as dead"
            " from connections c order by c.active desc, c.kind, c.name"
        ).fetchall()
    for row in rows:
        row["locked"] = sealing.locked(row.pop("sealed"), place(row["id"]))
    return rows


def add(conn: psycopg.Connection, row: Row, now: datetime) -> bool:
    """A new one; false if the name is taken. Row: id, name, kind, base_url, secret, settings."""
    return conn.execute(
        "insert into connections (id, name, kind, base_url, secret, settings, created_at, changed_at) values (%(id)s, %(name)s, %(kind)s, %(base_url)s, %(secret)s, %(settings)s, %(now)s, %(now)s)"
        " on conflict (name) do nothing", {**row, "secret": sealing.seal(row["secret"], place(row["id"])), "settings": Jsonb(row["settings"]), "now": now},
    ).rowcount == 1


def rotate(conn: psycopg.Connection, connection_id: str, secret: str, old_until: datetime | None, now: datetime) -> str | None:
    """Another secret; the old one is accepted from outside until `old_until`. Answers the name, None if there is no such connection."""
    row = conn.execute(
        "update connections set old_secret = case when %(until)s::timestamptz is null then null else secret end, old_secret_until = %(until)s, secret = %(secret)s, changed_at = %(now)s"
        " where id = %(id)s returning name", {"id": connection_id, "secret": sealing.seal(secret, place(connection_id)), "until": old_until, "now": now},
    ).fetchone()
    return None if row is None else row[0]


def change(conn: psycopg.Connection, connection_id: str, base_url: str, is_active: bool, now: datetime) -> Row | None:
    """Another address, or on and off; answers the name with how it was before, None if there is no such connection."""
    with conn.cursor(row_factory=dict_row) as cursor:
        before = cursor.execute("select name, base_url, active from connections where id = %s for update", (connection_id,)).fetchone()
        if before is not None:
            cursor.execute("update connections set base_url = %s, active = %s, changed_at = %s where id = %s", (base_url, is_active, now, connection_id))
    return before
