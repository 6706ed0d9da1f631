"""Times beside the clocks of cases that follow suspensions: answers to price and freight claims, until when evidence is filed and a judgement appealed, the reminder to rate (PO-15).

Where each stands is a function of its beginning, its span and the set of suspensions, so it comes out the same however often suspensions are made, changed and taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from amends.core.calendar import Calendar, due
from amends.core.divisions import province_named
from amends.core.pack import Pack
from amends.core.pauses import Suspension, applying
from amends.core.retiming import Plain, from_facts, times, to_facts
from amends.core.spans import Span
from amends.core.windows import WINDOWS
from amends.engine.deadlines import Deadlines, calendar_from, pack_of, pack_opened_under
from amends.store import answer_times as store
from amends.store.answer_times import Answer
from amends.store.audit import Connection
from amends.store.compensated_orders import Shop
from amends.store.retiming import Armed
from amends.store.suspensions import every

ANSWERS = {"price_protection": "price_answer", "return_freight": "freight_answer"}
"""The kind of compensation: the name of the time in which it is answered."""
RATING, REMINDS = "rate", "remind_to_rate"


def span_of(pack: Pack, kind: str) -> Span:
    """How long the merchant has to answer a claim of this kind. Raises KeyError for a kind that nobody answers."""
    section = pack.compensation
    return {"price_protection": section.price_protection.answer, "return_freight": section.return_freight.answer}[kind]


def answer_by(conn: Connection, shop: Shop, kind: str, province: str, now: datetime) -> tuple[datetime, dict[str, Any]]:
    """Until when an answer is promised to a claim made now, and what is kept of that time; suspensions as they stand, so the order is held before they are read."""
    span, calendar, region = span_of(pack_of(shop.pack), kind), calendar_from(shop.settings), province_named(province)
    plain = Plain(now, due(now, span, calendar), span.tick)
    came = times(plain, calendar, applying(every(conn), ANSWERS[kind], region or None))
    return came.due_at, {"clock": ANSWERS[kind], **to_facts(plain, came)}


def later(conn: Connection, shop: Shop, name: str, province: str, start: datetime, until: datetime) -> datetime:
    """The end of a window that began at `start`, later by what of it was suspended."""
    return Deadlines(shop.pack, shop.settings, tuple(every(conn))).later(name, start, until, province_named(province))


class _Packs:
    """The clocks of each pack version that cases of one merchant were opened under."""

    def __init__(self, settings: dict[str, Any], suspensions: Sequence[Suspension]) -> None:
        self._settings, self._suspensions, self._found = settings, tuple(suspensions), dict[str, Deadlines]()

    def of(self, facts: dict[str, Any]) -> Deadlines | None:
        """Those of a case; None for one that names no pack."""
        ref = pack_opened_under(facts)
        if ref and ref not in self._found:
            self._found[ref] = Deadlines(ref, self._settings, self._suspensions)
        return self._found.get(ref)


def clock_of(row: Answer) -> Armed:
    """The same as the clocks of cases look; a row from before this was kept has its tick from the pack it was asked under, and runs day and night where that names none."""
    tick = "all" if row.clock or row.pack.startswith("@") else span_of(pack_of(row.pack), row.kind).tick
    kept = {"clock": ANSWERS[row.kind], **({} if tick == "all" else {"tick": tick}), **row.clock}
    return Armed(row.id, ANSWERS[row.kind], row.due_at, None, kept, province_named(row.province), row.asked_at, None, row.number, "compensation", row.merchant_id)


def touched(conn: Connection, versions: Sequence[Suspension], at_most: int) -> list[Armed]:
    """Answers that any of these versions of a suspension may move, the first due first."""
    clocks = [clock_of(row) for row in store.touched(conn, versions, at_most) if row.kind in ANSWERS]
    return [c for c in clocks if any(c.due_at > s.start and applying([s], c.name, c.region or None) for s in versions)]


def follow_answers(conn: Connection, merchant: str, calendar: Calendar, suspensions: list[Suspension]) -> int:
    """Every answer that waits stands where these suspensions put it; answers how many were moved."""
    rows = []
    for clock in (clock_of(row) for row in store.waiting(conn, merchant) if row.kind in ANSWERS):
        plain = from_facts(clock.kept, clock.began, clock.due_at, None)
        came = times(plain, calendar, applying(suspensions, clock.name, clock.region or None))
        if came.due_at != clock.due_at:
            rows.append({"id": clock.case_id, "due_at": came.due_at, "clock": {"clock": clock.name, **to_facts(plain, came)}})
    if rows:
        store.move(conn, merchant, rows)
    return len(rows)


def follow_windows(conn: Connection, merchant: str, ids: list[str], settings: dict[str, Any], suspensions: list[Suspension], now: datetime) -> int:
    """The same for what open disputes among these cases keep beside their clock."""
    rows, by_pack = [], _Packs(settings, suspensions)
    for case in store.windowed(conn, merchant, ids):
        clocks, kept = by_pack.of(case.facts), case.facts.get("windows") or {}
        if clocks is None:
            continue
        windows = {name: found for name in WINDOWS if (found := _window(clocks, case, name)) is not None}
        if windows != kept:
            rows.append({"id": case.id, "windows": windows})
    if rows:
        store.keep_windows(conn, merchant, rows, now)
    return len(rows)


def _window(clocks: Deadlines, case: store.Windowed, name: str) -> dict[str, str] | None:
    """Where one of them stands, with what the step wrote; None where that is the same."""
    clock, since = WINDOWS[name]
    was, began = case.facts.get(name), case.facts.get(since) if since else case.opened_at.isoformat()
    if not was or not began:
        return None
    at = clocks.arm(clock, case.type, datetime.fromisoformat(began), case.facts.get("region") or "").due_at
    return None if at == datetime.fromisoformat(was) else {"was": was, "at": at.isoformat()}


def follow_reminders(conn: Connection, merchant: str, settings: dict[str, Any], suspensions: list[Suspension]) -> int:
    """The same for buyers who are to be reminded to rate (SO-19): a reminder stands still as its clock does."""
    moved, by_pack = [], _Packs(settings, suspensions)
    for row in store.reminders(conn, merchant, REMINDS):
        clocks = by_pack.of(row.facts)
        at = clocks.arm(RATING, row.type, row.began, row.facts.get("region") or "").remind_at if clocks is not None else None
        if at is not None and at != row.due_at:
            moved.append((row.id, at))
    if moved:
        store.put_off(conn, merchant, moved)
    return len(moved)


__all__ = ["ANSWERS", "answer_by", "clock_of", "follow_answers", "follow_reminders", "follow_windows", "later", "span_of", "touched"]
