"""What connections told us (OP-5, OP-6): kept before it is understood, understood once, put off when that fails, given up after TRIES until a person resends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.store.connect import PLATFORM, Pool, scope

TRIES = 12
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
"""How long a message that was understood is kept."""
Row = dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message as it came; `sent_at` is the time its signature names."""

    connection_id: str
    id: str
    body: str
    sent_at: datetime
    attempts: int


def keep(pool: Pool, connection_id: str, message_id: str, body: str, headers: dict[str, str], sent_at: datetime, now: datetime) -> bool:
    """Keep a message durably; false if it is there already."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(
            "insert into inbox (connection_id, message_id, received_at, sent_at, body, headers, due_at) values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (connection_id, message_id, now, sent_at, body, Jsonb(headers), now),
        ).rowcount == 1


def anything_due(pool: Pool, now: datetime) -> bool:
    """Whether a message waits."""
    with scope(pool, PLATFORM) as conn:
        row = conn.execute("select exists (select 1 from inbox where done_at is null and dead_at is null and due_at <= %s)", (now,)).fetchone()
    return bool(row and row[0])


def lease(pool: Pool, now: datetime, most: int) -> list[Message]:
    """Take up to `most` messages for LEASE, first come first; committed when this returns. One that came to no end TRIES times is given up."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "with picked as materialized (select connection_id, message_id from inbox where done_at is null and dead_at is null and due_at <= %(now)s"
            " order by due_at, message_id limit %(most)s for update skip locked)"
            " update inbox i set due_at = %(until)s, attempts = least(i.attempts + 1, %(tries)s), dead_at = case when i.attempts >= %(tries)s then %(now)s::timestamptz end"
            " from picked p where i.connection_id = p.connection_id and i.message_id = p.message_id"
            " returning i.connection_id::text, i.message_id, i.body, i.sent_at, i.attempts, i.dead_at, i.received_at",
            {"now": now, "until": now + LEASE, "tries": TRIES, "most": most},
        ).fetchall()
    return [Message(*row[:5]) for row in sorted(rows, key=lambda r: (r[6], r[1])) if row[5] is None]


def done(pool: Pool, messages: list[Message], now: datetime) -> None:
    """These are understood and acted on."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "update inbox i set done_at = %s, dead_at = null from (select unnest(%s::uuid[]) as c, unnest(%s::text[]) as m) x"
            " where i.connection_id = x.c and i.message_id = x.m and i.done_at is null", (now, [m.connection_id for m in messages], [m.id for m in messages]),
        )


def failed(pool: Pool, message: Message, now: datetime, words: str) -> None:
    """It could not be acted on: later again (10 s, doubling, at most 6 h), or given up. Says nothing if somebody else has it by now."""
    with scope(pool, PLATFORM) as conn:
        conn.execute(
            "update inbox set last_error = %(words)s, dead_at = case when attempts >= %(tries)s then %(now)s::timestamptz end,"
            " due_at = %(now)s::timestamptz + least(interval '10 seconds' * power(2, attempts - 1), interval '6 hours')"
            " where connection_id = %(c)s and message_id = %(m)s and done_at is null and dead_at is null and attempts = %(mine)s",
            {"words": words[:500], "tries": TRIES, "now": now, "c": message.connection_id, "m": message.id, "mine": message.attempts},
        )


def resend(conn: psycopg.Connection, connection_id: str, message_id: str, now: datetime) -> bool:
    """Read one again that was given up; false if it was not."""
    return conn.execute(
        "update inbox set dead_at = null, attempts = 0, due_at = %s where connection_id = %s and message_id = %s and dead_at is not null", (now, connection_id, message_id)
    ).rowcount == 1


def dead(pool: Pool, limit: int = 50) -> list[Row]:
    """Messages that were given up, the newest first."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select i.connection_id::text as connection_id, c.name, i.message_id, i.received_at, i.dead_at, i.attempts, i.last_error, left(i.body, 300) as body"
            " from inbox i join connections c on c.id = i.connection_id where i.dead_at is not null order by i.dead_at desc, i.message_id limit %s", (limit,),
        ).fetchall()


def forget_old(pool: Pool, now: datetime, most: int = 10_000) -> int:
    """Let messages go that were understood long ago; answers how many."""
    with scope(pool, PLATFORM) as conn:
        return conn.execute(
            "delete from inbox where (connection_id, message_id) in (select connection_id, message_id from inbox where done_at < %s order by done_at limit %s)", (now - KEPT, most)
        ).rowcount
