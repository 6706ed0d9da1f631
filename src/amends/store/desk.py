"""Assignments of the platform's desk: read and written in the platform's scope, set-based (UI-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

Connection = psycopg.Connection


@dataclass(slots=True)
class Held:
    """A case of the platform's desk as it is assigned now; `person_id` None for nobody. Locked until the transaction ends."""

    merchant_id: str
    case_id: str
    kind: str
    number: str
    open: bool
    person_id: str | None
    person_name: str | None
    judges: list[str]


_WANTED = "from unnest(%(merchants)s::uuid[], %(cases)s::uuid[]) w (merchant_id, case_id) join cases c on c.merchant_id = w.merchant_id and c.id = w.case_id"
_LOCK = f"select 1 {_WANTED} where c.kind in ('dispute', 'ticket') order by c.id for update of c"
# Read after the lock is held, as a statement of its own: what somebody else has just given away stands in its snapshot.
_HELD = f"""
select c.merchant_id::text, c.id::text as case_id, c.kind, c.number, c.closed_at is null as open, a.person_id::text, a.person_name,
  array(select j #>> '{{}}' from (select jsonb_path_query(c.facts, '$.judgements[*].by') union select jsonb_path_query(c.facts, '$.judgements[*].second')
    union select jsonb_path_query(c.facts, '$.dismissers[*]')) took (j) where j #>> '{{}}' is not null) as judges
{_WANTED} left join desk_assignments a on a.merchant_id = c.merchant_id and a.case_id = c.id
where c.kind in ('dispute', 'ticket') order by c.id"""
_SET = """
insert into desk_assignments (merchant_id, case_id, kind, person_id, person_name, by_id, by_name, at)
select merchant_id, case_id, kind, person_id, person_name, %(by_id)s, %(by_name)s, %(now)s
from unnest(%(merchants)s::uuid[], %(cases)s::uuid[], %(kinds)s::text[], %(people)s::uuid[], %(names)s::text[]) w (merchant_id, case_id, kind, person_id, person_name)
on conflict (merchant_id, case_id) do update set person_id = excluded.person_id, person_name = excluded.person_name, by_id = excluded.by_id, by_name = excluded.by_name, at = excluded.at"""


def hold(conn: Connection, cases: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Held]:
    """Lock these cases (merchant, id), by id, and say who has each; what is no dispute and no ticket is left out.

    The case's row is the lock of its assignment: two who hand out the same cases at once come one after the other.
    """
    given = {"merchants": [m for m, _ in cases], "cases": [c for _, c in cases]}
    conn.execute(_LOCK, given)
    with conn.cursor(row_factory=class_row(Held)) as cursor:
        return {(h.merchant_id, h.case_id): h for h in cursor.execute(_HELD, given).fetchall()}


def put(conn: Connection, given: Sequence[tuple[Held, str, str]], by_id: str, by_name: str, now: datetime) -> None:
    """Give each case to a person (id, name), whoever had it."""
    conn.execute(_SET, {
        "merchants": [h.merchant_id for h, _, _ in given], "cases": [h.case_id for h, _, _ in given], "kinds": [h.kind for h, _, _ in given],
        "people": [p for _, p, _ in given], "names": [n for _, _, n in given], "by_id": by_id, "by_name": by_name, "now": now,
    })


def drop(conn: Connection, held: Sequence[Held]) -> None:
    """Nobody has these cases any more."""
    conn.execute(
        "delete from desk_assignments a using unnest(%s::uuid[], %s::uuid[]) w (merchant_id, case_id) where a.merchant_id = w.merchant_id and a.case_id = w.case_id",
        ([h.merchant_id for h in held], [h.case_id for h in held]),
    )


def colleagues(conn: Connection) -> list[dict[str, Any]]:
    """Everybody of the platform who may come in: id, name, whether the main account, and what they hold."""
    rows = conn.execute(
        "select p.id::text, p.name, p.main_account, array(select unnest(r.permissions) from grants g join roles r on r.id = g.role_id where g.person_id = p.id and g.merchant_id is null"
        " union select g.permission from grants g where g.person_id = p.id and g.permission is not null and g.merchant_id is null)"
        " from people p where p.merchant_id is null and p.active order by p.name, p.id limit 500"
    ).fetchall()
    return [{"id": r[0], "name": r[1], "main_account": r[2], "permissions": list(r[3])} for r in rows]


def loads(conn: Connection, kind: str) -> dict[str, int]:
    """How many open cases of a kind each person has."""
    rows = conn.execute(
        "select a.person_id::text, count(*)::int from desk_assignments a join cases c on c.merchant_id = a.merchant_id and c.id = a.case_id"
        " where a.kind = %s and c.closed_at is null group by a.person_id", (kind,),
    ).fetchall()
    return dict(rows)
