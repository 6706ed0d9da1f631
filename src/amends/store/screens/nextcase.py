"""The one case to open next: the first row of a queue that is nobody else's."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import psycopg

from amends.store.connect import Pool, scope
from amends.store.screens.queue import first_ids, read_rows, sort_of, states_of
from amends.store.screens.queue_filter import QueueFilter
from amends.store.screens.queue_row import QueueRow


def next_in_queue(pool: Pool, merchant_id: str, queue: str, want: QueueFilter, person: str, after: str | None, now: datetime, seen_since: datetime) -> str | None:
    """See engine.nextcase. `seen_since`: presence older than this no longer counts."""
    with scope(pool, UUID(merchant_id)) as conn:
        cursor = _cursor(conn, merchant_id, queue, want, after)
        for doing in (("typing", "looking"), ("typing",)):
            free = _free(after), {"me": UUID(person), "passed": UUID(after) if after else None, "doing": list(doing), "seen_since": seen_since}
            for start in dict.fromkeys((cursor, "")):
                found = first_ids(conn, merchant_id, queue, want, now, 1, start, free)
                if found:
                    return found[0]
    return None


def _free(after: str | None) -> list[str]:
    return [
        "(c.assignee is null or c.assignee = %(me)s)",
        "not exists (select 1 from presence p where p.merchant_id = c.merchant_id and p.case_id = c.id and p.person_id <> %(me)s and p.doing = any(%(doing)s) and p.at >= %(seen_since)s)",
        *(["c.id <> %(passed)s"] if after else []),
    ]


def _cursor(conn: psycopg.Connection, merchant_id: str, queue: str, want: QueueFilter, after: str | None) -> str:
    """The place of the case that was passed over, or "" when it has left the queue."""
    row = read_rows(conn, merchant_id, [after]).get(after) if after else None
    if row is None or row.state not in states_of(queue, want):
        return ""
    sort, down = sort_of(queue, want)
    key = {"due": row.due_at, "opened": row.opened_at, "amount": row.amount, "number": row.number}.get(sort)
    return json.dumps([_rank(row, sort, down, key is None), None if key is None else str(key), row.id])


def _rank(row: QueueRow, sort: str, down: bool, blank: bool) -> int:
    if blank:
        return 2
    return 0 if sort == "due" and not down and row.state == "in_transit" and row.parcel_state == "signed" else 1
