"""Counts of the queues, of what is about to pass its time and of what has (SO-9): each a short walk of an index, no further than 1 000."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import psycopg

from amends.store import wire
from amends.store.connect import Pool, scope
from amends.store.screens.queue_filter import DUE_WITHIN, QUEUES, RUNS, moments, urgent

CAP = 1000


@dataclass(slots=True)
class Counts:
    """One queue: all of it, what is late, what is due within the hour, within four hours; each at most 1 000 ("999+")."""

    total: int = 0
    late: int = 0
    urgent: int = 0
    soon: int = 0


def counts(pool: Pool, merchant_id: UUID | str, now: datetime, queues: Iterable[str], waits: int = 0) -> dict[str, Counts]:
    """Counts by name of queue, in one round trip."""
    with scope(pool, UUID(str(merchant_id))) as conn:
        return read_counts(conn, merchant_id, now, queues, waits)


def read_counts(conn: psycopg.Connection, merchant_id: UUID | str, now: datetime, queues: Iterable[str], waits: int = 0) -> dict[str, Counts]:
    """The same, inside a transaction that is already open. A list of all states has no counts here: they would not be a short walk.

    `waits`: seconds after which what waits in a list that hurries is urgent, whatever its clock says (CA-5).
    """
    out = {name: Counts() for name in queues if QUEUES[name].states}
    values = {"merchant": UUID(str(merchant_id)), "soon": now + DUE_WITHIN["soon"], **moments(now, waits)}
    for name, which, found in wire.ask(conn, _query(tuple(out), waits > 0), values) if out else ():
        setattr(out[name], which, found)
    return out


@cache
def _query(names: tuple[str, ...], waits: bool) -> str:
    return " union all ".join(part for name in names for part in _four(name, waits))


def _four(name: str, waits: bool) -> list[str]:
    queue = QUEUES[name]
    states = ", ".join(f"'{state}'" for state in queue.states)
    spans = {"total": "true", "late": "c.due_at <= %(now)s", "urgent": urgent(waits and queue.hurries), "soon": f"c.due_at > %(now)s and c.due_at <= %(soon)s and {RUNS}"}
    query = "(select '{}', '{}', (select count(*) from (select 1 from cases c where c.merchant_id = %(merchant)s and c.closed_at is null and c.kind = '{}' and c.state in ({}) and {} limit {}) n))"
    return [query.format(name, which, queue.kind, states, span, CAP) for which, span in spans.items()]
