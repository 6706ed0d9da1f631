"""Past decisions of people, with when each case had come to its node: what a trial compares strategies with (SA-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg


@dataclass(slots=True)
class PastDecision:
    """How a case left a node: the command, who gave it (merchant, system, …) and what they said; `entered` and `entered_version`: how and when it had come there."""

    case_id: str
    number: str
    command: str
    actor_kind: str
    actor_name: str
    words: str
    version: int
    decided_at: datetime
    entered_version: int
    entered: datetime
    granted: int
    amount: int
    type: str
    buyer: str = ""
    currency: str = "CNY"


_DECISIONS = """
select d.case_id::text, c.number, d.body ->> 'command', d.actor_kind, coalesce(d.actor_name, ''), coalesce(d.body -> 'input' ->> 'words', d.body -> 'input' ->> 'reason', ''), d.version, d.at,
  (select max(z.version) from events z where z.merchant_id = c.merchant_id and z.case_id = c.id and z.version < d.version and z.at <= e.at), e.at, c.granted_minor, coalesce(c.amount_minor, 0), coalesce(c.type, ''),
  coalesce(c.buyer_id, ''), coalesce(c.currency, 'CNY')
from cases c
join lateral (select * from events x where x.merchant_id = c.merchant_id and x.case_id = c.id and x.body ->> 'from' = any(%(states)s)
  and (x.body ->> 'command' = any(%(commands)s) or (x.body ->> 'command' = 'run_out' and x.body ->> 'to' <> x.body ->> 'from')) and x.at >= %(since)s and x.at <= %(until)s
  order by x.version desc limit 1) d on true
join lateral (select y.version, y.at from events y where y.merchant_id = c.merchant_id and y.case_id = c.id and y.version < d.version and y.body ->> 'to' = any(%(states)s)
  and (y.version = 1 or y.body ->> 'from' is distinct from y.body ->> 'to' or y.body ->> 'command' = any(%(again)s)) order by y.version desc limit 1) e on true
where c.merchant_id = %(m)s and c.kind = %(kind)s and (%(after)s = '' or c.id > nullif(%(after)s, '')::uuid)
  and c.id in (select z.case_id from events z where z.merchant_id = %(m)s and z.at >= %(since)s and z.at <= %(until)s)
order by c.id limit %(many)s
"""


def decisions(
    conn: psycopg.Connection, merchant: str, kind: str, states: tuple[str, ...], commands: list[str], again: list[str], since: datetime, until: datetime, after: str, many: int,
) -> list[PastDecision]:
    """Cases of a kind that left these states in the time by one of these commands (or by their clock), each once with its last leaving, by id."""
    given = {
        "m": UUID(merchant), "kind": kind, "states": list(states), "commands": commands, "again": again, "since": since, "until": until, "after": after, "many": many,
    }
    return [PastDecision(*row) for row in conn.execute(_DECISIONS, given).fetchall()]


# A case that is looked at again before anybody decides it is one case: as it was when the row fitted it first.
_SHADOWS = """
select * from (
select distinct on (d.case_id, d.row_id, p.version) d.case_id::text, c.number, p.body ->> 'command', p.actor_kind, coalesce(p.actor_name, ''), coalesce(p.body -> 'input' ->> 'words', p.body -> 'input' ->> 'reason', ''),
  p.version as left_by, p.at as left_at, d.case_version, d.at, c.granted_minor, coalesce(c.amount_minor, 0), coalesce(c.type, ''), coalesce(c.buyer_id, ''), coalesce(c.currency, 'CNY'), d.row_id::text, d.table_version
from strategy_decisions d join cases c on c.merchant_id = d.merchant_id and c.id = d.case_id
join lateral (select * from events x where x.merchant_id = d.merchant_id and x.case_id = d.case_id and x.version > d.case_version and x.body ->> 'from' = any(%(states)s)
  and (x.body ->> 'command' = any(%(commands)s) or (x.body ->> 'command' = 'run_out' and x.body ->> 'to' <> x.body ->> 'from')) order by x.version limit 1) p on true
where d.merchant_id = %(m)s and d.kind = %(kind)s and d.node = %(node)s and d.outcome = 'shadow' and d.at >= %(since)s and (%(row)s = '' or d.row_id = nullif(%(row)s, '')::uuid)
order by d.case_id, d.row_id, p.version, d.at
) x order by x.at desc limit %(many)s
"""


def shadows(
    conn: psycopg.Connection, merchant: str, kind: str, node: str, states: tuple[str, ...], commands: list[str], since: datetime, many: int, row_id: str = "",
) -> list[tuple[PastDecision, str, int]]:
    """What rows that looked on (`row_id`: one of them) would have done, beside how each case was then decided: (decision, row id, table version), newest first."""
    given = {"m": UUID(merchant), "kind": kind, "node": node, "states": list(states), "commands": commands, "since": since, "many": many, "row": row_id}
    return [(PastDecision(*row[:15]), row[15], row[16]) for row in conn.execute(_SHADOWS, given).fetchall()]


def count(conn: psycopg.Connection, merchant: str, kind: str, since: datetime, until: datetime) -> int:
    """About how many cases a trial goes through: those with something that happened in the time."""
    row = conn.execute(
        "select count(distinct e.case_id) from events e join cases c on c.merchant_id = e.merchant_id and c.id = e.case_id where e.merchant_id = %s and c.kind = %s and e.at >= %s and e.at <= %s",
        (UUID(merchant), kind, since, until),
    ).fetchone()
    return int(row[0]) if row else 0


def keep_disagreements(conn: psycopg.Connection, merchant: str, run_id: str, rows: list[dict[str, Any]]) -> None:
    """Keep cases on which people and rows differ; the same case again is written once."""
    if rows:
        conn.execute(
            "insert into strategy_run_cases (merchant_id, run_id, case_id, people, people_name, people_words, strategy, row_id, amount_minor, decided_at)"
            " select %s, %s, x.case_id, x.people, x.people_name, x.people_words, x.strategy, x.row_id, x.amount, x.decided_at from json_to_recordset(%s)"
            " as x(case_id uuid, people text, people_name text, people_words text, strategy text, row_id uuid, amount bigint, decided_at timestamptz) on conflict do nothing",
            (UUID(merchant), run_id, msgspec.json.encode(rows).decode()),
        )


def keep_left(conn: psycopg.Connection, merchant: str, run_id: str, rows: list[dict[str, Any]]) -> None:
    """Keep cases that a row fitted and a limit (`refusal` null) or the road's `refusal` would have left to people; the same case again is written once."""
    if rows:
        conn.execute(
            "insert into strategy_run_limited (merchant_id, run_id, case_id, refusal) select %s, %s, x.case_id, x.refusal from json_to_recordset(%s) as x(case_id uuid, refusal jsonb)"
            " on conflict do nothing", (UUID(merchant), run_id, msgspec.json.encode(rows).decode()),
        )


def left(conn: psycopg.Connection, merchant: str, run_id: str, ids: list[str]) -> dict[str, dict[str, Any] | None]:
    """Those of these cases that this trial left to people: by case, the road's refusal, None where a limit did."""
    rows = conn.execute(
        "select case_id::text, refusal from strategy_run_limited where merchant_id = %s and run_id = %s and case_id = any(%s::uuid[])", (UUID(merchant), run_id, ids)
    ).fetchall()
    return dict(rows)


def disagreements(conn: psycopg.Connection, merchant: str, run_id: str, after: str, many: int) -> list[tuple[Any, ...]]:
    """(case id, number, people, name, words, strategy, row id, amount, currency, decided at), by case id."""
    return conn.execute(
        "select x.case_id::text, c.number, x.people, x.people_name, x.people_words, x.strategy, x.row_id::text, x.amount_minor, coalesce(c.currency, 'CNY'), x.decided_at from strategy_run_cases x"
        " join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id where x.merchant_id = %(m)s and x.run_id = %(run)s and (%(after)s = '' or x.case_id > nullif(%(after)s, '')::uuid)"
        " order by x.case_id limit %(many)s", {"m": UUID(merchant), "run": run_id, "after": after, "many": many},
    ).fetchall()
