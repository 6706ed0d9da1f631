"""Between two works: the database finishes what the one before left it to do, so that a figure pays for its own work only."""

import time

import psycopg

MOST = 60.0
"""Seconds to wait at the most."""


def rest(url: str) -> None:
    """Vacuum what the works before left, write out what is dirty, and let running autovacuums end. `url`: of the database's owner."""
    until = time.monotonic() + MOST
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("vacuum (analyze)")
        conn.execute("checkpoint")
        while conn.execute("select exists (select 1 from pg_stat_activity where backend_type = 'autovacuum worker')").fetchone() == (True,) and time.monotonic() < until:
            time.sleep(0.5)
