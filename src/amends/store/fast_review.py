"""Cases that were opened while their merchant took part in fast review (SO-31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from amends.store.alike import array


@dataclass(slots=True)
class Opened:
    """One of them as it stands now: what it asks for, what was paid for it (minor units), what was kept when it was opened, and whether an alert is open."""

    id: str
    type: str
    reason: str
    pack: str
    pack_version: int
    pieces: int
    paid: int
    allowed: bool
    alert: bool
    kept: dict[str, Any]


def opened_by_members(conn: psycopg.Connection, merchant: str, ids: list[str]) -> list[Opened]:
    """Those of these cases."""
    return [Opened(*row) for row in conn.execute(_OPENED, {"m": UUID(merchant), "ids": array(ids)})]


_OPENED = """select id::text, coalesce(type, ''), coalesce(reason, ''), facts ->> 'pack', coalesce((facts ->> 'pack_version')::int, 0), coalesce(quantity, 1),
  coalesce((facts ->> 'line_paid')::bigint, 0) * coalesce(quantity, 1) / greatest(coalesce((facts ->> 'line_quantity')::int, 1), 1),
  coalesce((facts -> 'verdict' ->> 'allowed')::boolean, false), coalesce((facts ->> 'alert_open')::boolean, false), facts -> 'fast_review'
from cases where merchant_id = %(m)s and id = any(%(ids)s::uuid[]) and jsonb_typeof(facts -> 'fast_review') = 'object'"""
