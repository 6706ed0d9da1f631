"""Strategies over HTTP: tables, drafts, versions, switches, trials and runs (SA-1 … SA-9, IN-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from amends.api.door import Call, Refused, Reply, refuse
from amends.api.naming import plain
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor
from amends.api.records import read_record
from amends.api.shapes import FieldError
from amends.api.strategy_shapes import (
    BODIES,
    RowCounts,
    RowNever,
    StrategyDocument,
    StrategyDraft,
    StrategyPublished,
    StrategyRun,
    StrategyRuns,
    StrategyTable,
    StrategyTableRow,
    StrategyTables,
    StrategyVersionPage,
    StrategyVersionRow,
)
from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.core.strategy import Mode
from amends.core.strategy_changes import tried
from amends.core.strategy_facts import STATES
from amends.core.strategy_json import encode, encode_rows
from amends.core.strategy_keys import KEYS, LABELS
from amends.engine import strategies as engine
from amends.engine import strategy_runs
from amends.engine.audit import By
from amends.store import answers
from amends.store.connect import scope
from amends.store.screens import strategy_choices
from amends.store.strategy_runs import RunRow

READ, RUNS_SHOWN = "read", 20
DRAFT_BYTES = 2 * 1024 * 1024
At = tuple[str, str]


def at(table: str) -> At:
    """Kind and node of a table's word. Raises Refused."""
    if table not in KEYS:
        raise Refused(Refusal("not_there"))
    return KEYS[table]


def tables(call: Call) -> Reply:
    """GET every stage in short."""
    call.needs(READ)
    call.known_queries()
    merchant, pool, out = call.merchant(), call.house.pool, []
    for key, (kind, node) in KEYS.items():
        draft, found = engine.draft(pool, merchant, kind, node), engine.table(pool, merchant, kind, node)
        out.append(StrategyTableRow(key, kind, node, LABELS[key][call.at], found.version, len(found.rows), sum(row.mode != "off" for row in found.rows), not draft.same))
    return Reply(StrategyTables(out))


def table(call: Call, table: str) -> Reply:
    """GET the rows in force, with what they did in 30 days."""
    call.needs(READ)
    call.known_queries()
    (kind, node), merchant, pool = at(table), call.merchant(), call.house.pool
    found, overview = engine.table(pool, merchant, kind, node), engine.counts(pool, merchant, kind, node, call.now)
    with scope(pool, UUID(merchant)) as conn:
        waiting = strategy_choices.waiting(conn, merchant, kind, STATES[(kind, node)])
    counts = [RowCounts(row.id, c.fired, c.shadow, c.refused) for row in found.rows if (c := overview.rows.get(row.id, engine.Counts()))]
    never = [
        RowNever(row_id, [FieldError(r.field, r.code, plain(r, call.language, TABLES.get(kind))) for r in wrong]) for row_id, wrong in engine.never(pool, merchant, found, call.now).items()
    ]
    return Reply(StrategyTable(table, kind, node, LABELS[table][call.at], found.version, _rows(found.rows), waiting, overview.left_to_people, counts, never))


def _rows(rows: Any) -> list[dict[str, Any]]:
    plain_rows: list[dict[str, Any]] = msgspec.to_builtins(encode_rows(tuple(rows)))
    return plain_rows


def draft(call: Call, table: str) -> Reply:
    """GET what is being edited."""
    call.needs(READ)
    call.known_queries()
    kind, node = at(table)
    return _draft(call, table, engine.draft(call.house.pool, call.merchant(), kind, node))


def keep_draft(call: Call, table: str) -> Reply:
    """PUT the draft; with If-Match, only if nobody changed it since."""
    call.needs(engine.PERMISSION)
    call.known_queries()
    (kind, node), merchant, seen = at(table), call.merchant(), call.seen_version()
    body = call.json()
    refuse([Refusal("field_unknown", {"name": name}, name) for name in body if name != "rows"])
    if not isinstance(body.get("rows"), list):
        raise Refused(Refusal("required", {"zh": "策略", "en": "Rows"}, "rows"))
    revision = engine.draft(call.house.pool, merchant, kind, node).version if seen is None else seen
    done = engine.save_draft(call.house.pool, by_of(call, merchant), kind, node, body["rows"], revision, call.now)
    return _draft(call, table, _good(done, kind))


def _draft(call: Call, table: str, found: engine.Draft) -> Reply:
    kind, _ = KEYS[table]
    wrong = engine.problems(call.house.pool, call.merchant(), found.table)
    problems = [FieldError(r.field, r.code, plain(r, call.language, TABLES.get(kind))) for r in wrong]
    shown = StrategyDraft(table, found.version, found.base, not found.same, found.by_name, found.at, _rows(found.table.rows), problems)
    return Reply(shown, version=found.version)


def publish(call: Call, table: str) -> Reply:
    """POST that the draft becomes the next version."""
    call.needs(engine.PERMISSION)
    (kind, node), merchant, given = at(table), *_asked(call, "StrategyPublish")
    return _once(call, merchant, table, lambda: engine.publish(
        call.house.pool, by_of(call, merchant), kind, node, given.get("note", ""), call.now, bool(given.get("apply_to_waiting")), call.seen_version(),
    ))


def switch(call: Call, table: str) -> Reply:
    """POST a row's switch."""
    call.needs(engine.PERMISSION)
    (kind, node), merchant, given = at(table), *_asked(call, "StrategySwitch")
    mode: Mode = given["mode"]
    return _once(call, merchant, table, lambda: engine.switch(
        call.house.pool, by_of(call, merchant), kind, node, given["row"].lower(), mode, call.now, bool(given.get("apply_to_waiting")),
    ))


def roll_back(call: Call, table: str) -> Reply:
    """POST that an earlier version is in force again."""
    call.needs(engine.PERMISSION)
    (kind, node), merchant, given = at(table), *_asked(call, "StrategyRollBack")
    return _once(call, merchant, table, lambda: engine.roll_back(
        call.house.pool, by_of(call, merchant), kind, node, given["version"], call.now, bool(given.get("apply_to_waiting")),
    ))


def _asked(call: Call, name: str) -> tuple[str, dict[str, Any]]:
    call.known_queries()
    merchant = call.merchant()
    wrong: list[Refusal] = []
    values = read_record(call.json(), BODIES[name], "", wrong)
    refuse(wrong)
    return merchant, values


def _once(call: Call, merchant: str, table: str, act: Any) -> Reply:
    """Do it, or answer what was answered under this key before (SO-23)."""
    before = answers.recall(call.house.pool, merchant, str(call.command_id))
    if before is not None:
        return Reply(StrategyPublished(table, before["version"], before["run"]), replayed=True)
    done = _good(act(), KEYS[table][0])
    answers.keep(call.house.pool, merchant, str(call.command_id), {"version": done.version, "run": done.run_id}, call.now)
    return Reply(StrategyPublished(table, done.version, done.run_id))


def _good(done: Any, kind: str) -> Any:
    if isinstance(done, list):
        raise Refused(*done, machine=TABLES.get(kind))
    return done


def by_of(call: Call, merchant: str) -> By:
    """The key as the one who does it, on the merchant's side: a platform's key acts for the merchant it names."""
    return By(replace(call.caller, merchant_id=merchant))


def versions(call: Call, table: str) -> Reply:
    """GET versions, newest first."""
    call.needs(READ)
    call.known_queries(*PAGING)
    kind, node = at(table)
    after, most = call.query("cursor", read_cursor(tuple[int])), call.query("limit", limit, DEFAULT_LIMIT)
    found = engine.versions(call.house.pool, call.merchant(), kind, node, after[0] if after else 2**31 - 1, most + 1)
    shown = [StrategyVersionRow(v.version, v.how, v.note, v.by_name, v.at, v.rows) for v in found[:most]]
    return Reply(StrategyVersionPage(shown, cursor(found[most - 1].version) if len(found) > most else None))


def version(call: Call, table: str, version: int) -> Reply:
    """GET one version as a document that can be imported."""
    call.needs(READ)
    call.known_queries()
    kind, node = at(table)
    found = engine.version(call.house.pool, call.merchant(), kind, node, version) if 0 < version < 2**31 else None
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(StrategyDocument(**msgspec.to_builtins(encode(found))))


def begin_trial(call: Call, table: str) -> Reply:
    """POST that the draft is tried on the last days."""
    call.needs(engine.PERMISSION)
    (kind, node), merchant, given = at(table), *_asked(call, "StrategyTrial")
    before = answers.recall(call.house.pool, merchant, str(call.command_id))
    if before is not None:
        return Reply(_run(found_run(call, merchant, table, before)), replayed=True)
    asked = tried(engine.table(call.house.pool, merchant, kind, node), engine.draft(call.house.pool, merchant, kind, node).table)
    begun = _good(strategy_runs.start_trial(call.house.pool, by_of(call, merchant), asked, given["days"], call.now), kind)
    answers.keep(call.house.pool, merchant, str(call.command_id), begun, call.now)
    return Reply(_run(found_run(call, merchant, table, begun)))


def runs(call: Call, table: str) -> Reply:
    """GET the latest trials, and runs over what waited."""
    call.needs(READ)
    call.known_queries()
    kind, node = at(table)
    return Reply(StrategyRuns([_run(r) for r in strategy_runs.recent(call.house.pool, call.merchant(), kind, node, RUNS_SHOWN)]))


def run(call: Call, table: str, id: UUID) -> Reply:
    """GET one of them."""
    call.needs(READ)
    call.known_queries()
    return Reply(_run(found_run(call, call.merchant(), table, str(id))))


def stop_run(call: Call, table: str, id: UUID) -> Reply:
    """POST that it stops; what it did stays done. Said again, it answers the same."""
    call.needs(engine.PERMISSION)
    call.known_queries()
    merchant = call.merchant()
    found_run(call, merchant, table, str(id))
    refusal = strategy_runs.stop(call.house.pool, by_of(call, merchant), str(id), call.now)
    if refusal is not None:
        raise Refused(refusal)
    return Reply(_run(found_run(call, merchant, table, str(id))))


def found_run(call: Call, merchant: str, table: str, run_id: str) -> RunRow:
    """A run of this table. Raises Refused."""
    found = strategy_runs.get(call.house.pool, merchant, run_id)
    if found is None or (found.kind, found.node) != at(table):
        raise Refused(Refusal("not_there"))
    return found


def _run(r: RunRow) -> StrategyRun:
    key = next(key for key, place in KEYS.items() if place == (r.kind, r.node))
    return StrategyRun(r.id, r.sort, key, r.version, r.days, r.total, r.done, r.decided, r.running, r.stopped_at is not None, r.by_name, r.started_at, r.finished_at, msgspec.to_builtins(r.report))
