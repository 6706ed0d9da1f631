"""Documents of pack versions, for whoever meets a version this process has not seen yet.

A version is never changed once released, and its name is unique in the world (copies get a random part), so what was read once holds for good,
whichever database it came from. Every pool that is opened is a place to look.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

import psycopg
from psycopg_pool import ConnectionPool

_PLACES: WeakSet[ConnectionPool[psycopg.Connection]] = WeakSet()


def look_in(pool: ConnectionPool[psycopg.Connection]) -> None:
    """From now on documents are looked for behind this pool too."""
    _PLACES.add(pool)


def document(pack: str, version: int) -> dict[str, Any] | None:
    """The document of a version, None where no open database has it. A connection of its own: the caller may hold one already."""
    for pool in list(_PLACES):
        if pool.closed:
            continue
        with psycopg.connect(str(pool.conninfo)) as conn:
            conn.execute("set local role amends_app")
            row = conn.execute("select document from pack_versions where pack = %s and version = %s and state <> 'draft'", (pack, version)).fetchone()
        if row is not None:
            found: dict[str, Any] = row[0]
            return found
    return None
