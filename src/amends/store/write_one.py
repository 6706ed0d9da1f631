"""The write of a batch that is one decision: a statement that holds only what is written, with plain parameters.

What `sql/write_cases.sql` does for many by reading JSON and joining it, this does for one without: a command somebody gives is mostly alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

MOST = 3
"""Rows of the outbox a statement of its own is made for."""

_CASE = """update cases k set version = %(version)s, state = %(state)s, type = %(type)s, reason = %(reason)s, quantity = %(quantity)s,
    quantity_received = coalesce(%(quantity_received)s, k.quantity_received), parcel_state = coalesce(%(parcel_state)s, k.parcel_state),
    assigned_at = case when %(assignee)s::uuid is distinct from k.assignee then %(assigned_at)s else k.assigned_at end, assignee = %(assignee)s::uuid,
    fault = coalesce(%(fault)s, k.fault), waits_on = %(waits_on)s, due_at = %(due_at)s, alert = %(alert)s, granted_minor = %(granted_minor)s, moved_minor = %(moved_minor)s,
    granted_at = coalesce(%(granted_at)s, k.granted_at), moved_at = coalesce(%(moved_at)s, k.moved_at), closed_at = %(closed_at)s, updated_at = %(now)s, facts = k.facts || %(facts)s
  where k.merchant_id = %(merchant)s and k.id = %(id)s and k.version = %(was)s returning k.id"""
_COLUMNS = (
    "id", "was", "version", "state", "type", "reason", "fault", "quantity", "quantity_received", "parcel_state", "assignee", "assigned_at", "waits_on", "due_at", "alert",
    "granted_minor", "moved_minor", "granted_at", "moved_at", "closed_at", "facts",
)
_TABLES = {
    "events": ("case_id", "version", "name", "command_id", "actor_kind", "actor_id", "actor_name", "at", "body", "explanation"),
    "clocks": ("case_id", "name", "due_at", "remind_at", "case_version"),
    "outbox": ("id", "case_id", "effect", "body", "due_at"),
    "commands_done": ("command_id", "case_id", "answer", "at"),
    "audit": ("id", "actor_kind", "actor_id", "actor_name", "action", "subject_kind", "subject_id", "before", "after", "at"),
}
_AGAIN = """on conflict (merchant_id, case_id, name) do update set due_at = excluded.due_at, remind_at = excluded.remind_at, case_version = excluded.case_version,
  paused_left = null, attempts = 0"""


def written(merchant: Any, rows: Any, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The statement and its parameters for these rows (`store.batch.Writing`, beside rows apart); None when they are more than one decision."""
    if len(rows.cases) != 1 or len(rows.events) != 1 or len(rows.done) > 1 or len(rows.audit) > 1 or len(rows.armed) > 1 or len(rows.outbox) > MOST:
        return None
    at = now.isoformat()
    given: dict[str, Any] = {"merchant": merchant, "now": now}
    case = rows.cases[0]
    given.update({name: _plain(case.get(name)) for name in _COLUMNS})
    for table, some in (("events", rows.events), ("clocks", rows.armed), ("outbox", rows.outbox), ("commands_done", rows.done), ("audit", rows.audit)):
        for n, row in enumerate(some):
            given.update({f"{table}_{n}_{name}": _plain(row.get(name)) for name in _TABLES[table]})
            if table in ("commands_done", "audit") or (table == "outbox" and row["due_at"] is None):
                given[f"{table}_{n}_{'due_at' if table == 'outbox' else 'at'}"] = at
    if rows.disarmed:
        given["kept"] = rows.disarmed[0][1]
    return _statement(bool(rows.disarmed), len(rows.armed), len(rows.outbox), len(rows.done), len(rows.audit)), given


def _plain(value: Any) -> Any:
    """As text, so that a value and none at all make one statement."""
    if isinstance(value, datetime):
        return value.isoformat()
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value


@cache
def _statement(disarms: bool, armed: int, outbox: int, done: int, audit: int) -> str:
    parts = [f"u as ({_CASE})", f"e as ({_insert('events', 1)})"]
    if disarms:
        parts.append("d as (delete from clocks k where k.merchant_id = %(merchant)s and k.case_id = %(id)s and k.name <> %(kept)s)")
    if armed:
        parts.append(f"i as ({_insert('clocks', armed)} {_AGAIN})")
    parts += [f"{table} as ({_insert(table, count)})" for table, count in (("outbox", outbox), ("commands_done", done), ("audit", audit)) if count]
    # Division by zero, and so no commit, if the case moved meanwhile.
    return f"with {', '.join(parts)} select 1 / count(*) from u"


def _insert(table: str, count: int) -> str:
    columns: Sequence[str] = _TABLES[table]
    values = ", ".join(f"(%(merchant)s, {', '.join(f'%({table}_{n}_{name})s' for name in columns)})" for n in range(count))
    return f"insert into {table} (merchant_id, {', '.join(columns)}) values {values}"
