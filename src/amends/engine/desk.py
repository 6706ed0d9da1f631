"""Who of the platform works on which dispute or ticket: taking, handing over, handing out many at once (UI-5, DI-6, DI-8).

The case itself is not touched, so that nobody's work on it is in conflict with being given it. Each change leaves an audit row in its own transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id
from amends.engine.person import known
from amends.store import desk as rows
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.desk import Held

WORKS = {"dispute": ("dispute.adjudicate", "dispute.confirm_judgement"), "ticket": ("ticket.follow_up", "ticket.decide_ticket", "ticket.close_ticket")}
"""Who may have a case of this kind: whoever holds one of these."""
AT_MOST = 500
ASSIGN = "assign_desk"
"""The permission to hand out what is nobody's or somebody else's."""
ANYBODY = "*"
"""For `seen`: whoever has it now."""


@dataclass(slots=True)
class Colleague:
    """Somebody of the platform who may have cases of a kind, with how many open ones they have."""

    id: str
    name: str
    has: int = 0


@dataclass(slots=True)
class Wanted:
    """A case to be given: `seen` is who had it when that was asked for ('' for nobody), so that nobody's case is taken away unseen."""

    merchant_id: str
    case_id: str
    seen: str = ANYBODY


@dataclass(slots=True)
class Assigned:
    """What became of it: case → the person's name; case → why not."""

    given: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, Refusal] = field(default_factory=dict)


def colleagues(pool: Pool, kind: str = "dispute") -> list[Colleague]:
    """Who may have cases of this kind, by name."""
    with scope(pool, PLATFORM) as conn:
        found, has = rows.colleagues(conn), rows.loads(conn, kind)
    return [Colleague(p["id"], p["name"], has.get(p["id"], 0)) for p in found if _may_have(p, kind)]


def _may_have(person: dict[str, object], kind: str) -> bool:
    held = known(list(person["permissions"]), None)  # type: ignore[call-overload]
    return bool(person["main_account"]) or any(p in held for p in WORKS[kind])


def assign(pool: Pool, by: By, cases: Sequence[Wanted], people: Sequence[str], now: datetime) -> Assigned | Refusal:
    """Give cases to one person, or evenly to several: each case to whom of them has the fewest. One's own case anybody may hand over; others' need the permission.

    A case that somebody else gave away meanwhile is skipped and says to whom; so is the appeal of a judgement for who judged it (DI-8).
    """
    if len(cases) > AT_MOST:
        return Refusal("desk_too_many", {"most": AT_MOST, "now": len(cases)})
    if not people or not all(is_id(p) for p in people):
        return Refusal("desk_person_unknown", field="person")
    with scope(pool, PLATFORM) as conn:
        wanted = {(w.merchant_id, w.case_id): w for w in cases if is_id(w.merchant_id) and is_id(w.case_id)}
        held = rows.hold(conn, list(wanted))
        working = {p["id"]: p for p in rows.colleagues(conn)}
        if any(p not in working for p in people):
            return Refusal("desk_person_unknown", field="person")
        load = {kind: rows.loads(conn, kind) for kind in {h.kind for h in held.values()}}
        done = Assigned(skipped={w.case_id: Refusal("case_unknown") for key, w in wanted.items() if key not in held})
        moves: list[tuple[Held, str, str]] = []
        for key, one in held.items():
            person = min((p for p in people if _fits(one, working[p])), key=lambda p: (load[one.kind].get(p, 0), people.index(p)), default=None)
            refusal = _refusal(by, one, wanted[key].seen, person, working, people)
            if refusal is not None:
                done.skipped[one.case_id] = refusal
                continue
            assert person is not None
            load[one.kind][person] = load[one.kind].get(person, 0) + 1
            if one.person_id:
                load[one.kind][one.person_id] = load[one.kind].get(one.person_id, 0) - 1
            done.given[one.case_id] = str(working[person]["name"])
            if one.person_id != person:
                moves.append((one, person, str(working[person]["name"])))
        _write(conn, by, moves, now)
    return done


def _fits(one: Held, person: dict[str, object]) -> bool:
    return _may_have(person, one.kind) and person["id"] not in one.judges


def _refusal(by: By, one: Held, seen: str, person: str | None, working: dict[str, dict[str, object]], people: Sequence[str]) -> Refusal | None:
    if not one.open:
        return Refusal("desk_case_closed", {"number": one.number})
    if seen not in (ANYBODY, one.person_id or ""):
        return Refusal("desk_given_meanwhile", {"number": one.number, "name": one.person_name or "—"})
    mine = one.person_id in (None, by.actor.id)
    alone = mine and list(people) == [by.actor.id]
    if not alone and one.person_id != by.actor.id and (refusal := by.lacks(ASSIGN)):
        return refusal
    if person is None:
        first = working[people[0]]
        return Refusal("desk_judged_before", {"name": first["name"]}) if first["id"] in one.judges else Refusal("desk_person_cannot", {"name": first["name"]}, "person")
    return None


def _write(conn: rows.Connection, by: By, moves: Sequence[tuple[Held, str, str]], now: datetime) -> None:
    if not moves:
        return
    rows.put(conn, moves, by.actor.id, by.actor.name, now)
    for one, person, name in moves:
        before = {"person": one.person_id, "name": one.person_name} if one.person_id else None
        record(conn, by, now, "desk.assign", (one.kind, one.case_id), before=before, after={"number": one.number, "person": person, "name": name}, merchant_id=one.merchant_id)


def take(pool: Pool, by: By, merchant_id: str, case_id: str, now: datetime) -> Refusal | None:
    """Take a case that nobody has; one's own already is no error."""
    done = assign(pool, by, [Wanted(merchant_id, case_id, "")], [by.actor.id], now)
    if isinstance(done, Refusal):
        return done
    refusal = next(iter(done.skipped.values()), None)
    if refusal is not None and refusal.code == "desk_given_meanwhile" and _has(pool, merchant_id, case_id) == by.actor.id:
        return None
    return refusal


def _has(pool: Pool, merchant_id: str, case_id: str) -> str | None:
    with scope(pool, PLATFORM) as conn:
        found = rows.hold(conn, [(merchant_id, case_id)])
        return next((h.person_id for h in found.values()), None)


def give_back(pool: Pool, by: By, cases: Sequence[Wanted], now: datetime) -> Assigned:
    """Nobody has them any more: one's own, or with the permission anybody's."""
    done = Assigned()
    with scope(pool, PLATFORM) as conn:
        held = rows.hold(conn, [(w.merchant_id, w.case_id) for w in cases if is_id(w.merchant_id) and is_id(w.case_id)])
        freed = []
        for one in held.values():
            refusal = by.lacks(ASSIGN) if one.person_id not in (None, by.actor.id) else None
            if refusal is not None:
                done.skipped[one.case_id] = refusal
                continue
            done.given[one.case_id] = ""
            if one.person_id:
                freed.append(one)
                record(conn, by, now, "desk.give_back", (one.kind, one.case_id), before={"person": one.person_id, "name": one.person_name}, after={"number": one.number}, merchant_id=one.merchant_id)
        if freed:
            rows.drop(conn, freed)
    return done
