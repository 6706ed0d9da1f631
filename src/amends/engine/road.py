"""One merchant's batch while it is being decided: cases in memory, decisions folded in, rows to write."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from amends.core.actor import SYSTEM, Actor, Party
from amends.core.case import Case
from amends.core.cases import TABLES
from amends.core.commands import Command, inputs, verb
from amends.core.machine import Decision, Look, decide, possible
from amends.core.pack_flows import traits_of
from amends.core.refusal import Refusal
from amends.core.strategy import node_of
from amends.core.verbs.desk import RaiseAlert
from amends.core.verbs.lightning import AdvanceRefund, ReturnCollected
from amends.engine import alerts
from amends.engine.beside import Beside
from amends.engine.columns import COLUMNS, column_row
from amends.engine.deadlines import Deadline
from amends.engine.explaining import explanation
from amends.engine.facts import Facts
from amends.engine.ids import new_id, new_ids_in_order
from amends.engine.keywords import Live
from amends.engine.resuming import resumed
from amends.store.batch import Found, Row, Writing

DONE_AT_ONCE = frozenset({"hold_stock", "rehold_stock", "take_stock", "take_offline_stock", "restock", "cancel_goods", "restore_goods", "ask_difference", "drop_difference"})
"""Effects on our own tables: they are written with the decision, not left to the outbox."""
KINDS = {Party.CLOCK: "system"}
_OWN_CLOCK = frozenset({"resumes", "runs_since", "arms", "clock_then"})
"""Changes that say more of the clock a decision arms than the table does."""
LOOK_AGAIN = frozenset({"acknowledge_alert", "change_type", "change_application", "release", "parcel_signed", "order_shipped", "interception_failed"})
"""Verbs after which a case that stays where it is may be another one to what decides by itself; entering a node is always looked at (decision 0010)."""


@dataclass(slots=True)
class Decided:
    """What a decision did: its event, and for a dry run what would follow."""

    event: str
    plan: dict[str, Any] = field(default_factory=dict)


def case_of(merchant: str, row: Row) -> Case:
    """A row of `store/sql/lock_cases.sql` as the core sees it."""
    body = row[19]
    if row[20]:
        body["line_id"] = row[20]
    return Case(row[0], merchant, row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], row[9], row[10], row[11], row[12], row[13],
                row[14], body.get("assignee_name") or "", row[15], row[16], row[17], row[18], body)


def typed_in(command: Command) -> dict[str, Any]:
    """What was filled in of a command, field by field."""
    found = {item.name: getattr(command, item.name) for item in inputs(command.__class__)}
    return {name: value for name, value in found.items() if value not in ("", None, [])}


class Road:
    """Decides in order and gathers the rows. `cases` by id, as they stand after what was decided so far.

    `told_again`: whether somebody may send the same command twice, so that its answer is kept under its id (SO-23). Not so where what is decided
    is about one version of a case and nothing else: that version is there once.
    `tables`: (kind, node) of the tables of strategies in use, where they were read; otherwise the database looks whether one waits for a case that enters a node.
    """

    def __init__(self, merchant: str, found: Found, now: datetime, *, told_again: bool = True, tables: Container[tuple[str, str]] | None = None) -> None:
        self.merchant, self.now, self.told_again, self.tables = merchant, now, told_again, tables
        self.cases = {row[0]: case_of(merchant, row) for row in found.cases}
        self.facts = Facts(found, now)
        self.clocks = {row[0]: row[2] for row in found.clocks}
        self.writing = Writing()
        self.keywords: Live | None = None
        """What buyers' words are read by; whoever takes such words in sets it."""
        self.beside = Beside(self.facts, now)
        self._was = {i: c.version for i, c in self.cases.items()}
        self._patch: dict[str, dict[str, Any]] = {}
        self._done = {row[0]: row[2] for row in found.done}
        self._typed: tuple[Command | None, dict[str, Any]] = (None, {})
        self._touched: dict[str, None] = {}
        self._rearmed: dict[str, Deadline | None] = {}
        self._considered: dict[str, dict[str, Any]] = {}

    def digest(self, case_id: str, command: Command) -> str:
        """What a command id stands for: this case, this verb, these fields."""
        return hashlib.sha256(msgspec.json.encode([case_id, verb(command), command])).hexdigest()[:32]

    def done_before(self, command_id: str) -> dict[str, Any] | None:
        """The answer given to this command id, if it was carried out (SO-23)."""
        return self._done.get(command_id)

    def ring(self, case: Case) -> Decided | Refusal:
        """Let the clock of a case run out, if it really is due (somebody may have acted since it was seen)."""
        due_at = self.clocks.get(case.id)
        if due_at is None or due_at > self.now:
            return Refusal("clock_not_due")
        return self.decide(case, TABLES[case.kind].run_out(), SYSTEM, new_id(), keep=True)

    def possible(self, case: Case, actor: Actor) -> list[str]:
        """What this actor could do instead (SO-21)."""
        return possible(TABLES[case.kind], case, actor)

    def decide(self, case: Case, command: Command, actor: Actor, command_id: str, *, keep: bool, why: dict[str, Any] | None = None) -> Decided | Refusal:
        """Decide one command; when `keep`, fold it into the case and gather its rows."""
        machine = TABLES[case.kind]
        look = Look(case, command, actor, self.now, self.facts.of(case, command))
        decision = decide(machine, look)
        if isinstance(decision, Refusal):
            return decision
        plan = self._plan(case, decision) if not keep else {}
        if keep:
            self._keep(look, decision, command_id, why)
            self._warn(look, command_id)
            self._advance(look, command_id)
        return Decided(decision.event, plan)

    def _warn(self, look: Look, command_id: str) -> None:
        """Words the buyer has just written raise an alert in the same transaction, so that nothing can be quicker than it (KW-2)."""
        found = alerts.of_command(self.keywords, look) if self.keywords is not None else None
        if found is not None:
            self.facts.raising[look.case.id], why = found
            self.decide(look.case, RaiseAlert(), SYSTEM, new_id(), keep=True, why=why)
            self._done[command_id]["version"] = look.case.version  # what is answered now is answered again (SO-23)

    def _advance(self, look: Look, command_id: str) -> None:
        """Goods that a carrier has just collected bring the refund forward in the same transaction, where every condition holds (SO-32)."""
        switched = self.facts.settings.get("lightning_refund") or self.facts.settings.get("lightning_by_platform")
        if switched and isinstance(look.command, ReturnCollected):
            self.decide(look.case, AdvanceRefund(), SYSTEM, new_id(), keep=True)
            self._done[command_id]["version"] = look.case.version

    def _plan(self, case: Case, decision: Decision) -> dict[str, Any]:
        kind = decision.changes.get("type", case.type)
        armed = self._armed(case, decision, kind) if decision.arm else None
        return {
            "state": decision.state, "changes": decision.changes, "closed": decision.closed,
            "clock": None if armed is None else {"name": armed.name, "due_at": armed.due_at, **armed.why},
            "effects": [{"effect": name, **body} for name, body in decision.effects],
        }

    def _keep(self, look: Look, decision: Decision, command_id: str, why: dict[str, Any] | None) -> None:
        case, before = look.case, look.case.state
        # What the pack's own rule did beside a person's decision is told with it.
        why = why or decision.changes.pop("explains", None) or explanation(look, decision, self.facts.clocks_of(case).pack)
        patch = self._patch.setdefault(case.id, {})
        self.beside.note(look, decision)
        if decision.state == "rejected":
            self.facts.refuse(case)
        for name, value in decision.changes.items():
            if name in COLUMNS:
                setattr(case, name, value)
            if name not in COLUMNS or name == "assignee_name":
                case.body[name] = patch[name] = value
        case.state, case.version = decision.state, case.version + 1
        case.closed_at = (case.closed_at or self.now) if decision.closed else None
        self.facts.awarded.note(case)
        self._set_clock(case, decision, before, look)
        self._touched[case.id] = None
        self._event(look, decision, command_id, before, why)
        for name, body in decision.effects:
            if name not in DONE_AT_ONCE:
                self._put(case, name, {**body, "command": command_id, "version": case.version})
        if self.facts.merchant.automates and (before != case.state or verb(look.command) in LOOK_AGAIN) and (node := node_of(case.kind, case.state)) and self._looks(case.kind, node):
            self._considered[case.id] = {"case_id": case.id, "kind": case.kind, "node": node, "version": case.version}

    def _looks(self, kind: str, node: str) -> bool:
        """Whether something decides at a node; past review only tables of strategies do (`sql/consider.sql`)."""
        return self.tables is None or node == "review" or (kind, node) in self.tables

    def _put(self, case: Case, effect: str, body: dict[str, Any], due_at: datetime | None = None) -> None:
        """One row of the outbox, due at once unless it says when; who is asked to rate is reminded at the time of the pack's clock `rate` (SO-19)."""
        self.writing.outbox.append({"id": "", "case_id": case.id, "effect": effect, "body": body, "due_at": due_at})
        if effect == "ask_to_rate" and (later := self.facts.clocks_of(case).arm("rate", case.type, self.now, case.body.get("region", "")).remind_at):
            self._put(case, "remind_to_rate", {**body, "event": "rate_reminder"}, later)

    def _set_clock(self, case: Case, decision: Decision, before: str, look: Look) -> None:
        late_here = decision.state == before and look.actor.party is Party.CLOCK
        if decision.disarm:
            self._rearmed[case.id] = None
            # A case that is late keeps the instant it was due at: the desk shows by how much.
            case.due_at = case.due_at if late_here else None
        if decision.arm:
            armed = self._armed(case, decision, case.type)
            case.due_at = armed.due_at
            self._rearmed[case.id] = armed
            case.body["clock"] = self._patch[case.id]["clock"] = armed.why

    def _armed(self, case: Case, decision: Decision, type_: str) -> Deadline:
        """The clock a decision arms: the pack's span, or the instant that was promised within it (ST-K5)."""
        clocks = self.facts.clocks_of(case)
        region = case.body.get("region", "")
        if decision.arm != "promise" and _OWN_CLOCK.isdisjoint(decision.changes):
            return clocks.arm(str(decision.arm), type_, self.now, region, fast=bool(case.body.get("fast_review")), traits=traits_of(case.body))
        if (goes_on := decision.changes.get("resumes")) and goes_on["clock"]:
            return resumed(clocks, goes_on, type_, self.now, region)
        # Some times run from something earlier than this step: evidence from the opening, appeals from the judgement (DI-4a).
        since = decision.changes.get("runs_since")
        armed = clocks.arm(str(decision.changes.get("arms") or decision.arm), type_, datetime.fromisoformat(since).astimezone(UTC) if since else self.now, region, fast=bool(case.body.get("fast_review")), traits=traits_of(case.body))
        if since:  # what follows a later suspension has to know that it did not begin with this event (PO-15)
            armed = replace(armed, why={**armed.why, "started_at": since})
        if ends := decision.changes.get("clock_then"):  # the step knows better than the pack what silence leads to (decision 0011)
            armed = replace(armed, why={**armed.why, "then": ends})
        until = decision.changes.get("promised_until") if decision.arm == "promise" else None
        return clocks.promised(armed, datetime.fromisoformat(until).astimezone(UTC), self.now, region) if until else armed

    def _typed_in(self, command: Command) -> dict[str, Any]:
        """What was filled in, worked out once for a command that many cases are given."""
        if command is not self._typed[0]:
            self._typed = (command, typed_in(command))
        return self._typed[1]

    def _event(self, look: Look, decision: Decision, command_id: str, before: str, why: dict[str, Any] | None) -> None:
        case, actor, name = look.case, look.actor, verb(look.command)
        typed = self._typed_in(look.command)
        kind = KINDS.get(actor.party, actor.party.value)
        self.writing.events.append({
            "case_id": case.id, "version": case.version, "name": decision.event, "command_id": command_id, "actor_kind": kind, "actor_id": actor.id,
            "actor_name": actor.name, "at": self.now, "body": {"command": name, "from": before, "to": decision.state, "input": typed, "changes": decision.changes},
            "explanation": why,
        })
        if isinstance(look.command, TABLES[case.kind].run_out):
            return  # a clock rings once by its row; what the house says by name is told again when a worker dies over it, and counts once
        answer = self._done[command_id] = {"version": case.version, "state": case.state, "event": decision.event}
        if self.told_again:
            answer["digest"] = self.digest(case.id, look.command)
            self.writing.done.append({"command_id": command_id, "case_id": case.id, "answer": answer})
        if actor.party in (Party.MERCHANT, Party.PLATFORM):
            self.writing.audit.append({
                "id": new_id(), "actor_kind": kind, "actor_id": actor.id, "actor_name": actor.name, "action": f"{case.kind}.{name}", "subject_kind": case.kind,
                "subject_id": case.id, "before": {"state": before}, "after": {"state": case.state, "number": case.number, **typed, **{k: decision.changes[k] for k in ("alert_answer",) if k in decision.changes}},
            })

    def rows(self) -> Writing:
        """Everything to write, each case once, however many commands touched it."""
        w = self.writing
        for case_id in self._touched:
            case, patch = self.cases[case_id], self._patch.get(case_id, {})
            w.cases.append(column_row(case, self._was[case_id], patch, TABLES[case.kind], self.now))
            if case_id in self._rearmed:
                armed = self._rearmed[case_id]
                w.disarmed.append((case_id, armed.name if armed else ""))
                if armed:
                    w.armed.append({"case_id": case_id, "name": armed.name, "due_at": armed.due_at, "remind_at": armed.remind_at, "case_version": case.version})
        for row, fresh in zip(w.outbox, new_ids_in_order(len(w.outbox)), strict=True):
            row["id"] = fresh
        w.beside = self.beside.rows()
        if self._considered:
            w.beside.append(("consider", list(self._considered.values())))
        return w

