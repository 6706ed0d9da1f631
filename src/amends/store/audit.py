"""The audit table (ST-8): rows are added here and read by screens; the database lets nobody change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from amends.store.connect import PLATFORM, Platform

__all__ = ["NOBODY", "Connection", "Line", "scope_of", "write"]

NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class Line:
    """One row: who did what to which subject, from where, before and after. `merchant_id` None: the platform's own doings."""

    id: str
    merchant_id: str | None
    at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str | None
    action: str
    subject_kind: str | None = None
    subject_id: str | None = None
    address: str | None = None
    correlation_id: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def scope_of(merchant_id: str | None) -> UUID | Platform:
    """Whose rows a person of this merchant sees; None: the platform's people see all."""
    return UUID(merchant_id) if merchant_id else PLATFORM


def write(conn: Connection, lines: Sequence[Line]) -> None:
    """Add rows in the caller's transaction, so that a change and its trace stand or fall together."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into audit (merchant_id, id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, address, correlation_id, before, after)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    x.merchant_id or NOBODY, x.id, x.at, x.actor_kind, x.actor_id, x.actor_name, x.action, x.subject_kind, x.subject_id,
                    x.address, x.correlation_id, _json(x.before), _json(x.after),
                )
                for x in lines
            ],
        )


def _json(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(dict(value))
