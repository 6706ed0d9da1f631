"""Giving a pack version to merchants: released from a day on to everybody, some or a share, widened, narrowed, withdrawn; carried out by whoever is first (PO-18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.pack_bounds import check
from amends.core.pack_release import Audience, Holder, Release, given, taken
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.engine.pack_start import settle
from amends.engine.packs import Ref, lacking
from amends.store import packs as store
from amends.store.connect import PLATFORM, Pool, scope

NOTE_AT_MOST, MERCHANTS_AT_MOST = 500, 1000


@dataclass(slots=True)
class Meant:
    """To whom: a share of the merchants of the pack (and of the one it was copied from), 100 for everybody, and merchants by id."""

    percent: int = 0
    merchants: list[str] = field(default_factory=list)


def release(pool: Pool, by: By, ref: Ref, meant: Meant, valid_from: str, note: str, now: datetime) -> Refusal | None:
    """Release a draft from a day (YYYY-MM-DD, 00:00 in the pack's time zone; empty or past: at once), or change to whom a released version is given.

    One that merchants have already is widened and narrowed at once: a later day is refused, not passed over in silence.
    A draft with problems is refused with how many; a version that was withdrawn can be opened again. Asking for the same again changes nothing.
    """
    refusal = lacking(by) or _meant_refused(meant, note)
    if refusal:
        return refusal
    with scope(pool, PLATFORM) as conn:
        store.lock(conn, ref[0])
        row, old = store.one(conn, *ref, lock=True), store.release(conn, *ref)
        if row is None:
            return Refusal("pack_version_unknown", {"pack": ref[0], "version": ref[1]})
        draft = row["state"] == "draft"
        if draft and (wrong := check(row["document"])):
            return Refusal("pack_has_problems", {"n": len(wrong)})
        day = _day(valid_from, row["document"]["timezone"], now)
        if isinstance(day, Refusal):
            return day
        on, starts_at = day
        document = row["document"] | {"version": ref[1], "id": ref[0], "valid_from": on.isoformat()} if draft else None
        if old is not None and old["carried_at"] is not None and old["withdrawn_at"] is None and (old["percent"] or old["merchants"]):
            # One row says to whom and from when: whoever has it would lose it until the day.
            if starts_at > now:
                return Refusal("pack_runs_already", {"day": on.isoformat()}, "valid_from")
            starts_at = min(starts_at, old["starts_at"])
        merchants = sorted(set(meant.merchants))
        wanted = {"percent": meant.percent, "merchants": merchants, "withdrawn_at": None}
        if old is not None and old["starts_at"] == starts_at and {k: sorted(v) if k == "merchants" else v for k, v in old.items() if k in wanted} == wanted:
            return None
        if unknown := _unknown(conn, merchants):
            return Refusal("merchant_unknown", {"name": unknown[0]}, "merchants")
        store.set_state(conn, *ref, "released", now, document, on if draft else None, note.strip() or None)
        store.put_release(conn, {
            "pack": ref[0], "version": ref[1], "of_packs": of_packs(row), **wanted, "starts_at": starts_at, "note": note.strip(), "made_by": by.actor.name, "now": now,
        })
        record(
            conn, by, now, "pack_released" if draft else "pack_release_changed", ("pack", f"{ref[0]}@{ref[1]}"), before=_told(old) if old else None,
            after=_told({**wanted, "starts_at": starts_at}),
        )
        if starts_at <= now:
            carry_out(conn, ref, by, now)
    return None


def withdraw(pool: Pool, by: By, ref: Ref, now: datetime) -> Refusal | None:
    """Nobody new gets it, and whoever has it goes back to what it had before; cases keep what they were opened under.

    Refused while somebody has it who had nothing before that is still given: they are moved first.
    """
    if refusal := lacking(by):
        return refusal
    with scope(pool, PLATFORM) as conn:
        store.lock(conn, ref[0])
        row, old = store.one(conn, *ref, lock=True), store.release(conn, *ref)
        if row is None or old is None or row["state"] == "draft":
            return Refusal("pack_not_released", {"pack": ref[0], "version": ref[1]})
        if row["state"] == "withdrawn":
            return None
        holders = [h for h in store.holders(conn, [ref[0]], []) if h.ref == ref]
        back = _back(conn, row, holders, now)
        if stuck := [h for h in holders if h.id not in back]:
            return Refusal("pack_last_version", {"n": len(stuck)})
        store.set_state(conn, *ref, "withdrawn", now)
        store.put_release(conn, {**{k: old[k] for k in ("pack", "version", "of_packs", "percent", "merchants", "starts_at", "note")}, "made_by": old["made_by"], "now": now, "withdrawn_at": now})
        store.carried(conn, *ref, now)
        _move(conn, by, holders, back, "withdrawn", now)
        record(conn, by, now, "pack_withdrawn", ("pack", f"{ref[0]}@{ref[1]}"), before=_told(old))
    return None


def carry_out(conn: Any, ref: Ref, by: By, now: datetime) -> int:
    """Give a release that has begun to whom it reaches, and take it from whom it reaches no longer; answers how many merchants changed. The caller's transaction."""
    store.lock(conn, ref[0])
    row, old = store.one(conn, *ref), store.release(conn, *ref)
    if row is None or old is None or old["carried_at"] is not None or old["withdrawn_at"] is not None or old["starts_at"] > now:
        return 0
    settle(conn, old["of_packs"], now)
    holders = store.holders(conn, old["of_packs"], old["merchants"])
    mine = Release(ref, Audience(frozenset(old["of_packs"]), old["percent"], frozenset(old["merchants"])))
    new, gone = given(mine, holders, store.in_force(conn, now)), taken(mine, holders)
    back = _back(conn, row, gone, now)
    _move(conn, by, new, {h.id: ref for h in new}, "released", now)
    _move(conn, by, [h for h in gone if h.id in back], back, "withdrawn", now)
    store.carried(conn, *ref, now)
    return len(new) + len(back)


def carry_out_due(pool: Pool, now: datetime, by: By | None = None) -> int:
    """Every release whose time has come, each in a transaction of its own; answers how many were carried out."""
    with scope(pool, PLATFORM) as conn:
        due = store.waiting(conn, now)
    for ref in due:
        with scope(pool, PLATFORM) as conn:
            carry_out(conn, ref, by or By(), now)
    return len(due)


def moved(conn: Any, by: By, holder: Holder, ref: Ref, now: datetime) -> None:
    """A merchant was moved by hand: the version it has now names it and no other does, so that no share takes it back. Its row is written here."""
    store.give(conn, [holder.id], *ref, "moved", by.actor.name, now)
    store.unname_merchant(conn, holder.id, ref)
    store.name_merchant(conn, *ref, holder.id)


def of_packs(row: dict[str, Any]) -> list[str]:
    """For whose merchants a version is meant: its own pack's, and for the first version of a copy those of the pack it was copied from."""
    origin = (row["copied_from"] or "").partition("@")[0]
    return sorted({row["pack"], *([origin] if origin and row["version"] == 1 else [])})


def _back(conn: Any, row: dict[str, Any], gone: Sequence[Holder], now: datetime) -> dict[str, Ref]:
    """What each of them goes back to: what it had before, else what is in force in the pack this one was copied from."""
    if not gone:
        return {}
    back: dict[str, Ref] = dict(store.earlier(conn, [h.id for h in gone], row["pack"], row["version"]))
    origin = (row["copied_from"] or "").partition("@")[0]
    others = [r for r in store.in_force(conn, now) if r.ref != (row["pack"], row["version"])]
    for h in gone:
        for pack in (h.pack, origin):
            if h.id not in back and (found := next((r.ref for r in others if r.ref[0] == pack and r.audience.reaches(Holder(h.id, pack, 0))), None)):
                back[h.id] = found
        if h.id not in back and origin:
            back[h.id] = (origin, 0)
    return back


def _move(conn: Any, by: By, holders: Sequence[Holder], to: dict[str, Ref], why: str, now: datetime) -> None:
    by_ref: dict[Ref, list[Holder]] = {}
    for h in holders:
        by_ref.setdefault(to[h.id], []).append(h)
    for ref, mine in by_ref.items():
        store.give(conn, [h.id for h in mine], *ref, why, by.actor.name, now)
        for h in mine:
            record(conn, by, now, "settings_changed", ("merchant", h.id), merchant_id=h.id, before={"pack": f"{h.pack}@{h.version}"}, after={"pack": f"{ref[0]}@{ref[1]}"})


def _day(text: str, zone: str, now: datetime) -> tuple[date, datetime] | Refusal:
    today = now.astimezone(ZoneInfo(zone)).date()
    if not text.strip():
        return today, now
    try:
        on = date.fromisoformat(text.strip())
    except ValueError:
        return Refusal("day_wrong", {"day": text}, "valid_from")
    return (on, datetime.combine(on, time(), ZoneInfo(zone))) if on > today else (on, now)


def _meant_refused(meant: Meant, note: str) -> Refusal | None:
    if not 0 <= meant.percent <= 100:
        return Refusal("out_of_range", {"zh": "比例", "en": "Share", "least": 0, "most": 100}, "percent")
    if len(note) > NOTE_AT_MOST:
        return Refusal("too_long", {"zh": "说明", "en": "Note", "most": NOTE_AT_MOST, "now": len(note)}, "note")
    if len(meant.merchants) > MERCHANTS_AT_MOST:
        return Refusal("out_of_range", {"zh": "商家", "en": "Merchants", "least": 0, "most": MERCHANTS_AT_MOST}, "merchants")
    bad = next((m for m in meant.merchants if not is_id(m)), None)
    return Refusal("merchant_unknown", {"name": bad}, "merchants") if bad is not None else None


def _unknown(conn: Any, merchants: list[str]) -> list[str]:
    known = {row["id"] for row in store.names(conn, merchants)}
    return [m for m in merchants if m not in known]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {"percent": row["percent"], "merchants": row["merchants"], "starts_at": row["starts_at"].isoformat()}
