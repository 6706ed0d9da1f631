"""Reading cases: lists, one case with what the caller may do now, its events (IN-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.api import signed_in
from amends.api.collections import COLLECTIONS
from amends.api.disputing import event_for_reader, for_reader, hidden
from amends.api.door import Call, Refused, Reply, View, uuid_text
from amends.api.naming import plain
from amends.api.operations import FILTERS, MORE_FILTERS, PAGING, SORTS
from amends.api.pages import DEFAULT_LIMIT, cursor, flag, instant, limit, read_cursor, word
from amends.api.shapes import AvailableCommand, Case, CasePage, CaseRow, Deadline, Event, EventPage, Money, Who, Why
from amends.api.veil import in_full, veiled
from amends.core.actor import Actor, Party
from amends.core.buyer_sight import is_buyers
from amends.core.effects_dispute import PLANS
from amends.core.machine import Machine, Move
from amends.core.pack_disputes import SCENARIOS
from amends.core.refusal import Refusal
from amends.engine.cancellation import SOURCES
from amends.engine.dossier.copies import Copy
from amends.engine.sight import see
from amends.store.screens import cases as screen

WAITS = ("buyer", "merchant", "platform", "carrier", "system")


def lister(collection: str) -> View:
    """The list of one collection: filters, order, cursor."""
    machine = COLLECTIONS[collection]

    def view(call: Call) -> Reply:
        call.needs("read")
        call.known_queries(*FILTERS, *MORE_FILTERS.get(machine.kind, ()), *PAGING)
        wanted = _wanted(call, machine)
        rows = screen.page(call.house.pool, call.whose(), machine.kind, wanted)
        shown = [CaseRow(**row_of(row, machine, call.at)) for row in rows[: wanted.limit]]
        key = wanted.order
        more = len(rows) > wanted.limit
        return Reply(CasePage(shown, cursor(rows[wanted.limit - 1][key], rows[wanted.limit - 1]["id"]) if more else None))

    return view


def _wanted(call: Call, machine: Machine) -> screen.Wanted:
    readers: dict[str, Callable[[str], Any]] = {
        "state": choices(*machine.states), "type": word, "expectation": word, "order_id": uuid_text, "buyer_id": word, "number": word, "assignee": uuid_text,
        "waits_on": lambda t: choices(*WAITS)(t)[0], "opened_from": instant, "opened_to": instant, "due_before": instant,
        "scenario": choices(*SCENARIOS), "plan": choices("none", *PLANS.values()), "parent_id": uuid_text,
        "source": choices(*SOURCES), "updated_from": instant, "updated_to": instant,
    }
    filters = {name: value for name, read in readers.items() if (value := call.query(name, read)) is not None}
    order = call.query("sort", choices(*SORTS), ["opened_at"])[0]
    after = call.query("cursor", read_cursor(tuple[datetime, UUID]))
    return screen.Wanted(filters, call.query("open", flag), order, (after[0], str(after[1])) if after else None, call.query("limit", limit, DEFAULT_LIMIT))


def choices(*allowed: str) -> Callable[[str], list[str]]:
    """A reader of words with commas, each one of these."""

    def read(text: str) -> list[str]:
        given = text.split(",")
        if any(name not in allowed for name in given):
            raise ValueError(text)
        return given

    return read


def row_of(row: screen.Row, machine: Machine, at: int) -> dict[str, Any]:
    """The fields of a CaseRow out of a database row; `at` 0 for Chinese labels, 1 for English."""
    state, currency = machine.states.get(row["state"]), row["currency"] or "CNY"
    out = {k: row[k] for k in CaseRow.__struct_fields__ if k in row}
    return out | {
        "state_label": row["state"] if state is None else (state.zh, state.en)[at],
        "granted": Money(row["granted_minor"], currency), "moved": Money(row["moved_minor"], currency),
    }


def reader(collection: str) -> View:
    """One case: facts, deadlines, and the commands that the caller (or the one spoken for) may give now."""
    machine = COLLECTIONS[collection]

    def view(call: Call, id: UUID) -> Reply:
        call.needs("read")
        call.known_queries("reveal")
        merchant, actor = call.merchant(), call.acting()
        for _ in range(3):
            found = screen.one(call.house.pool, merchant, machine.kind, str(id))
            now = see(call.house.pool, merchant, str(id), actor, call.now)
            if found and now and found[0]["version"] == now.case.version:
                break
        if found is None or now is None or (actor.party is Party.BUYER and (actor.id != now.case.buyer_id or not is_buyers(machine.kind, now.case.body))):
            raise Refused(Refusal("not_there"))
        row, clocks = found
        facts = veiled(for_reader(machine.kind, actor, row["facts"]), in_full(call, merchant, machine.kind, str(id)))
        deadlines = [Deadline(c["name"], c["due_at"], c["left"]) for c in clocks]
        shown = [_available(m, collection, str(id), machine, call) for m in now.moves]
        return Reply(Case(**row_of(row, machine, call.at), facts=facts, deadlines=deadlines, available_commands=shown), version=row["version"])

    return view


def _available(move: Move, collection: str, case_id: str, machine: Machine, call: Call) -> AvailableCommand:
    blocked = signed_in.refused(machine.kind, move.verb) or move.blocked
    why = None if blocked is None else Why(blocked.code, plain(blocked, call.language, machine))
    return AvailableCommand(move.verb, (move.command.zh, move.command.en)[call.at], f"/api/v1/{collection}/{case_id}/{move.verb}", why)


def teller(collection: str) -> View:
    """What happened to a case, oldest first."""
    machine = COLLECTIONS[collection]

    def view(call: Call, id: UUID) -> Reply:
        call.needs("read")
        call.known_queries("reveal", *PAGING)
        merchant, actor, most = call.merchant(), call.acting(), call.query("limit", limit, DEFAULT_LIMIT)
        after = call.query("cursor", read_cursor(tuple[int]), (0,))
        whose = screen.buyer_of(call.house.pool, merchant, machine.kind, str(id))
        if whose is None or (actor.party is Party.BUYER and actor.id != whose):
            raise Refused(Refusal("not_there"))
        shown = in_full(call, merchant, machine.kind, str(id))
        rows = screen.events(call.house.pool, merchant, str(id), after[0], most)
        told = [
            Event(r["version"], r["name"], r["at"], _who(r, actor, call.at), veiled(event_for_reader(machine.kind, actor, r["name"], r["body"]), shown), r["explanation"])
            for r in rows[:most] if not hidden(machine.kind, actor, r["name"], r["body"]) and not (actor.party is Party.BUYER and Copy("buyer").hides(r))
        ]
        return Reply(EventPage(told, cursor(rows[most - 1]["version"]) if len(rows) > most else None))

    return view


def _who(row: screen.Row, reader: Actor, at: int) -> Who:
    """Who did it; of the platform's people nobody outside reads more than that it was the platform, `at` 0 in Chinese, 1 in English."""
    if row["actor_kind"] == "platform" and reader.party is not Party.PLATFORM:
        return Who("platform", "", ("平台", "Platform")[at])
    return Who(row["actor_kind"], row["actor_id"], row["actor_name"])
