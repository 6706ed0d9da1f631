"""Turns of workers: who is at a merchant holds its turn, so that others go elsewhere first."""

from collections.abc import Iterator
from contextlib import contextmanager

from amends.store.connect import Pool

_CLASS = 30
"""The seed of our advisory locks of this kind."""


@contextmanager
def turn(pool: Pool, work: str, merchant: str) -> Iterator[bool]:
    """Whether the turn of this kind of work at a merchant is ours until the end of the block; false where another worker has it.

    Held by a connection of its own: it ends with its worker, however that ends. It keeps nobody out; rows have their own locks.
    """
    with pool.connection() as conn:
        given = (f"{work} {merchant}", _CLASS)
        found = conn.execute("select pg_try_advisory_lock(hashtextextended(%s, %s))", given).fetchone()
        ours = found is not None and bool(found[0])
        try:
            yield ours
        finally:
            if ours and not conn.closed:
                conn.execute("select pg_advisory_unlock(hashtextextended(%s, %s))", given)
