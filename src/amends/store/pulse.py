"""Whether the database can serve: it answers in time and its tables are this release's (OP-10)."""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolTimeout

from amends.store import migrate
from amends.store.connect import Pool
from amends.store.trouble import OperatorError


def trouble(pool: Pool, url: str, wait: float = 2.0) -> str | None:
    """None when all is well, else `database` (no answer within `wait` seconds) or `migrations` (tables of another release)."""
    try:
        with pool.connection(timeout=wait) as conn:
            conn.execute("select 1")
        return "migrations" if migrate.pending(url) else None
    except (psycopg.Error, PoolTimeout):
        return "database"
    except OperatorError:
        return "migrations"
