"""Saved views: a named filter with its columns and order, somebody's own or the whole merchant's (UI-1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb


def of(conn: psycopg.Connection, merchant: str, person: str, screen: str) -> list[tuple[str, str, bool, dict[str, Any], int]]:
    """(id, name, shared, filters, position) of one's own views and the shared ones, in order."""
    return conn.execute(
        "select id::text, name, person_id is null, filters, position from saved_views "
        "where merchant_id = %s and screen = %s and (person_id is null or person_id = %s) order by position, name, id",
        (UUID(merchant), screen, UUID(person)),
    ).fetchall()


def add(conn: psycopg.Connection, merchant: str, view: str, person: str | None, screen: str, name: str, filters: dict[str, Any]) -> bool:
    """Keep a view at the end of the list; False when the name is taken."""
    done = conn.execute(
        "insert into saved_views (merchant_id, id, person_id, screen, name, filters, position) "
        "select %(m)s, %(id)s, %(p)s, %(s)s, %(n)s, %(f)s, coalesce(max(position), 0) + 1 from saved_views where merchant_id = %(m)s and screen = %(s)s "
        "on conflict do nothing",
        {"m": UUID(merchant), "id": UUID(view), "p": UUID(person) if person else None, "s": screen, "n": name, "f": Jsonb(filters)},
    )
    return done.rowcount == 1


_MINE = " where merchant_id = %(m)s and id = %(id)s and (person_id = %(p)s or (person_id is null and %(shared)s))"


def rename(conn: psycopg.Connection, merchant: str, view: str, person: str, shared: bool, name: str) -> bool:
    """Another name, unless it is taken or the view is somebody else's; `shared` says whether shared views may be touched."""
    free = (
        " and not exists (select 1 from saved_views o where o.merchant_id = %(m)s and o.id <> %(id)s and o.name = %(n)s "
        "and o.screen = saved_views.screen and o.person_id is not distinct from saved_views.person_id)"
    )
    given = {"m": UUID(merchant), "id": UUID(view), "p": UUID(person), "shared": shared, "n": name}
    return conn.execute("update saved_views set name = %(n)s" + _MINE + free, given).rowcount == 1


def remove(conn: psycopg.Connection, merchant: str, view: str, person: str, shared: bool) -> bool:
    """The view goes; False when it was not there or is somebody else's."""
    given = {"m": UUID(merchant), "id": UUID(view), "p": UUID(person), "shared": shared}
    return conn.execute("delete from saved_views" + _MINE, given).rowcount == 1


def order(conn: psycopg.Connection, merchant: str, person: str, shared: bool, views: list[str]) -> None:
    """The views in this order, from 1."""
    conn.execute(
        "update saved_views v set position = x.n from unnest(%(ids)s::uuid[]) with ordinality x(id, n) "
        "where v.merchant_id = %(m)s and v.id = x.id and (v.person_id = %(p)s or (v.person_id is null and %(shared)s))",
        {"m": UUID(merchant), "p": UUID(person), "shared": shared, "ids": views},
    )
