"""Sessions: who is signed in where. Tokens are kept as SHA-256 only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import Pool
from amends.store.people import PERSON, Row

_WHOSE = f"""
begin; set local role amends_platform; set local amends.scope = 'platform'; set local amends.merchant = '';
with seen as (
  update sessions set seen_at = %(now)s where token_hash = %(hash)s and expires_at > %(now)s
     and seen_at <= %(now)s - interval '1 minute' and seen_at > %(now)s - %(idle)s
)
select {PERSON} from sessions s join people p on p.id = s.person_id left join merchants m on m.id = p.merchant_id
 where s.token_hash = %(hash)s and s.expires_at > %(now)s and s.seen_at > %(now)s - %(idle)s and p.active and m.closed_at is null;
commit
"""


def whose(pool: Pool, token_hash: bytes, now: datetime, idle: timedelta) -> Row | None:
    """The person of a live session, and a note at most once a minute that it was seen: one round trip, transaction and all."""
    with pool.connection() as conn, psycopg.ClientCursor(conn, row_factory=dict_row) as cursor:
        cursor.execute(_WHOSE, {"hash": token_hash, "now": now, "idle": idle})
        found = None
        while True:
            if cursor.description is not None:
                found = cursor.fetchone()
            if not cursor.nextset():
                return found


def add(conn: psycopg.Connection, row: dict[str, Any]) -> None:
    """A new session."""
    conn.execute(
        "insert into sessions (token_hash, merchant_id, person_id, address, agent, created_at, seen_at, expires_at)"
        " values (%(token_hash)s, %(merchant_id)s, %(person_id)s, %(address)s, %(agent)s, %(now)s, %(now)s, %(expires_at)s)",
        row,
    )


def end(conn: psycopg.Connection, token_hash: bytes) -> tuple[str | None, str, str] | None:
    """Delete one session; answers whose it was: merchant (None: platform), person, name."""
    row = conn.execute(
        "delete from sessions s using people p where s.token_hash = %s and p.id = s.person_id returning s.merchant_id::text, p.id::text, p.name",
        (token_hash,),
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def end_all(conn: psycopg.Connection, person_id: str, but: bytes | None = None) -> int:
    """Delete a person's sessions, but one if named; answers how many."""
    return conn.execute("delete from sessions where person_id = %s and token_hash is distinct from %s", (person_id, but)).rowcount


def end_one(conn: psycopg.Connection, person_id: str, session: str) -> int:
    """Delete the session shown as `session` (hex of the token's hash) of this person."""
    return conn.execute("delete from sessions where person_id = %s and encode(token_hash, 'hex') = %s", (person_id, session)).rowcount


def of_person(conn: psycopg.Connection, person_id: str, now: datetime, idle: timedelta) -> list[Row]:
    """A person's live sessions, the last seen first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select encode(token_hash, 'hex') as session, host(address) as address, agent, created_at, seen_at, expires_at from sessions"
            " where person_id = %s and expires_at > %s and seen_at > %s order by seen_at desc",
            (person_id, now, now - idle),
        )
        return cursor.fetchall()


def sweep(conn: psycopg.Connection, now: datetime) -> int:
    """Delete sessions past their time, and some of the counts of attempts that are a day old; answers how many sessions."""
    conn.execute(
        "delete from rate_limits where key in (select key from rate_limits where key >= 'sign_in' and key < 'sign_io' and window_start < %s limit 100 for update skip locked)",
        (now - timedelta(days=1),),
    )
    return conn.execute("delete from sessions where expires_at <= %s", (now,)).rowcount


def attempts_of(conn: psycopg.Connection, key: str, now: datetime, window: timedelta) -> int:
    """Count one more attempt under this key in the window that began with its first; answers how many now."""
    row = conn.execute(
        "insert into rate_limits as r (key, window_start, count) values (%(key)s, %(now)s, 1) on conflict (key) do update set"
        " count = case when r.window_start <= %(now)s - %(window)s then 1 else r.count + 1 end,"
        " window_start = case when r.window_start <= %(now)s - %(window)s then %(now)s else r.window_start end returning count",
        {"key": key, "now": now, "window": window},
    ).fetchone()
    assert row is not None
    return int(row[0])


def take_unknown_attempt(conn: psycopg.Connection, key: str, now: datetime, free: int, first: int, longest: int) -> datetime | None:
    """What `people.take_attempt` does, for an e-mail nobody has: `window_start` holds until when it is locked."""
    taken = conn.execute(
        "insert into rate_limits as r (key, window_start, count) values (%(key)s, %(now)s, 1) on conflict (key) do update set count = r.count + 1,"
        " window_start = case when r.count + 1 >= %(free)s"
        " then %(now)s + make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least(r.count + 1 - %(free)s, 20))) else %(now)s end"
        " where r.window_start <= %(now)s",
        {"key": key, "now": now, "free": free, "first": first, "longest": longest},
    )
    if taken.rowcount:
        return None
    row = conn.execute("select window_start from rate_limits where key = %s", (key,)).fetchone()
    return row[0] if row else None
