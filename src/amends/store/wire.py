"""Statements sent together over libpq's own interface: each prepared once a connection, all in one message, the answers in one.

For what every command asks. psycopg's own pipeline makes a cursor, a look at the text and a wait of each statement, which costs a single command
more than the database needs to answer it. Parameters go as text; rows come as psycopg loads them.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import select
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer

from amends.store.packed import Ids, Numbers

Row = tuple[Any, ...]
Key = tuple[str, tuple[int, ...]]

_NAME = re.compile(r"%\((\w+)\)s|%%")
_TYPES: dict[type, int] = {str: 0, int: 0, type(None): 0, bool: 16, UUID: 2950, date: 1082, datetime: 1184, Decimal: 1700, bytes: 17, list: 1009, Ids: Ids.oid, Numbers: Numbers.oid}
"""By Python's type the database's; 0 lets the statement itself say."""
_PACKED = frozenset({Ids.oid, Numbers.oid})
"""Types whose values are in binary form already."""
_STALE = ("0A000", "26000")
"""What a prepared statement answers when a migration has changed what it returns, or when it is not there any more."""
_NUMBERS = itertools.count()
_MOST = 100
"""Statements a connection keeps prepared, for a plan of a list takes the server 300 kB to 1 MB; beyond them, what was asked longest ago is prepared anew when it comes again."""
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Connection(psycopg.Connection[Row]):
    """A connection of the pool: it tells when psycopg throws away what was prepared (after each of its own rollbacks), ours with the rest."""

    wire: _Wire | None = None

    def _deallocate(self, name: bytes | None) -> Any:
        if name is None and self.wire is not None:
            self.wire.prepared.clear()
        return super()._deallocate(name)


class Rows:
    """The rows of one statement, there once its pipe has ended."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def fetchall(self) -> list[Row]:
        """All of them."""
        return self._rows

    def fetchone(self) -> Row | None:
        """The first; None for none."""
        return self._rows[0] if self._rows else None


Asked = tuple[str, Mapping[str, Any] | None, Rows, bool]
"""Text, parameters, where the rows go, whether it is kept prepared."""


class Pipe:
    """Gathers statements; they are sent when the pipe ends."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: list[Asked] = []

    def execute(self, text: str, given: Mapping[str, Any] | None = None, *, keep: bool = True) -> Rows:
        """One statement with its parameters by name, `%(name)s` in the text; without parameters, `%` is itself. Not `keep`: it is planned for these values and forgotten."""
        rows = Rows()
        self._asked.append((text, given, rows, keep))
        return rows


@contextlib.contextmanager
def pipe(conn: psycopg.Connection) -> Iterator[Any]:
    """What is executed in it runs in order, in one round trip, at its end: in the transaction that is open, or that one of the statements opens; else all as one.

    Raises psycopg.Error for the first statement that fails; none after it ran.
    """
    gathered = Pipe()
    yield gathered
    _run(conn, gathered._asked)


def roll_back(conn: psycopg.Connection) -> None:
    """End the transaction with nothing done, and keep what is prepared, which psycopg's own rollback throws away."""
    if conn.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        ask(conn, "rollback", {})


def ask(conn: psycopg.Connection, text: str, given: Mapping[str, Any], *, keep: bool = True) -> list[Row]:
    """The rows of one statement."""
    rows = Rows()
    _run(conn, [(text, given, rows, keep)])
    return rows.fetchall()


@cache
def _parsed(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The text with numbered parameters, and their names in order."""
    names: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else "%"

    return _NAME.sub(numbered, text).encode(), tuple(names)


def _text(value: Any) -> bytes | None:
    if value is None or isinstance(value, (Ids, Numbers)):
        return value
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    if isinstance(value, list):
        value = "{" + ",".join(["NULL" if v is None else '"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in value]) + "}"
    text = str(value).encode()
    if b"\0" in text:  # libpq would take it for the end, and send the rest of the text nowhere
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return text


def _message(text: str, given: Mapping[str, Any] | None) -> tuple[bytes, Key, list[bytes | None]]:
    """A statement as it is sent: its text, what it is prepared under, its values. Made before anything is sent, so that a value that cannot be sent harms no connection."""
    if given is None:
        return text.encode(), (text, ()), []
    query, names = _parsed(text)
    values = [given[name] for name in names]
    return query, (text, tuple([_TYPES[type(value)] for value in values])), [_text(value) for value in values]


def _formats(key: Key) -> list[int] | None:
    """Which values are binary; None where all are text."""
    return None if _PACKED.isdisjoint(key[1]) else [int(of in _PACKED) for of in key[1]]


class _Wire:
    """What one connection has prepared, and how its rows are read."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self.pg = conn.pgconn
        self.reader = Transformer(conn)
        self.prepared: dict[Key, bytes] = {}
        self.fresh: dict[int, tuple[Key, bytes]] = {}
        """By place among the messages sent: what was prepared just now, and is known once it went well."""
        self.closing: set[int] = set()
        """Places of messages that forget a statement."""
        self.sent = 0
        self.readable, self.either = select.poll(), select.poll()
        self.readable.register(self.pg.socket, select.POLLIN)
        self.either.register(self.pg.socket, select.POLLIN | select.POLLOUT)

    def send(self, query: bytes, key: Key, values: list[bytes | None], keep: bool) -> None:
        """One statement, prepared first if it is to be kept and this connection does not know it."""
        if not keep:
            self.pg.send_query_params(query, values, key[1], _formats(key))
            self.sent += 1
            return
        name = self.prepared.pop(key, None)
        if name is None:
            if len(self.prepared) >= _MOST:
                self.forget_one()
            name = b"amends_%d" % next(_NUMBERS)
            self.pg.send_prepare(name, query, key[1])
            self.fresh[self.sent] = key, name
            self.sent += 1
        self.prepared[key] = name  # last in the order of use
        self.pg.send_query_prepared(name, values, _formats(key))
        self.sent += 1

    def forget_one(self) -> None:
        """What was asked longest ago is not worth its memory."""
        name = self.prepared.pop(next(iter(self.prepared)))
        self.pg.send_query_params(b"deallocate " + name, None)
        self.closing.add(self.sent)
        self.sent += 1

    def answers(self) -> list[pq.abc.PGresult]:
        """Every result up to the end of what was sent."""
        pg = self.pg
        results: list[pq.abc.PGresult] = []
        while pg.flush():
            self.either.poll()
            pg.consume_input()
        while True:
            while pg.is_busy():
                self.readable.poll()
                pg.consume_input()
            result = pg.get_result()
            if result is None:
                continue  # between the results of two messages
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    def rows(self, result: pq.abc.PGresult) -> list[Row]:
        """As psycopg loads them."""
        if not result.ntuples:
            return []
        self.reader.set_pgresult(result)
        return self.reader.load_rows(0, result.ntuples, tuple)


def _run(conn: psycopg.Connection, asked: list[Asked]) -> None:
    wire, messages = _wire_of(conn), [(*_message(text, given), keep) for text, given, _, keep in asked]
    wire.sent = 0
    wire.fresh.clear()
    wire.closing.clear()
    try:
        wire.pg.enter_pipeline_mode()
        for message in messages:
            wire.send(*message)
        wire.pg.pipeline_sync()
        results = wire.answers()
        wire.pg.exit_pipeline_mode()
    except BaseException:
        conn.close()  # what is under way cannot be taken back: nobody must meet its answers
        raise
    good = [result for n, result in enumerate(results) if n not in wire.fresh and n not in wire.closing]
    wrong = next((result for result in results if result.status not in _GOOD), None)
    if wrong is not None:
        for n, (key, _) in wire.fresh.items():
            if results[n].status not in _GOOD:
                wire.prepared.pop(key, None)
        failed = errors.error_from_result(wrong)
        if failed.sqlstate in _STALE:
            wire.prepared.clear()  # all of it may be: a migration changes many things
        raise failed
    for (_, _, rows, _), result in zip(asked, good, strict=True):
        rows._rows = wire.rows(result)


def _wire_of(conn: psycopg.Connection) -> _Wire:
    """The connection's own; one that is not of our pool prepares anew each time."""
    if not isinstance(conn, Connection):
        return _Wire(conn)
    if conn.wire is None:
        conn.wire = _Wire(conn)
    return conn.wire
