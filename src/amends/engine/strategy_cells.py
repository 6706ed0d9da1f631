"""The cases behind a number of a trial (SA-7): those on which people and rows differ are kept, any other cell is worked out again from history, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from amends.core.refusal import Refusal
from amends.core.strategy import Table
from amends.core.strategy_facts import FACTS, STATES
from amends.core.strategy_json import decode_rows
from amends.engine.ids import is_id
from amends.engine.road import LOOK_AGAIN
from amends.engine.strategy_compile import Compiled, compile_table
from amends.engine.strategy_facts import read_then
from amends.engine.strategy_then import was
from amends.engine.strategy_trial import REFUSED, Disagreement, disagreements, leaving, who
from amends.store import strategies as tables
from amends.store import strategy_history as history
from amends.store.connect import Pool, scope
from amends.store.strategy_history import PastDecision
from amends.store.strategy_runs import RunRow

PIECE, PIECES = 1000, 5
"""Cases read at once, and how often for one page; a page that is not full then says where to go on."""


def cases(pool: Pool, merchant: str, run: RunRow, people: str | None, said: str | None, after: str, many: int) -> tuple[list[Disagreement], str]:
    """A page of one cell, by people's command and the rows' ("" for left to people), or of all that differ (both None); with the case id to go on after, "" at the end."""
    if after and not is_id(after):
        return [], ""
    if people is None or said is None:
        found = disagreements(pool, merchant, run.id, after, many + 1)
        return found[:many], found[many - 1].case_id if len(found) > many else ""
    compiled = compile_table(Table(run.node, run.kind, 0, tuple(replace(row, mode="on") for row in decode_rows(run.rows)[0])))
    out: list[Disagreement] = []
    for _ in range(PIECES):
        with scope(pool, UUID(merchant)) as conn:
            piece = _piece(conn, merchant, compiled, run, after)
            out += [one for d, one in _cell(conn, merchant, compiled, piece, people, run.id) if one.strategy == said]
        if len(out) >= many:
            return out[:many], out[many - 1].case_id if len(out) > many or len(piece) == PIECE else ""
        if len(piece) < PIECE:
            return out, ""
        after = piece[-1].case_id
    return out, after


def _piece(conn: Any, merchant: str, compiled: Compiled, run: RunRow, after: str) -> list[PastDecision]:
    kind, node = run.kind, run.node
    since = run.since - timedelta(days=run.days)
    return history.decisions(conn, merchant, kind, STATES[(kind, node)], leaving(kind, node), sorted(LOOK_AGAIN), since, run.since, after, PIECE)


def _cell(conn: Any, merchant: str, compiled: Compiled, piece: list[PastDecision], people: str, run_id: str) -> list[tuple[PastDecision, Disagreement]]:
    """Those that people decided this way, with what the rows would have said: on arrival, or as late as people's decision where time changes what they ask."""
    mine, rows = [d for d in piece if who(d) == people], compiled.table.rows
    if not mine:
        return []
    seen = tables.merchant_seen(conn, merchant)
    then = was(conn, merchant, seen, [at for d in mine for at in (d.entered, d.decided_at)])
    entered = {f["_id"]: f for f in read_then(conn, merchant, [(d.case_id, d.entered_version, d.entered) for d in mine], compiled.needs, seen, then)}
    chosen = {case: compiled.first(facts)[1] for case, facts in entered.items() if not facts["_alert"]}
    late = [(d.case_id, d.version - 1, d.decided_at) for d in mine if chosen.get(d.case_id) == -1]
    if late and any(FACTS[code].moves for code in compiled.needs):
        chosen |= {f["_id"]: compiled.first(f)[1] for f in read_then(conn, merchant, late, compiled.needs, seen, then) if not f["_alert"]}
    left = history.left(conn, merchant, run_id, [d.case_id for d in mine])
    return [(d, _told(d, rows[at] if (at := chosen.get(d.case_id, -1)) >= 0 else None, entered.get(d.case_id, {}), left)) for d in mine]


def _told(d: PastDecision, row: Any, facts: Any, left: dict[str, dict[str, Any] | None]) -> Disagreement:
    why = Refusal(kept["code"], kept["facts"], kept["field"]) if (kept := left.get(d.case_id)) is not None else None
    said, row_id = ("", "") if row is None or d.case_id in left else (row.action.command, row.id)
    return Disagreement(d.case_id, d.number, d.command, d.actor_name, d.words, REFUSED + why.code if why else said, row_id, d.amount, facts.get("_currency", "CNY"), d.decided_at, why)
