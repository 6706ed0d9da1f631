"""Which database, the pool, and whose rows a transaction sees."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors, sql
from psycopg_pool import ConnectionPool

from amends.store import embedded, pack_documents, wire

Pool = ConnectionPool[psycopg.Connection]


@dataclass(frozen=True)
class Platform:
    """The scope of the marketplace operator and of the system's own workers: all merchants."""


PLATFORM = Platform()
Whose = UUID | Platform


@dataclass
class Database:
    """An address, and the embedded server behind it if we started one."""

    url: str
    server: embedded.Server | None = field(default=None)

    def close(self) -> None:
        """Stop the embedded server if this process started it."""
        if self.server is not None and self.server.started:
            self.server.stop()


def find(home: Path) -> Database:
    """DATABASE_URL if it is set; else the embedded server in this home, with the database `amends`."""
    if url := os.environ.get("DATABASE_URL"):
        return Database(url)
    server = embedded.start(home)
    make_database(server.url(), "amends")
    return Database(server.url("amends"), server)


def make_database(admin_url: str, name: str, template: str = "template0") -> None:
    """Create a database if it is not there, in the one locale the product uses."""
    with psycopg.connect(admin_url, autocommit=True) as conn:
        if conn.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            return
        with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process was quicker
            conn.execute(
                sql.SQL("create database {} template {} encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )


def configure(conn: psycopg.Connection) -> None:
    """Settings of every session: no rights beyond the application's, UTC, and nothing waits for ever."""
    conn.autocommit = True
    conn.execute(
        "set role amends_app; set timezone = 'UTC'; set lock_timeout = '10s'; set statement_timeout = '60s'; set idle_in_transaction_session_timeout = '60s'"
    )


def open_pool(url: str, *, min_size: int = 1, max_size: int = 10) -> Pool:
    """A pool of configured connections, in autocommit; transactions are opened by `scope`. Close it when done."""
    pool: Any = ConnectionPool(url, connection_class=wire.Connection, min_size=min_size, max_size=max_size, configure=configure, open=False, check=None, name="amends")
    pool.open(wait=True, timeout=30)
    pack_documents.look_in(pool)
    opened: Pool = pool
    return opened


def begin(conn: psycopg.Connection, whose: Whose, *, named: bool = False, flushed: bool = True) -> None:
    """Open a transaction that sees the rows of one merchant, or of all; one round trip. End it with conn.commit() or conn.rollback().

    `named`: its statements name their rows by id. They are planned without a look at this merchant, whom statistics may not know yet: taken for empty,
    it would be read whole for each id. Not `flushed`: its commit does not wait for the disk, and what it wrote may be gone after a crash.
    """
    if isinstance(whose, Platform):
        script = "begin; set local role amends_platform; set local amends.scope = 'platform'; set local amends.merchant = ''"
    else:
        script = f"begin; set local role amends_app; set local amends.scope = ''; set local amends.merchant = '{UUID(str(whose))}'"
    script += "; set local plan_cache_mode = force_generic_plan" if named else ""
    conn.execute(script if flushed else f"{script}; set local synchronous_commit = off")


@contextlib.contextmanager
def scope(pool: Pool, whose: Whose, *, named: bool = False, flushed: bool = True) -> Iterator[psycopg.Connection]:
    """A transaction in that scope (see `begin`): committed at the end, rolled back on an exception."""
    with pool.connection() as conn:
        begin(conn, whose, named=named, flushed=flushed)
        try:
            yield conn
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
        conn.commit()
