"""Tries to prove an order by its phone: counted before the answer is known, each failure waits longer (UI-4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from amends.store.connect import PLATFORM, Pool, scope

_FORGET_AFTER = timedelta(days=1)
_COUNT = """
insert into phone_proofs as p (key, failures, tried_at, open_at) values (%(key)s, 1, %(now)s, %(now)s)
on conflict (key) do update set failures = case when p.tried_at < %(forget)s then 1 else p.failures + 1 end, tried_at = %(now)s
where p.open_at <= %(now)s
returning failures"""


def take(pool: Pool, free: Mapping[str, int], now: datetime, longest: timedelta) -> datetime | None:
    """Count one try on every key, all or none; None when it may go on, otherwise the instant at which one may try again.

    `free`: key → tries without a wait; each one after doubles the wait, from 2 s up to `longest`; a quiet day forgets them.
    Counting comes before looking, so that many tries at once gain nothing.
    """
    with scope(pool, PLATFORM) as conn:
        for key in sorted(free):
            row = conn.execute(_COUNT, {"key": key, "now": now, "forget": now - _FORGET_AFTER}).fetchone()
            if row is None:
                shut = conn.execute("select open_at from phone_proofs where key = %s", (key,)).fetchone()
                conn.rollback()
                return shut[0] if shut else now
            over = row[0] - free[key]
            wait = min(longest, timedelta(seconds=2 ** min(over, 20))) if over > 0 else timedelta(0)
            conn.execute("update phone_proofs set open_at = %s where key = %s", (now + wait, key))
    return None


def give_back(pool: Pool, proved: str, also: str) -> None:
    """The proof held: `proved` starts afresh, `also` loses only this one try, so that an order of one's own resets nobody's count."""
    with scope(pool, PLATFORM) as conn:
        conn.execute("delete from phone_proofs where key = %s", (proved,))
        conn.execute("update phone_proofs set failures = greatest(0, failures - 1), open_at = tried_at where key = %s", (also,))
