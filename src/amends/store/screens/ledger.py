"""The ledger for reading: balances, one account's statement with its running balance, the journal, one case's movements (MO-4).

Pages go by the key (time, movement, line), newest first, so that the thousandth page costs what the first does. A balance at any point is the days
before it and the entries of its own day up to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from amends.store.connect import PLATFORM, Pool, Whose, scope

Row = dict[str, Any]
Key = tuple[datetime, str, int]
"""Where an entry stands: its time, movement and line."""
DRIVE_BY_KIND = 20_000
"""An account with more entries than this is filtered by kind from the movements' side, a smaller one by looking through it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one account (then with `currency`), or of all; of a kind, a case, an order; `since` inclusive, `until` exclusive; `after` is where the page before ended."""

    account: str = ""
    currency: str = ""
    kind: str = ""
    case_id: str = ""
    order_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Key | None = None
    limit: int = 50

    @property
    def whole(self) -> bool:
        """Every entry of one account in turn, so that a running balance means something."""
        return bool(self.account) and not (self.kind or self.case_id or self.order_id)


@dataclass(frozen=True, slots=True)
class Period:
    """One account over a time, in signed minor units: `out` is zero or below; opening + came_in + out = closing."""

    opening: int
    came_in: int
    out: int
    entries: int

    @property
    def closing(self) -> int:
        """What is there at the end."""
        return self.opening + self.came_in + self.out


_FIELDS: LiteralString = """e.movement_id, e.line, e.account, e.currency, e.amount_minor, e.at, e.part, m.merchant_id, m.kind, m.case_id, m.case_version, m.order_id, m.request_id,
  m.compensation_id, m.actor_kind, m.actor_name, m.reason, m.facts"""
_COLUMNS: LiteralString = """x.movement_id::text as movement_id, x.line, x.account, x.currency, x.amount_minor, x.at, x.part, x.kind, x.case_id::text as case_id, x.case_version,
  x.order_id::text as order_id, x.request_id::text as request_id, x.compensation_id::text as compensation_id, x.actor_kind, x.actor_name, x.reason, x.facts,
  c.number as case_number, c.kind as case_kind, o.number as order_number, q.reference, q.provider as request_provider"""
_TOLD: LiteralString = """left join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id left join orders o on o.merchant_id = x.merchant_id and o.id = x.order_id
  left join refund_requests q on q.merchant_id = x.merchant_id and q.id = x.request_id"""
_THEIR_MOVEMENTS: LiteralString = "join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id"
# `offset 0` keeps this a look by key for each movement: a join of the two large tables is never what a page needs, whatever the statistics say.
_BY_MOVEMENT: LiteralString = "from ledger_movements m cross join lateral (select * from ledger_entries k where k.merchant_id = m.merchant_id and k.movement_id = m.id offset 0) e"
_WAYS: dict[bool, LiteralString] = {True: "desc", False: "asc"}
# What an account did before a point: the whole days before, and its own day's entries below the key. The day's text bounds let one index serve both.
_BEFORE = """
  select coalesce(sum(i), 0)::bigint, coalesce(sum(o), 0)::bigint, coalesce(sum(n), 0)::bigint from (
    select sum(in_minor) as i, sum(out_minor) as o, sum(entries) as n from ledger_days
    where merchant_id = %(m)s and account = %(account)s and currency = %(currency)s and day < (%(at)s::timestamptz at time zone 'UTC')::date
    union all
    select sum(greatest(amount_minor, 0)), sum(least(amount_minor, 0)), count(*) from ledger_entries
    where merchant_id = %(m)s and account = %(account)s and currency = %(currency)s
      and at >= ((%(at)s::timestamptz at time zone 'UTC')::date::timestamp at time zone 'UTC') and (at, movement_id, line) < (%(at)s, %(movement)s::uuid, %(line)s::smallint)
  ) x"""
_NOWHERE = "00000000-0000-0000-0000-000000000000"


def balances(pool: Pool, merchant_id: str) -> list[Row]:
    """Every account that was ever posted to: account, currency, balance_minor, entries; biggest accounts are not sorted, the screens know the order."""
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select account, currency, balance_minor, entries from ledger_balances where merchant_id = %s order by account, currency", (merchant_id,)).fetchall()


def page(pool: Pool, merchant_id: str, want: Wanted, *, whose: Whose | None = None) -> list[Row]:
    """One page, newest first, and one row more when there are more. Each row has `balance_minor` after it where `want.whole`, else None."""
    with scope(pool, whose or UUID(merchant_id)) as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        rows = _rows(conn, merchant_id, want, newest=True)
        if rows and want.whole:
            _run(conn, merchant_id, want, rows)
    return rows


def period(pool: Pool, merchant_id: str, want: Wanted) -> Period:
    """What one account held before `since`, what came and went until `until` (None: from the beginning, until now)."""
    with scope(pool, UUID(merchant_id)) as conn:
        conn.execute("set transaction isolation level repeatable read, read only")
        start = _before(conn, merchant_id, want, (want.since, _NOWHERE, 0)) if want.since else (0, 0, 0)
        end = _before(conn, merchant_id, want, (want.until, _NOWHERE, 0)) if want.until else _now(conn, merchant_id, want)
    return Period(start[0] + start[1], end[0] - start[0], end[1] - start[1], end[2] - start[2])


def stream(pool: Pool, merchant_id: str, want: Wanted, piece: int = 2000) -> Iterator[Row]:
    """Every entry wanted, oldest first, read in pieces; with the running balance where `want.whole`. Nothing is held between pieces."""
    balance = period(pool, merchant_id, want).opening if want.whole else None
    want = replace(want, limit=piece, after=None)
    while True:
        with scope(pool, UUID(merchant_id)) as conn:
            rows = _rows(conn, merchant_id, want, newest=False)
        for row in rows[:piece]:
            if balance is not None:
                balance += row["amount_minor"]
            yield row | {"balance_minor": balance}
        if len(rows) <= piece:
            return
        want = replace(want, after=key_of(rows[piece - 1]))


def key_of(row: Row) -> Key:
    """Where a row stands, for the page after it."""
    return row["at"], row["movement_id"], row["line"]


def of_case(pool: Pool, merchant_id: str, case_id: str) -> list[Row]:
    """Every entry about one case, oldest first."""
    with scope(pool, UUID(merchant_id)) as conn:
        return _rows(conn, merchant_id, Wanted(case_id=case_id, limit=500), newest=False)


def of_kinds(pool: Pool, merchant_id: str, kinds: tuple[str, ...], most: int = 40) -> list[Row]:
    """The newest entries of some rare kinds, such as what the platform books by hand."""
    with scope(pool, UUID(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            f"select {_COLUMNS}, null::bigint as balance_minor from (select {_FIELDS} {_BY_MOVEMENT} where m.merchant_id = %s and m.kind = any(%s) order by m.at desc, m.id desc, e.line limit %s) x"
            f" {_TOLD} order by x.at desc, x.movement_id desc, x.line",
            (UUID(merchant_id), list(kinds), most),
        ).fetchall()


def merchants(pool: Pool) -> list[Row]:
    """For the platform: every merchant with its deposit, advances and settlement, largest debt first: id, name, currency, deposit, advance, settlement, penalty."""
    with scope(pool, PLATFORM) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select m.id::text as id, m.name, coalesce(b.currency, m.currency) as currency, coalesce(sum(balance_minor) filter (where account = 'merchant_deposit'), 0)::bigint as deposit,"
            " coalesce(sum(balance_minor) filter (where account = 'platform_advance'), 0)::bigint as advance, coalesce(sum(balance_minor) filter (where account = 'merchant_settlement'), 0)::bigint as settlement,"
            " coalesce(sum(balance_minor) filter (where account = 'penalty'), 0)::bigint as penalty, coalesce(sum(balance_minor) filter (where account = 'buyer_refund'), 0)::bigint as owed"
            " from merchants m left join ledger_balances b on b.merchant_id = m.id where m.id <> %s group by 1, 2, 3 order by advance, settlement, m.name limit 500", (_NOWHERE,)
        ).fetchall()


def _rows(conn: psycopg.Connection, merchant_id: str, want: Wanted, *, newest: bool) -> list[Row]:
    given: dict[str, Any] = {"m": UUID(merchant_id), "most": want.limit + 1, "account": want.account, "currency": want.currency, "kind": want.kind, "case": want.case_id, "order": want.order_id,
                             "since": want.since, "until": want.until}
    by_entry = bool(want.account) and not (want.case_id or want.order_id) and not (want.kind and _many(conn, given))
    place: LiteralString = "(e.at, e.movement_id, e.line)" if by_entry else "(m.at, m.id, e.line)"
    where: list[LiteralString] = ["e.merchant_id = %(m)s" if by_entry else "m.merchant_id = %(m)s"]
    where += ["e.account = %(account)s"] if want.account else []
    where += ["e.currency = %(currency)s"] if want.currency else []
    where += ["m.kind = %(kind)s"] if want.kind else []
    where += ["m.case_id = %(case)s"] if want.case_id else []
    where += ["m.order_id = %(order)s"] if want.order_id else []
    at: LiteralString = "e.at" if by_entry else "m.at"
    where += [at + " >= %(since)s"] if want.since else []
    where += [at + " < %(until)s"] if want.until else []
    if want.after:
        given |= {"at": want.after[0], "movement": want.after[1], "line": want.after[2]}
        past: LiteralString = "<" if newest else ">"
        where += [f"{place} {past} (%(at)s, %(movement)s::uuid, %(line)s::smallint)"]
        where += [] if by_entry else [f"(m.at, m.id) {past}= (%(at)s, %(movement)s::uuid)"]
    way = _WAYS[newest]
    key: LiteralString = f"order by e.at {way}, e.movement_id {way}, e.line {way}" if by_entry else f"order by m.at {way}, m.id {way}, e.line {way}"
    wanted: LiteralString = f"where {' and '.join(where)} {key} limit %(most)s"
    if not by_entry:
        inner: LiteralString = f"select {_FIELDS} {_BY_MOVEMENT} {wanted}"
    elif want.kind:
        inner = f"select {_FIELDS} from ledger_entries e {_THEIR_MOVEMENTS} {wanted}"
    else:
        inner = f"select {_FIELDS} from (select * from ledger_entries e {wanted}) e {_THEIR_MOVEMENTS}"
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"select {_COLUMNS} from ({inner}) x {_TOLD} order by x.at {way}, x.movement_id {way}, x.line {way}", given).fetchall()
    return [row | {"balance_minor": None} for row in rows]


def _many(conn: psycopg.Connection, given: dict[str, Any]) -> bool:
    row = conn.execute("select sum(entries) from ledger_days where merchant_id = %(m)s and account = %(account)s and currency = %(currency)s", given).fetchone()
    return bool(row and row[0] and row[0] > DRIVE_BY_KIND)


def _run(conn: psycopg.Connection, merchant_id: str, want: Wanted, rows: list[Row]) -> None:
    """The balance after each row, counted down from the newest."""
    came, out, _ = _before(conn, merchant_id, want, key_of(rows[0]))
    balance = came + out + rows[0]["amount_minor"]
    for row in rows:
        row["balance_minor"] = balance
        balance -= row["amount_minor"]


def _before(conn: psycopg.Connection, merchant_id: str, want: Wanted, key: Key | tuple[datetime | None, str, int]) -> tuple[int, int, int]:
    given = {"m": UUID(merchant_id), "account": want.account, "currency": want.currency, "at": key[0], "movement": key[1], "line": key[2]}
    row = conn.execute(_BEFORE, given).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _now(conn: psycopg.Connection, merchant_id: str, want: Wanted) -> tuple[int, int, int]:
    row = conn.execute(
        "select coalesce(sum(in_minor), 0)::bigint, coalesce(sum(out_minor), 0)::bigint, coalesce(sum(entries), 0)::bigint from ledger_days where merchant_id = %s and account = %s and currency = %s",
        (UUID(merchant_id), want.account, want.currency),
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]
