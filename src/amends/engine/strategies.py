"""Keeping strategies: tables by node, drafts two people may edit, versions, switching, rolling back, export and import (SA-1, SA-6, SA-8)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from amends.core.refusal import Refusal
from amends.core.strategies_ready import make, ready_made
from amends.core.strategy import BESIDE, Context, Mode, Row, Table, facts_used
from amends.core.strategy_check import check
from amends.core.strategy_facts import FACTS, STATES
from amends.core.strategy_json import decode, decode_rows, encode, encode_rows
from amends.core.strategy_never import never as core_never
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.strategy_compile import cel_problem, cel_variables
from amends.engine.strategy_known import choices_of, context_of
from amends.engine.strategy_runs import start_waiting
from amends.store import automation
from amends.store import strategies as rows
from amends.store.connect import Pool, scope
from amends.store.strategies import TableRow, VersionRow

PERMISSION = "manage_strategies"
MOST_NOTE = 500


@dataclass(slots=True)
class Draft:
    """What is being edited. `version` is its revision, to be handed back with the next change; `base` the published version; `same`: nothing differs from it."""

    table: Table
    version: int
    base: int
    by_name: str
    at: datetime | None
    same: bool


@dataclass(slots=True)
class Published:
    """A new version in use; `run_id` is the run over what already waits, if it was asked for (SA-8)."""

    version: int
    run_id: str | None = None


@dataclass(slots=True)
class Counts:
    """What one row did in the time looked at."""

    fired: int = 0
    shadow: int = 0
    refused: int = 0


@dataclass(slots=True)
class Decided:
    """One decision of a row, for the list behind a count."""

    case_id: str
    number: str
    state: str
    outcome: str
    command: str
    refusal: Refusal | None
    amount: int
    at: datetime
    table_version: int


@dataclass(slots=True)
class Overview:
    """Counts by row id, and how many cases opened meanwhile no row decided."""

    rows: dict[str, Counts] = field(default_factory=dict)
    left_to_people: int = 0


def table(pool: Pool, merchant: str, kind: str, node: str) -> Table:
    """The published table; version 0 without rows where nothing was published. KeyError for a node the kind does not have."""
    _ = STATES[(kind, node)]
    with scope(pool, UUID(merchant)) as conn:
        found = rows.get(conn, merchant, kind, node)
    return Table(node, kind, found.version, decode_rows(found.published)[0])


def draft(pool: Pool, merchant: str, kind: str, node: str) -> Draft:
    """The draft; what is published where nobody is changing anything."""
    _ = STATES[(kind, node)]
    with scope(pool, UUID(merchant)) as conn:
        return _draft(rows.get(conn, merchant, kind, node), kind, node)


def _draft(found: TableRow, kind: str, node: str) -> Draft:
    current = found.published if found.draft is None else found.draft
    made = Table(node, kind, found.version, decode_rows(current)[0])
    return Draft(made, found.draft_version, found.version, found.draft_by, found.draft_at, found.draft is None or found.draft == found.published)


def context(pool: Pool, merchant: str, kind: str, node: str) -> Context:
    """What a table of this merchant is checked against."""
    with scope(pool, UUID(merchant)) as conn:
        return context_of(conn, merchant, kind, node)


def choices(pool: Pool, merchant: str, kind: str) -> dict[str, list[tuple[str, str, str]]]:
    """What an editor offers, by source name of `core.strategy_facts`, and `addresses`, `people` and `groups` (roles; `assign` takes either) for fields of actions: (code, 中文, English)."""
    with scope(pool, UUID(merchant)) as conn:
        return choices_of(conn, merchant, kind)


def save_draft(pool: Pool, by: By, kind: str, node: str, rows_json: Any, draft_version: int, now: datetime) -> Draft | list[Refusal]:
    """Keep what was edited, if nobody else changed the draft since `draft_version`. A draft may be unfinished: only its form is checked, `problems` says the rest."""
    made, wrong = decode_rows(rows_json, new_id)
    wrong = _may(by, kind, node) + wrong
    if wrong or by.merchant_id is None:
        return wrong
    with scope(pool, by.scope) as conn:
        found = rows.get(conn, by.merchant_id, kind, node, lock=True)
        if found.draft_version != draft_version:
            return [Refusal("strategy_draft_moved", {"name": found.draft_by, "version": found.draft_version})]
        rows.keep_draft(conn, by.merchant_id, kind, node, encode_rows(made), by.actor.name, now)
        return _draft(rows.get(conn, by.merchant_id, kind, node), kind, node)


def drop_draft(pool: Pool, by: By, kind: str, node: str, draft_version: int, now: datetime) -> Draft | list[Refusal]:
    """Throw the draft away and begin again from what is published."""
    if wrong := _may(by, kind, node):
        return wrong
    assert by.merchant_id is not None
    with scope(pool, by.scope) as conn:
        found = rows.get(conn, by.merchant_id, kind, node, lock=True)
        if found.draft_version != draft_version:
            return [Refusal("strategy_draft_moved", {"name": found.draft_by, "version": found.draft_version})]
        rows.keep_draft(conn, by.merchant_id, kind, node, None, by.actor.name, now)
        return _draft(rows.get(conn, by.merchant_id, kind, node), kind, node)


def problems(pool: Pool, merchant: str, made: Table) -> list[Refusal]:
    """What keeps a table from being published, each with the path of its field (`rows[2].conditions[0].value`)."""
    return check(made, context(pool, merchant, made.kind, made.node))


def never(pool: Pool, merchant: str, made: Table, now: datetime) -> dict[str, list[Refusal]]:
    """Rows of a published table that can never act as pack and shop stand now, by row id, with why."""
    with scope(pool, UUID(merchant)) as conn:
        found, seen = context_of(conn, merchant, made.kind, made.node), rows.merchant_seen(conn, merchant)
    return core_never(made, found, now.astimezone(ZoneInfo(seen.tz)).date())


def publish(
    pool: Pool, by: By, kind: str, node: str, note: str, now: datetime, apply_to_waiting: bool = False, draft_version: int | None = None,
) -> Published | list[Refusal]:
    """Put the draft into use as the next version. `draft_version`: refused if somebody changed the draft since; None: whatever it is now."""
    wrong = _may(by, kind, node) + ([Refusal("strategy_note_long", {"most": MOST_NOTE}, "note")] if len(note) > MOST_NOTE else [])
    if wrong or by.merchant_id is None:
        return wrong
    with scope(pool, by.scope) as conn:
        found = rows.get(conn, by.merchant_id, kind, node, lock=True)
        if draft_version is not None and found.draft_version != draft_version:
            return [Refusal("strategy_draft_moved", {"name": found.draft_by, "version": found.draft_version})]
        if found.draft is None or found.draft == found.published:
            return [Refusal("strategy_nothing_to_publish")]
        made, wrong = decode_rows(found.draft)
        wrong += check(Table(node, kind, 0, made), context_of(conn, by.merchant_id, kind, node))
        return wrong or _publish(conn, by, found, Table(node, kind, 0, made), "published", note.strip(), now, apply_to_waiting)


def switch(pool: Pool, by: By, kind: str, node: str, row_id: str, mode: Mode, now: datetime, apply_to_waiting: bool = False) -> Published | list[Refusal]:
    """Switch one published row on, off or to looking on: a new version, in use at once. A draft that has the row follows."""
    if wrong := _may(by, kind, node):
        return wrong
    assert by.merchant_id is not None
    with scope(pool, by.scope) as conn:
        found = rows.get(conn, by.merchant_id, kind, node, lock=True)
        now_there = decode_rows(found.published)[0]
        old = next((row for row in now_there if row.id == row_id), None)
        if old is None:
            return [Refusal("strategy_row_unknown")]
        if old.mode == mode:
            return Published(found.version)
        made = Table(node, kind, 0, tuple(replace(row, mode=mode) if row.id == row_id else row for row in now_there))
        if mode != "off" and (wrong := check(Table(node, kind, 0, (replace(old, mode=mode),)), context_of(conn, by.merchant_id, kind, node))):
            return wrong
        if found.draft is not None:
            found.draft = [{**row, "mode": mode} if row.get("id") == row_id else row for row in found.draft]
        return _publish(conn, by, found, made, "switched", f"{old.name}: {old.mode} → {mode}", now, apply_to_waiting, keep=found.draft)


def roll_back(pool: Pool, by: By, kind: str, node: str, version: int, now: datetime, apply_to_waiting: bool = False) -> Published | list[Refusal]:
    """Put an earlier version into use again, as the next one. The draft is thrown away with what it was a change of."""
    if wrong := _may(by, kind, node):
        return wrong
    assert by.merchant_id is not None
    with scope(pool, by.scope) as conn:
        found = rows.get(conn, by.merchant_id, kind, node, lock=True)
        then = rows.version(conn, by.merchant_id, kind, node, version)
        if then is None:
            return [Refusal("strategy_version_unknown", {"version": version})]
        made = Table(node, kind, 0, decode_rows(then)[0])
        wrong = check(made, context_of(conn, by.merchant_id, kind, node))
        return wrong or _publish(conn, by, found, made, "rolled_back", str(version), now, apply_to_waiting)


def _publish(
    conn: Any, by: By, found: TableRow, made: Table, how: str, note: str, now: datetime, apply_to_waiting: bool, keep: list[dict[str, Any]] | None = None,
) -> Published:
    """One more version with its trace, in the transaction that holds the table."""
    merchant = str(by.merchant_id)
    used = [row for row in made.rows if row.mode != "off"]
    moves = any(FACTS[code].moves for code in facts_used(used, cel_variables) if code in FACTS) or any(any(r.active.hours) or r.active.weekdays or r.active.since for r in used)
    number = rows.add_version(conn, merchant, made.kind, made.node, encode_rows(made.rows), how, note, (by.actor.id, by.actor.name), now, bool(used), moves)
    rows.keep_draft(conn, merchant, made.kind, made.node, keep, by.actor.name, now)
    automation.refresh(conn, merchant)
    record(
        conn, by, now, f"strategies.{how}", ("strategy_table", f"{made.kind}.{made.node}"), before={"version": found.version, "rows": found.published},
        after={"version": number, "rows": encode_rows(made.rows), "note": note},
    )
    run = start_waiting(conn, merchant, replace(made, version=number), by.actor.name, now) if apply_to_waiting and used else None
    return Published(number, run)


def versions(pool: Pool, merchant: str, kind: str, node: str, before: int = 2**31 - 1, many: int = 50) -> list[VersionRow]:
    """Published versions, newest first: who, when, how, why. `before` pages on."""
    with scope(pool, UUID(merchant)) as conn:
        return rows.versions(conn, merchant, kind, node, before, many)


def version(pool: Pool, merchant: str, kind: str, node: str, number: int) -> Table | None:
    """One published version; None if there is none of this number."""
    with scope(pool, UUID(merchant)) as conn:
        found = rows.version(conn, merchant, kind, node, number)
    return None if found is None else Table(node, kind, number, decode_rows(found)[0])


def export_json(pool: Pool, merchant: str, kind: str, node: str, number: int | None = None) -> dict[str, Any] | None:
    """The published table (or one version of it) as a document of the published schema; None if there is no such version."""
    found = table(pool, merchant, kind, node) if number is None else version(pool, merchant, kind, node, number)
    return None if found is None else encode(found)


def import_json(pool: Pool, by: By, kind: str, node: str, document: Any, draft_version: int, now: datetime) -> Draft | list[Refusal]:
    """Take a document into the draft, every row switched off: somebody looks before anything acts."""
    found, wrong = decode(document, new_id)
    if found is None or wrong:
        return wrong
    if (found.kind, found.node) != (kind, node):
        return [Refusal("strategy_other_node", {"found": f"{found.kind}.{found.node}", "here": f"{kind}.{node}"})]
    return save_draft(pool, by, kind, node, encode_rows(tuple(replace(row, mode="off") for row in found.rows)), draft_version, now)


def counts(pool: Pool, merchant: str, kind: str, node: str, now: datetime, days: int = 30) -> Overview:
    """近 30 天: how often each row acted, would have, and was kept from it; and what was left to people."""
    since = now - timedelta(days=days)
    with scope(pool, UUID(merchant)) as conn:
        found = rows.counts(conn, merchant, since)
        out = Overview(left_to_people=rows.undecided(conn, merchant, kind, STATES[(kind, node)], since))
    for row_id, outcome, n in found:
        setattr(out.rows.setdefault(row_id, Counts()), outcome, n)
    return out


def decisions(
    pool: Pool, merchant: str, row_id: str, now: datetime, outcome: str = "", days: int = 30, after: tuple[datetime, str] | None = None, many: int = 50,
) -> list[Decided]:
    """The cases behind a count, newest first; `outcome` "" for all, fired, shadow or refused; `after` (at, case id) pages on."""
    if not is_id(row_id):
        return []
    with scope(pool, UUID(merchant)) as conn:
        found = rows.decisions(conn, merchant, row_id, outcome, now - timedelta(days=days), after, many)
    return [
        Decided(case, number, state, said, command, None if why is None else Refusal(why["code"], why["facts"], why.get("field")), amount, at, table_version)
        for case, number, state, said, command, why, amount, at, table_version in found
    ]


def _may(by: By, kind: str, node: str) -> list[Refusal]:
    if (refusal := by.lacks(PERMISSION)) is not None:
        return [refusal]
    if by.merchant_id is None:
        return [Refusal("merchant_unknown", {"name": by.actor.name})]
    return [] if (kind, node) in STATES else [Refusal("strategy_node_unknown", {"kind": kind[:40], "node": node[:40]}, "node")]


__all__ = [
    "BESIDE", "Counts", "Decided", "Draft", "Overview", "Published", "Row", "VersionRow", "cel_problem", "choices", "context", "counts", "decisions", "draft", "drop_draft",
    "export_json", "import_json", "make", "problems", "publish", "ready_made", "roll_back", "save_draft", "switch", "table", "version", "versions",
]
