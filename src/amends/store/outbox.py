"""What the world must still do (OP-5): taken merchant by merchant; done in the same transaction where it is our own tables.

What needs the network (`outside`) is leased instead: put ahead and counted, committed, performed with no transaction open, then ticked off.
Each kind has its own indexes, so neither ever steps over the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.connect import PLATFORM, Pool, scope

TRIES = 12
"""After as many failures an effect is dead and waits for a person: about half a day with the back-off below."""
LEASE = timedelta(minutes=2)
"""How long a worker has for what it leased; a worker that dies leaves it to the next one after this time. Longer than any call may take."""


@dataclass(slots=True)
class Waiting:
    """One effect of the outbox."""

    id: str
    case_id: str | None
    effect: str
    body: dict[str, Any]
    attempts: int


def merchants_waiting(pool: Pool, now: datetime, look_at: int = 5000) -> list[str]:
    """Merchants with effects on our own tables that are due, among the `look_at` due first."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select merchant_id::text, min(due_at) from (select merchant_id, due_at from outbox where done_at is null and dead_at is null and not outside and due_at <= %s"
            " order by due_at limit %s) o group by 1 order by 2",
            (now, look_at),
        ).fetchall()
    return [row[0] for row in rows]


def take(conn: psycopg.Connection, merchant: str, now: datetime, most: int) -> list[Waiting]:
    """Open a transaction and lock up to `most` due effects on our own tables, first due first; those another worker holds are left to it."""
    conn.execute("begin")
    conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
    rows = conn.execute(
        "select id::text, case_id::text, effect, body, attempts from outbox where merchant_id = %s and done_at is null and dead_at is null and not outside and due_at <= %s"
        " order by due_at, id limit %s for update skip locked",
        (UUID(merchant), now, most),
    ).fetchall()
    return [Waiting(*row) for row in rows]


def done(conn: psycopg.Connection, merchant: str, ids: list[str], now: datetime) -> None:
    """These are done; part of the transaction that took them."""
    conn.execute("update outbox set done_at = %s, attempts = attempts + 1 where merchant_id = %s and id = any(%s::uuid[])", (now, UUID(merchant), ids))


def failed(conn: psycopg.Connection, merchant: str, effect: Waiting, now: datetime, words: str) -> None:
    """It did not work: later again (10 s, doubling, at most 6 h), or dead after TRIES."""
    conn.execute(
        "update outbox set attempts = attempts + 1, last_error = %(words)s, dead_at = case when attempts + 1 >= %(tries)s then %(now)s::timestamptz end,"
        " due_at = %(now)s::timestamptz + least(interval '10 seconds' * power(2, attempts), interval '6 hours') where merchant_id = %(m)s and id = %(id)s",
        {"words": words[:500], "tries": TRIES, "now": now, "m": UUID(merchant), "id": effect.id},
    )


def put(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Effects that follow from other effects, in the caller's transaction, due at once; the same id again adds nothing. Rows: id, case_id, effect, body."""
    conn.execute(
        "insert into outbox (merchant_id, id, case_id, effect, body, due_at) select %s, x.id, x.case_id, x.effect, x.body, %s"
        " from json_to_recordset(%s) as x(id uuid, case_id uuid, effect text, body jsonb) on conflict do nothing",
        (UUID(merchant), now, msgspec.json.encode(rows).decode()),
    )


def merchants_outside(pool: Pool, now: datetime, names: list[str], look_at: int = 5000) -> list[str]:
    """Merchants for whom something outside is due under one of these names, among the `look_at` due first."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select merchant_id::text, min(due_at) from (select merchant_id, due_at from outbox where done_at is null and dead_at is null and outside and due_at <= %s"
            " and effect = any(%s) order by due_at limit %s) o group by 1 order by 2",
            (now, names, look_at),
        ).fetchall()
    return [row[0] for row in rows]


def lease(pool: Pool, merchant: str, names: list[str], now: datetime, most: int) -> list[Waiting]:
    """Take up to `most` due effects of these names for LEASE: counted as one more try, and nobody else's until then. Committed when this returns.

    What was leased TRIES times and never came to an end (each worker died over it) is dead.
    """
    with scope(pool, UUID(merchant)) as conn:
        rows = conn.execute(
            "with picked as materialized (select id from outbox where merchant_id = %(m)s and done_at is null and dead_at is null and outside and due_at <= %(now)s"
            " and effect = any(%(names)s) order by due_at, id limit %(most)s for update skip locked)"
            " update outbox o set due_at = %(until)s, attempts = least(attempts + 1, %(tries)s), dead_at = case when attempts >= %(tries)s then %(now)s::timestamptz end,"
            " last_error = case when attempts >= %(tries)s then coalesce(last_error, 'never came to an end') else last_error end"
            " from picked where o.merchant_id = %(m)s and o.id = picked.id returning o.id::text, o.case_id::text, o.effect, o.body, o.attempts, o.dead_at",
            {"m": UUID(merchant), "now": now, "until": now + LEASE, "names": names, "most": most, "tries": TRIES},
        ).fetchall()
    return [Waiting(*row[:5]) for row in rows if row[5] is None]


def leased_done(pool: Pool, merchant: str, effect: Waiting, now: datetime, again_at: datetime | None = None) -> None:
    """What was leased is done, whoever holds it now; or, with `again_at`, is looked at again then, with its tries counted anew."""
    with scope(pool, UUID(merchant)) as conn:
        if again_at is None:
            conn.execute("update outbox set done_at = %s, dead_at = null where merchant_id = %s and id = %s and done_at is null", (now, UUID(merchant), effect.id))
        else:
            conn.execute(
                "update outbox set due_at = %s, attempts = 0 where merchant_id = %s and id = %s and done_at is null and attempts = %s",
                (again_at, UUID(merchant), effect.id, effect.attempts),
            )


def leased_failed(pool: Pool, merchant: str, effect: Waiting, now: datetime, words: str) -> None:
    """It did not work: later again with the same back-off as `failed`, or dead. Says nothing if somebody else has leased it since."""
    with scope(pool, UUID(merchant)) as conn:
        conn.execute(
            "update outbox set last_error = %(words)s, dead_at = case when attempts >= %(tries)s then %(now)s::timestamptz end,"
            " due_at = %(now)s::timestamptz + least(interval '10 seconds' * power(2, attempts - 1), interval '6 hours')"
            " where merchant_id = %(m)s and id = %(id)s and done_at is null and dead_at is null and attempts = %(mine)s",
            {"words": words[:500], "tries": TRIES, "now": now, "m": UUID(merchant), "id": effect.id, "mine": effect.attempts},
        )


def resend(pool: Pool, merchant: str, effect_id: str, now: datetime) -> bool:
    """Wake a dead effect up again; false if it is not dead."""
    with pool.connection() as conn, conn.transaction():
        conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
        return conn.execute(
            "update outbox set dead_at = null, attempts = 0, due_at = %s where merchant_id = %s and id = %s and dead_at is not null", (now, UUID(merchant), effect_id)
        ).rowcount == 1


def add_notices(conn: psycopg.Connection, merchant: str, rows: list[dict[str, Any]], now: datetime) -> None:
    """Messages inside the product; the same effect again adds nothing. Rows: outbox, case_id, reader, event, body.

    A side that is told of its own doing (both sides are told of talk) has read it already.
    """
    conn.execute(
        "insert into notices (merchant_id, id, case_id, reader, buyer_id, event, body, at, read_at)"
        " select %(m)s, md5(x.outbox || x.reader)::uuid, x.case_id, x.reader, c.buyer_id, x.event, x.body, %(now)s, case when e.actor_kind = x.reader then %(now)s::timestamptz end"
        " from json_to_recordset(%(rows)s) as x(outbox text, case_id uuid, reader text, event text, body jsonb)"
        " join cases c on c.merchant_id = %(m)s and c.id = x.case_id"
        " left join events e on e.merchant_id = %(m)s and e.case_id = x.case_id and e.version = (x.body ->> 'version')::int"
        " where x.reader <> 'buyer' or c.kind <> 'ticket' or c.facts ->> 'other_side' = 'buyer' on conflict do nothing",
        {"m": UUID(merchant), "now": now, "rows": msgspec.json.encode(rows).decode()},
    )


def ask_once(conn: psycopg.Connection, merchant: str, case_ids: list[str], event: str, now: datetime) -> None:
    """A message to the buyers of these cases, once in the life of each; not where the case was rated meanwhile, or is no longer completed (SO-19)."""
    conn.execute(
        "insert into notices (merchant_id, id, case_id, reader, buyer_id, event, at)"
        " select %(m)s, md5(c.id::text || %(event)s)::uuid, c.id, 'buyer', c.buyer_id, %(event)s, %(now)s from cases c"
        " where c.merchant_id = %(m)s and c.id = any(%(ids)s::uuid[]) and c.state = 'completed' and coalesce(c.facts ->> 'rating', '') = '' on conflict do nothing",
        {"m": UUID(merchant), "now": now, "ids": case_ids, "event": event},
    )


def still_due(conn: psycopg.Connection, merchant: str, case_ids: list[str]) -> dict[str, tuple[datetime, str]]:
    """The armed clock of each case, and who is waited for: a reminder is only sent for a clock that still runs."""
    rows = conn.execute(
        "select c.case_id::text, c.due_at, coalesce(k.waits_on, '') from clocks c join cases k on k.merchant_id = c.merchant_id and k.id = c.case_id"
        " where c.merchant_id = %s and c.case_id = any(%s::uuid[]) and c.due_at is not null", (UUID(merchant), case_ids),
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}
