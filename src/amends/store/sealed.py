"""Every secret to the outside world that the database has, wherever it lies: read whole and written one at a time, for conversion and for another key (OP-9). PLATFORM scope."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from amends.store.connections import place
from amends.store.mailboxes import place as place_of_mailbox


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """One secret as it lies: table, column, the row's id, a name people know it by, what it is bound to, and the text."""

    table: str
    column: str
    id: str
    name: str
    place: str
    text: str


KEYS = {"connections": "id", "mailbox_secrets": "mailbox_id"}
"""Tables with secrets, and the key of each. A table that gets a secret is named here; a test looks for columns that are not."""


def every(conn: psycopg.Connection) -> list[Held]:
    """All that are not empty."""
    rows = conn.execute(
        "select 'connections', 'secret', id::text, name, secret from connections where secret <> ''"
        " union all select 'connections', 'old_secret', id::text, name, old_secret from connections where old_secret <> ''"
        " union all select 'mailbox_secrets', 'imap_password', mailbox_id::text, address, imap_password from mailbox_secrets where imap_password <> ''"
        " union all select 'mailbox_secrets', 'smtp_password', mailbox_id::text, address, smtp_password from mailbox_secrets where smtp_password <> '' order by 1, 4, 2"
    ).fetchall()
    return [Held(table, column, ident, name, _place(table, column, ident), text) for table, column, ident, name, text in rows]


def put(conn: psycopg.Connection, held: Held, text: str) -> bool:
    """Put another text in its place; false when somebody has changed it meanwhile, which is then left alone."""
    key = KEYS[held.table]
    return conn.execute(f"update {held.table} set {held.column} = %s where {key} = %s and {held.column} = %s".encode(), (text, held.id, held.text)).rowcount == 1


def _place(table: str, column: str, ident: str) -> str:
    return place(ident) if table == "connections" else place_of_mailbox(column.removesuffix("_password"), ident)
