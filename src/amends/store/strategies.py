"""Tables of strategies, their drafts and versions, and what their rows did (SA-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of


@dataclass(slots=True)
class TableRow:
    """A table as stored. `published` are the rows of `version`; `draft` is None when nothing is being changed."""

    version: int
    published: list[dict[str, Any]]
    draft: list[dict[str, Any]] | None
    draft_version: int
    draft_by: str
    draft_at: datetime | None


@dataclass(slots=True)
class VersionRow:
    """One published version without its rows: who made it when, how (published, switched, rolled_back), and why."""

    version: int
    how: str
    note: str
    by_name: str
    at: datetime
    rows: int


def get(conn: psycopg.Connection, merchant: str, kind: str, node: str, *, lock: bool = False) -> TableRow:
    """The table; an empty one where nothing was ever kept. `lock` holds it (and makes it, so that there is something to hold)."""
    if lock:
        conn.execute("insert into strategy_tables (merchant_id, kind, node) values (%s, %s, %s) on conflict do nothing", (UUID(merchant), kind, node))
    row = conn.execute(
        "select t.version, v.rows, t.draft, t.draft_version, t.draft_by, t.draft_at from strategy_tables t left join strategy_versions v"
        " on v.merchant_id = t.merchant_id and v.kind = t.kind and v.node = t.node and v.version = t.version"
        f" where t.merchant_id = %s and t.kind = %s and t.node = %s{' for update of t' if lock else ''}", (UUID(merchant), kind, node),
    ).fetchone()
    return TableRow(row[0], row[1] or [], *row[2:]) if row else TableRow(0, [], None, 0, "", None)


def keep_draft(conn: psycopg.Connection, merchant: str, kind: str, node: str, rows: list[dict[str, Any]] | None, by: str, now: datetime) -> int:
    """Keep the draft (None: there is none any more); answers its new revision."""
    found = conn.execute(
        "update strategy_tables set draft = %s::text::jsonb, draft_version = draft_version + 1, draft_by = %s, draft_at = %s where merchant_id = %s and kind = %s and node = %s returning draft_version",
        (None if rows is None else msgspec.json.encode(rows).decode(), by, now, UUID(merchant), kind, node),
    ).fetchone()
    return int(found[0]) if found else 0


def add_version(
    conn: psycopg.Connection, merchant: str, kind: str, node: str, rows: list[dict[str, Any]], how: str, note: str, by: tuple[str, str], now: datetime, works: bool, moves: bool,
) -> int:
    """Publish these rows as the next version, in use from the commit on; answers its number."""
    found = conn.execute(
        "update strategy_tables set version = version + 1, works = %s, moves = %s, looked_at = %s where merchant_id = %s and kind = %s and node = %s returning version",
        (works, moves, now, UUID(merchant), kind, node),
    ).fetchone()
    assert found is not None, "the table is locked before it is published"
    conn.execute(
        "insert into strategy_versions (merchant_id, kind, node, version, rows, how, note, by_id, by_name, at) values (%s, %s, %s, %s, %s::text::jsonb, %s, %s, %s, %s, %s)",
        (UUID(merchant), kind, node, found[0], msgspec.json.encode(rows).decode(), how, note, *by, now),
    )
    return int(found[0])


def version(conn: psycopg.Connection, merchant: str, kind: str, node: str, number: int) -> list[dict[str, Any]] | None:
    """The rows of one version; None if there is no such version."""
    row = conn.execute("select rows from strategy_versions where merchant_id = %s and kind = %s and node = %s and version = %s", (UUID(merchant), kind, node, number)).fetchone()
    return row[0] if row else None


def versions(conn: psycopg.Connection, merchant: str, kind: str, node: str, before: int, many: int) -> list[VersionRow]:
    """Versions below `before`, newest first."""
    rows = conn.execute(
        "select version, how, note, by_name, at, jsonb_array_length(rows) from strategy_versions where merchant_id = %s and kind = %s and node = %s and version < %s order by version desc limit %s",
        (UUID(merchant), kind, node, before, many),
    ).fetchall()
    return [VersionRow(*row) for row in rows]


def working(conn: psycopg.Connection, merchant: str, *, hold: bool = False) -> dict[tuple[str, str], int]:
    """The published version of every table of this merchant that has a row in use, by kind and node. `hold`: nothing of them is published until this transaction ends."""
    asked = f"select kind, node, version from strategy_tables where merchant_id = %s and works order by kind, node{' for share' if hold else ''}"
    return {(k, n): v for k, n, v in conn.execute(asked, (UUID(merchant),)).fetchall()}


# From row to row, and of each outcome the newest, by one index: an act pays for each index it is in.
_COUNTS = """
with recursive r as (
  (select row_id from strategy_decisions where merchant_id = %(m)s order by row_id limit 1)
  union all
  select (select d.row_id from strategy_decisions d where d.merchant_id = %(m)s and d.row_id > r.row_id order by d.row_id limit 1) from r where r.row_id is not null
)
select r.row_id::text, o.outcome, n.times from r cross join unnest(array['fired', 'shadow', 'refused']) as o(outcome)
  cross join lateral (select (case o.outcome when 'fired' then count(*) else count(distinct d.case_id) end)::int as times from strategy_decisions d where d.merchant_id = %(m)s and d.row_id = r.row_id and d.outcome = o.outcome and d.at >= %(since)s) n
where n.times > 0
"""


def counts(conn: psycopg.Connection, merchant: str, since: datetime) -> list[tuple[str, str, int]]:
    """How often each row of this merchant's tables fired, on how many cases it would have, and from how many it was kept: (row id, outcome, times)."""
    return conn.execute(_COUNTS, {"m": UUID(merchant), "since": since}).fetchall()


def decisions(conn: psycopg.Connection, merchant: str, row_id: str, outcome: str, since: datetime, after: tuple[datetime, str] | None, many: int) -> list[tuple[Any, ...]]:
    """Decisions of one row, newest first, of a case that was only looked at or refused the last: (case id, number, state, outcome, command, refusal, amount, at, table version)."""
    return conn.execute(
        "select d.case_id::text, c.number, c.state, d.outcome, d.command, d.refusal, d.amount_minor, d.at, d.table_version from strategy_decisions d"
        " join cases c on c.merchant_id = d.merchant_id and c.id = d.case_id where d.merchant_id = %(m)s and d.row_id = %(row)s and d.at >= %(since)s"
        " and (%(outcome)s = '' or d.outcome = %(outcome)s) and (d.outcome = 'fired' or not exists (select 1 from strategy_decisions n where n.merchant_id = d.merchant_id and n.case_id = d.case_id"
        " and n.row_id = d.row_id and n.outcome = d.outcome and n.case_version > d.case_version)) and (%(at)s::timestamptz is null or (d.at, d.case_id) < (%(at)s, %(case)s::uuid)) order by d.at desc, d.case_id desc limit %(many)s",
        {"m": UUID(merchant), "row": row_id, "since": since, "outcome": outcome, "at": after[0] if after else None, "case": after[1] if after else None, "many": many},
    ).fetchall()


def undecided(conn: psycopg.Connection, merchant: str, kind: str, node_states: tuple[str, ...], since: datetime) -> int:
    """Cases opened since then that no row of this kind ever decided: left to people."""
    row = conn.execute(
        "select count(*) from cases c where c.merchant_id = %(m)s and c.kind = %(kind)s and c.opened_at >= %(since)s"
        " and not exists (select 1 from strategy_decisions d where d.merchant_id = %(m)s and d.case_id = c.id and d.outcome = 'fired')", {"m": UUID(merchant), "kind": kind, "since": since},
    ).fetchone()
    return int(row[0]) if row else 0


def known(conn: psycopg.Connection, merchant: str) -> tuple[str, list[str], list[tuple[str, str]], list[tuple[str, str]], list[str], list[str]]:
    """What a table may name: the pack reference, categories, return addresses (id, label), people (id, name), payment methods, keyword set codes found so far."""
    m = (UUID(merchant),)
    pack = conn.execute("select pack_ref from merchants where id = %s", m).fetchone()
    categories = [r[0] for r in conn.execute("select distinct category from skus where merchant_id = %s and category <> '' order by 1 limit 500", m).fetchall()]
    addresses = conn.execute("select id::text, label from addresses where merchant_id = %s and active order by is_default desc, label", m).fetchall()
    people = conn.execute("select id::text, name from people where merchant_id = %s and active order by name limit 500", m).fetchall()
    payments = [r[0] for r in conn.execute("select distinct method from (select method from payments where merchant_id = %s and method <> '' limit 5000) p order by 1", m).fetchall()]
    return (pack[0] if pack else "jd@0", categories, addresses, people, payments, [])


def merchant_seen(conn: psycopg.Connection, merchant: str) -> MerchantSeen:
    """The merchant as decisions look at it."""
    return merchant_of(conn.execute(f"select {COLUMNS} from merchants where id = %s", (UUID(merchant),)).fetchone())
