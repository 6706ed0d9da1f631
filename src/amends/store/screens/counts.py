"""Counts of the queues, of what is about to pass its time and of what has (SO-9): each a short walk of an index, no further than 1 000."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql

from amends.store.connect import Pool, scope
from amends.store.screens.queue_filter import DUE_WITHIN, QUEUES, Piece

CAP = 1000


@dataclass(slots=True)
class Counts:
    """One queue: all of it, what is late, what is due within the hour, within four hours; each at most 1 000 ("999+")."""

    total: int = 0
    late: int = 0
    urgent: int = 0
    soon: int = 0


KINDS = ("cancellation", "dispute", "ticket")
"""The other kinds of work whose open cases the navigation counts."""


def counts(pool: Pool, merchant_id: UUID | str, now: datetime, queues: Iterable[str] = ("review", "receipt", "processing", "waiting"), kinds: Iterable[str] = KINDS) -> dict[str, Counts]:
    """Counts by name of queue or kind, in one round trip."""
    with scope(pool, UUID(str(merchant_id))) as conn:
        return read_counts(conn, merchant_id, now, queues, kinds)


def read_counts(conn: psycopg.Connection, merchant_id: UUID | str, now: datetime, queues: Iterable[str], kinds: Iterable[str] = ()) -> dict[str, Counts]:
    """The same, inside a transaction that is already open."""
    whose = {name: _states(QUEUES[name]) for name in queues} | {kind: sql.SQL("c.kind = {}").format(sql.Literal(kind)) for kind in kinds}
    parts = [part for name, where in whose.items() for part in _four(name, where)]
    out = {name: Counts() for name in whose}
    values = {"merchant": UUID(str(merchant_id)), "now": now, "urgent": now + DUE_WITHIN["urgent"], "soon": now + DUE_WITHIN["soon"]}
    for name, which, found in conn.execute(sql.SQL(" union all ").join(parts), values):
        setattr(out[name], which, found)
    return out


def _states(states: tuple[str, ...]) -> Piece:
    return sql.SQL("c.kind = 'service_order' and c.state = any({})").format(sql.Literal(list(states)))


def _four(name: str, where: Piece) -> list[Piece]:
    spans = {
        "total": "true", "late": "c.due_at <= %(now)s", "urgent": "c.due_at > %(now)s and c.due_at <= %(urgent)s",
        "soon": "c.due_at > %(now)s and c.due_at <= %(soon)s",
    }
    query = "(select {}, {}, (select count(*) from (select 1 from cases c where c.merchant_id = %(merchant)s and c.closed_at is null and {} and {} limit {}) n))"
    return [sql.SQL(query).format(sql.Literal(name), sql.Literal(which), where, sql.SQL(span), sql.Literal(CAP)) for which, span in spans.items()]
