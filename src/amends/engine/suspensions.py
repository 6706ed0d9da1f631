"""The platform suspends kinds of clock for a period: making, changing, ending early and taking back, each with a look at its effect first (PO-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from amends.core.clock_kinds import SUSPENDABLE
from amends.core.divisions import provinces
from amends.core.pauses import Suspension, merged
from amends.core.refusal import Refusal
from amends.engine import answer_times
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.engine.retiming import calendar_of, stands
from amends.store import retiming as moves
from amends.store import suspensions as store
from amends.store.audit import Connection
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.suspensions import Row

PERMISSION = "manage_suspensions"
LONGEST_NAME, LONGEST_DAYS = 40, 92
BACK = timedelta(days=7)
"""A notice is sometimes typed in after its period has begun. What has run out by then has been carried out; further back nothing that is still open could profit."""
LOOKED_AT = 20_000
"""So many armed clocks, the first due, are worked out for a look; of more, the counts are told as "at least"."""
EXAMPLES = 6


@dataclass(slots=True)
class Draft:
    """A suspension as typed. Instants are aware, None for what is none; empty `clocks` or `regions` mean all."""

    zh: str
    en: str
    starts_at: datetime | None
    ends_at: datetime | None
    clocks: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Example:
    """One clock and where it would stand."""

    number: str
    merchant: str
    clock: str
    region: str
    before: datetime
    after: datetime


@dataclass(slots=True)
class Effect:
    """What saving would do: armed clocks that move, of how many cases' merchants, how many of them would be due at once; `more`: at least."""

    clocks: int = 0
    merchants: int = 0
    at_once: int = 0
    more: bool = False
    examples: list[Example] = field(default_factory=list)


def check(draft: Draft, now: datetime, before: Row | None = None) -> list[Refusal]:
    """Everything wrong with what was typed, each with its field. A start further back than `BACK` is only left alone where it stood so before."""
    wrong = [Refusal("suspension_name_missing", field=name) for name in ("zh", "en") if not getattr(draft, name).strip()]
    wrong += [Refusal("suspension_name_long", {"most": LONGEST_NAME}, name) for name in ("zh", "en") if len(getattr(draft, name).strip()) > LONGEST_NAME]
    wrong += [Refusal("suspension_clock_unknown", {"clock": c}, "clocks") for c in draft.clocks if c not in SUSPENDABLE]
    wrong += [Refusal("suspension_region_unknown", {"region": r}, "regions") for r in draft.regions if r not in provinces()]
    return wrong + _period(draft, now, before)


def _period(draft: Draft, now: datetime, before: Row | None) -> list[Refusal]:
    start, end = draft.starts_at, draft.ends_at
    if start is None or end is None:
        return [Refusal("suspension_time_wrong", field=name) for name, at in (("starts_at", start), ("ends_at", end)) if at is None]
    if end <= start:
        return [Refusal("suspension_empty", field="ends_at")]
    if end <= now:
        return [Refusal("suspension_past", field="ends_at")]
    if end - start > timedelta(days=LONGEST_DAYS):
        return [Refusal("suspension_too_long", {"days": LONGEST_DAYS}, "ends_at")]
    if start < now - BACK and (before is None or start != before.starts_at):
        return [Refusal("suspension_too_early", {"earliest": now - BACK}, "starts_at")]
    return []


def preview(pool: Pool, by: By, draft: Draft, now: datetime, suspension_id: str = "") -> Effect | list[Refusal]:
    """What saving this draft would do, without saving it."""
    if lacking := by.lacks(PERMISSION):
        return [lacking]
    with scope(pool, PLATFORM) as conn:
        before = store.one(conn, suspension_id) if is_id(suspension_id) else None
        if suspension_id and before is None:
            return [Refusal("suspension_unknown")]
        wrong = _closed(before, now) or check(draft, now, before)
        return wrong or _effect(conn, before, _drafted(draft), now)


def preview_end(pool: Pool, by: By, suspension_id: str, now: datetime, *, withdraw: bool) -> Effect | list[Refusal]:
    """What ending it now, or taking it back, would do."""
    if lacking := by.lacks(PERMISSION):
        return [lacking]
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, suspension_id) if is_id(suspension_id) else None
        wrong = _endable(row, now, withdraw)
        if wrong or row is None:
            return wrong
        return _effect(conn, row, None if withdraw else replace(row.suspension(), end=now), now)


def make(pool: Pool, by: By, draft: Draft, now: datetime, suspension_id: str = "") -> str | list[Refusal]:
    """A new suspension; answers its id. Armed clocks follow it by the worker, decisions know of it at once. One with the id given is not made again."""
    wrong = [r for r in (by.lacks(PERMISSION),) if r] or check(draft, now)
    if wrong:
        return wrong
    assert draft.starts_at is not None
    assert draft.ends_at is not None
    row = Row(suspension_id or new_id(), "", "", draft.starts_at, draft.ends_at, [], [], by.actor.name, now, None, False, 0, 0)
    _fill(row, draft)
    with scope(pool, PLATFORM) as conn:
        if suspension_id and store.one(conn, suspension_id) is not None:
            return suspension_id
        store.insert(conn, row)
        store.note_change(conn, row.id, "made", by.actor.name, now, None, moves=True)
        record(conn, by, now, "suspension_made", ("suspension", row.id), after=_told(row))
    return row.id


def change(pool: Pool, by: By, suspension_id: str, draft: Draft, now: datetime) -> list[Refusal]:
    """Other names, period, kinds or regions of one that is coming or in force; clocks stand as if it had always been so."""
    if lacking := by.lacks(PERMISSION):
        return [lacking]
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, suspension_id, lock=True) if is_id(suspension_id) else None
        if row is None:
            return [Refusal("suspension_unknown")]
        if wrong := _closed(row, now) or check(draft, now, row):
            return wrong
        before, stood = _told(row), row.suspension()
        _fill(row, draft)
        if _told(row) != before:
            _keep(conn, by, row, "changed", before, now, moves=replace(row.suspension(), name="") != replace(stood, name=""))
    return []


def end_early(pool: Pool, by: By, suspension_id: str, now: datetime) -> list[Refusal]:
    """Clocks go on from now with what they had left when it began; what stood still until now stays so."""
    return _end(pool, by, suspension_id, now, withdraw=False)


def withdraw(pool: Pool, by: By, suspension_id: str, now: datetime) -> list[Refusal]:
    """As if it had never been: every clock is due when it was due before. One that would be past is due at once; ending early is kinder."""
    return _end(pool, by, suspension_id, now, withdraw=True)


def _end(pool: Pool, by: By, suspension_id: str, now: datetime, *, withdraw: bool) -> list[Refusal]:
    if lacking := by.lacks(PERMISSION):
        return [lacking]
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, suspension_id, lock=True) if is_id(suspension_id) else None
        if (wrong := _endable(row, now, withdraw)) or row is None:
            return wrong
        before = _told(row)
        if withdraw:
            row.withdrawn_at = now
        else:
            row.ends_at = now
        _keep(conn, by, row, "withdrawn" if withdraw else "ended_early", before, now, moves=True)
    return []


def _keep(conn: Connection, by: By, row: Row, what: str, before: dict[str, Any], now: datetime, *, moves: bool) -> None:
    store.update(conn, row)
    store.note_change(conn, row.id, what, by.actor.name, now, before, moves=moves)
    record(conn, by, now, f"suspension_{what}", ("suspension", row.id), before=before, after=_told(row))


def _closed(row: Row | None, now: datetime) -> list[Refusal]:
    state = row.state(now) if row is not None else ""
    return [Refusal("suspension_withdrawn")] if state == "withdrawn" else [Refusal("suspension_over")] if state == "over" else []


def _endable(row: Row | None, now: datetime, withdraw: bool) -> list[Refusal]:
    if row is None:
        return [Refusal("suspension_unknown")]
    return _closed(row, now) or ([Refusal("suspension_not_begun")] if not withdraw and row.starts_at >= now else [])


def _fill(row: Row, draft: Draft) -> None:
    assert draft.starts_at is not None
    assert draft.ends_at is not None
    row.zh, row.en, row.starts_at, row.ends_at = draft.zh.strip(), draft.en.strip(), draft.starts_at, draft.ends_at
    row.clocks, row.regions = _in_order(draft.clocks, SUSPENDABLE), _in_order(draft.regions, provinces())


def _in_order(chosen: Iterable[str], known: Iterable[str]) -> list[str]:
    wanted = set(chosen)
    return [name for name in known if name in wanted]


def _drafted(draft: Draft) -> Suspension:
    assert draft.starts_at is not None
    assert draft.ends_at is not None
    return Suspension(draft.starts_at, draft.ends_at, frozenset(draft.clocks), frozenset(draft.regions), draft.zh.strip())


def _told(row: Row) -> dict[str, Any]:
    """A suspension as the audit log and the record of changes keep it."""
    return {
        "zh": row.zh, "en": row.en, "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "clocks": list(row.clocks), "regions": list(row.regions),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
    }


def _effect(conn: Connection, before: Row | None, after: Suspension | None, now: datetime) -> Effect:
    """Every armed clock that either version touches, worked out under both."""
    versions = [s for s in (before.suspension() if before else None, after) if s is not None]
    many, _, clocks = moves.touched(conn, versions, LOOKED_AT)
    answers = answer_times.touched(conn, versions, LOOKED_AT)
    many, clocks = many + len(answers), [*clocks, *answers]
    others = [s for s in store.every(conn) if before is None or s.id != before.id]
    later = [*others, *([after] if after and merged([after]) else [])]
    calendars: dict[str, Any] = {}
    effect, whose = Effect(more=many > len(clocks) or len(answers) == LOOKED_AT), set()
    for clock in clocks:
        if clock.merchant_id not in calendars:
            calendars[clock.merchant_id] = calendar_of(conn, clock.merchant_id)
        due_at = stands(clock, calendars[clock.merchant_id], later)[1].due_at
        if due_at == clock.due_at:
            continue
        effect.clocks += 1
        effect.at_once += due_at <= now < clock.due_at
        whose.add(clock.merchant_id)
        if len(effect.examples) < EXAMPLES:
            effect.examples.append(Example(clock.number, clock.merchant_id, clock.name, clock.region, clock.due_at, due_at))
    effect.merchants = len(whose)
    names = moves.names_of(conn, [e.merchant for e in effect.examples])
    for example in effect.examples:
        example.merchant = names.get(example.merchant, example.merchant)
    return effect
