"""Clocks that are armed already follow a suspension that is made, changed, ended early or taken back, exactly and merchant by merchant (PO-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.calendar import Calendar
from amends.core.pauses import Suspension, applying
from amends.core.retiming import Plain, Times, from_facts, promised, times, to_facts
from amends.engine import answer_times
from amends.engine.deadlines import calendar_from
from amends.store import retiming as store
from amends.store.audit import Connection
from amends.store.connect import Pool, scope
from amends.store.retiming import Armed
from amends.store.suspensions import every

KEPT = ("plain_due_at", "plain_remind_at")


@dataclass(slots=True)
class Round:
    """What one call did: cases looked at, clocks moved, and whether the merchant has followed every change. `waits`: older transactions are not over yet."""

    looked: int = 0
    moved: int = 0
    done: bool = False
    waits: bool = False


def retime(pool: Pool, merchant: str, now: datetime, most: int = 500) -> Round:
    """Move the next `most` cases of a merchant's round. Any number of workers may call it; what falls over in between goes on where it was."""
    with scope(pool, UUID(merchant)) as conn:
        run = store.run_of(conn, merchant)
    if run is None:
        return Round(done=True)
    if not run.settled:
        return Round(waits=True)
    with scope(pool, UUID(merchant)) as conn:
        if not store.alone(conn, merchant):
            return Round(waits=True)
        run = store.run_of(conn, merchant)
        if run is None or not run.settled:
            return Round(done=run is None, waits=run is not None)
        ids, settings, suspensions = store.next_cases(conn, merchant, run.after, most), store.settings_of(conn, merchant), every(conn)
        moved, done = len(_move(conn, merchant, ids, settings, suspensions, now)), len(ids) < most
        if done:  # what runs beside cases follows with the last of them
            moved += answer_times.follow_answers(conn, merchant, calendar_from(settings), suspensions)
            answer_times.follow_reminders(conn, merchant, settings, suspensions)
        store.progress(conn, merchant, run, ids[-1] if ids else None, len(ids), moved, now if done else None)
    return Round(len(ids), moved, done)


def _move(conn: Connection, merchant: str, ids: list[str], settings: dict[str, Any], suspensions: list[Suspension], now: datetime) -> list[dict[str, Any]]:
    """The clocks of these cases and what they keep beside them; answers the clocks that stand elsewhere."""
    rows = follow(store.armed(conn, merchant, ids), calendar_from(settings), suspensions)
    if rows:
        store.move(conn, merchant, rows, now)
    answer_times.follow_windows(conn, merchant, ids, settings, suspensions, now)
    return rows


def calendar_of(conn: Connection, merchant: str) -> Calendar:
    """The merchant's calendar as its settings stand."""
    return calendar_from(store.settings_of(conn, merchant))


def follow(clocks: list[Armed], calendar: Calendar, suspensions: list[Suspension]) -> list[dict[str, Any]]:
    """Rows for `store.retiming.move`: only clocks that stand elsewhere under these suspensions."""
    rows = []
    for clock in clocks:
        plain, came = stands(clock, calendar, suspensions)
        if (came.due_at, came.remind_at) != (clock.due_at, clock.remind_at):
            kept = None
            if clock.kept.get("clock") == clock.name:
                kept = {**{k: v for k, v in clock.kept.items() if k not in KEPT}, **to_facts(plain, came)}
            rows.append({"case_id": clock.case_id, "name": clock.name, "due_at": came.due_at, "remind_at": came.remind_at, "kept": kept})
    return rows


def stands(clock: Armed, calendar: Calendar, suspensions: list[Suspension]) -> tuple[Plain, Times]:
    """An armed clock without suspensions, and where it stands under these."""
    plain = plain_of(clock, calendar)
    return plain, times(plain, calendar, applying(suspensions, clock.name, clock.region or None))


def plain_of(clock: Armed, calendar: Calendar) -> Plain:
    """An armed clock as it would be if nothing stood still. A promise from before its running time was kept has it worked out now."""
    kept = clock.kept if clock.kept.get("clock") == clock.name else {}
    plain = from_facts(kept, clock.began, clock.due_at, clock.remind_at)
    if clock.name == "promise" and plain.runs is None and clock.promised_until:
        return promised(plain.start, plain.due_at, plain.remind_at, calendar, ())
    return plain


def overtaken(conn: Connection, merchant: str, ids: list[str], now: datetime) -> dict[str, datetime]:
    """Before cases that this transaction has locked run out: those whose row has not followed a change yet are moved, and their instants answered.

    So a clock never rings inside a suspension that was made a moment ago, and never twice.
    """
    if not store.behind(conn, merchant):
        return {}
    rows = _move(conn, merchant, ids, store.settings_of(conn, merchant), every(conn), now)
    return {row["case_id"]: row["due_at"] for row in rows}

