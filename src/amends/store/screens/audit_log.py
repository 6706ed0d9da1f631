"""The audit log, searched and paged (ST-8). `merchant_id` None: the platform's own doings; `everybody`: all merchants' too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg.rows import dict_row

from amends.store.audit import NOBODY, scope_of
from amends.store.connect import Pool, scope

Row = dict[str, Any]
_COLUMNS: LiteralString = """a.id::text as id, a.merchant_id::text as merchant_id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.action, a.subject_kind, a.subject_id,
  host(a.address) as address, a.correlation_id, a.before, a.after,
  (select m.name from merchants m where m.id = a.merchant_id) as merchant"""


@dataclass(slots=True)
class Sought:
    """What is looked for: an action, part of an actor's name, a subject or words in what changed, a stretch of time; after which row it goes on."""

    action: str = ""
    actor: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, str] | None = None
    everybody: bool = False


def page(pool: Pool, merchant_id: str | None, sought: Sought, limit: int = 50) -> list[Row]:
    """The newest rows first, one more than `limit` if there are more."""
    where, given = _where(merchant_id, sought)
    with scope(pool, scope_of(merchant_id)) as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select " + _COLUMNS + " from audit a where " + where + " order by a.at desc, a.id desc limit %(limit)s", given | {"limit": limit + 1}
        ).fetchall()


def every(pool: Pool, merchant_id: str | None, sought: Sought, chunk: int = 2000) -> Iterator[Row]:
    """All rows that match, a chunk at a time, so that an export of any length keeps little in memory."""
    while True:
        rows = page(pool, merchant_id, sought, chunk)
        yield from rows[:chunk]
        if len(rows) <= chunk:
            return
        sought.after = (rows[chunk - 1]["at"], rows[chunk - 1]["id"])


def actions(pool: Pool, merchant_id: str | None) -> list[str]:
    """The actions that occur, for the choice in the search form: a walk from one to the next."""
    with scope(pool, scope_of(merchant_id)) as conn:
        rows = conn.execute("select distinct action from (select action from audit where merchant_id = %s order by at desc limit 5000) a order by 1", (merchant_id or NOBODY,))
        return [row[0] for row in rows]


def _where(merchant_id: str | None, sought: Sought) -> tuple[LiteralString, Row]:
    where: list[LiteralString] = [] if sought.everybody and merchant_id is None else ["a.merchant_id = %(merchant)s"]
    tests: dict[LiteralString, Any] = {
        "a.action = %(action)s": sought.action, "a.actor_name ilike %(actor)s": sought.actor, "a.at >= %(since)s": sought.since, "a.at < %(until)s": sought.until,
        "(a.subject_id = %(word)s or a.before::text ilike %(words)s or a.after::text ilike %(words)s)": sought.words,
    }
    where += [test for test, value in tests.items() if value]
    if sought.after:
        where.append("(a.at, a.id) < (%(at)s, %(last)s)")
    at, last = sought.after or (None, None)
    given = {
        "merchant": merchant_id or NOBODY, "action": sought.action, "actor": _like(sought.actor), "since": sought.since, "until": sought.until,
        "word": sought.words, "words": _like(sought.words), "at": at, "last": last,
    }
    return " and ".join(where) or "true", given


def _like(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
