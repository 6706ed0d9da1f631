"""State, Step, Machine; decide() and moves(): how every kind of case is read off its table.

A `Machine` is a tuple of states, each with the steps that lead out of it. It is checked when it is built,
so a table with a hole never gets past import. `decide` is pure: it is told the time and the facts, and it
answers with a `Decision` (what to write) or a `Refusal` (why not, and what is possible instead).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from amends.core.actor import Actor, Party
from amends.core.case import Case
from amends.core.commands import Command, verb
from amends.core.refusal import Refusal


@dataclass(slots=True)
class Look:
    """All that a rule, a choice or an effect may see: the case, who asks for what, when, and the facts gathered for it."""

    case: Case
    command: Command
    actor: Actor
    now: datetime
    facts: Mapping[str, Any]
    to: str = ""
    """The state it leads to, known once the rules are content: changes and effects of a step with several ends look at it."""


Rule: TypeAlias = Callable[[Look], Refusal | None]
Change: TypeAlias = Callable[[Look], Mapping[str, Any]]
Effect: TypeAlias = Callable[[Look], Mapping[str, Any] | None]
"""Answers the body of its outbox row, or None where this end of the step asks nothing of the world."""


@dataclass(slots=True)
class Choice:
    """A step that can end in several states: `yes` when `asks` holds, `no` otherwise, which may ask on. Named, so that diagrams can say why."""

    asks: Callable[[Look], bool]
    yes: str
    no: "str | Choice"

    def ends(self) -> tuple[str, ...]:
        """Every state it can end in."""
        return (self.yes, self.no) if isinstance(self.no, str) else (self.yes, *self.no.ends())

    def end(self, look: Look) -> str:
        """The state it ends in."""
        if self.asks(look):
            return self.yes
        return self.no if isinstance(self.no, str) else self.no.end(look)


@dataclass(slots=True)
class Step:
    """One row: `command` by one of `by` leads to `to`, only if every rule is content, then these effects.

    `clock` re-arms another clock than the one of the state it leads to ("" keeps what is armed when the state stays).
    """

    command: type[Command]
    by: tuple[Party, ...]
    to: str | Choice
    only_if: tuple[Rule, ...] = ()
    then: tuple[Effect, ...] = ()
    change: tuple[Change, ...] = ()
    clock: str | None = None

    def targets(self) -> tuple[str, ...]:
        """Every state this step can lead to."""
        return (self.to,) if isinstance(self.to, str) else self.to.ends()


@dataclass(slots=True)
class State:
    """Where a case can be: its name, its label in both languages, who is waited for, its clock, and the steps out."""

    name: str
    zh: str
    en: str
    steps: tuple[Step, ...]
    waits_on: Party | None = None
    clock: str | None = None
    final: bool = False


@dataclass(slots=True)
class Decision:
    """What a decided command writes: the next state, changed facts, one event, clocks to arm and effects to perform."""

    state: str
    event: str
    changes: dict[str, Any]
    disarm: bool
    arm: str | None
    effects: tuple[tuple[str, Mapping[str, Any]], ...]
    closed: bool


class Machine:
    """The table of one kind of case. Building it checks it; ValueError names the first hole found."""

    def __init__(self, kind: str, states: tuple[State, ...], run_out: type[Command]) -> None:
        self.kind = kind
        self.states = {s.name: s for s in states}
        self.run_out = run_out
        self.steps = {s.name: {verb(t.command): t for t in s.steps} for s in states}
        self.commands: dict[str, type[Command]] = {verb(t.command): t.command for s in states for t in s.steps}
        self.parties: dict[str, frozenset[Party]] = {name: frozenset(p for s in states for t in s.steps if verb(t.command) == name for p in t.by) for name in self.commands}
        for hole in self._holes(states):
            raise ValueError(f"{kind}: {hole}")

    def _holes(self, states: tuple[State, ...]) -> list[str]:
        holes: list[str] = []
        if len(self.states) != len(states):
            holes.append("two states share a name")
        for s in states:
            runs_out = any(t.command is self.run_out for t in s.steps)
            if len(self.steps[s.name]) != len(s.steps):
                holes.append(f"{s.name}: a command has two rows")
            if bool(s.clock) != runs_out:
                holes.append(f"{s.name}: a clock needs a row for running out, and that row a clock")
            if not s.final and (s.waits_on is None or not any(x != s.name for t in s.steps for x in t.targets())):
                holes.append(f"{s.name}: open, but nobody is waited for or nothing leads out")
            holes += [f"{s.name}: {verb(t.command)} leads to unknown {x}" for t in s.steps for x in t.targets() if x not in self.states]
        return holes + [f"{name}: cannot be reached" for name in self._unreached(states)]

    def _unreached(self, states: tuple[State, ...]) -> list[str]:
        seen, todo = {states[0].name}, [states[0].name]
        while todo:
            here = self.states[todo.pop()]
            for target in (x for t in here.steps for x in t.targets() if x in self.states and x not in seen):
                seen.add(target)
                todo.append(target)
        return [s.name for s in states if s.name not in seen]


@dataclass(slots=True)
class Move:
    """A command this actor may give now, with the refusal that still stands in its way, if any."""

    verb: str
    command: type[Command]
    step: Step
    blocked: Refusal | None = field(default=None)


def possible(machine: Machine, case: Case, actor: Actor) -> list[str]:
    """The verbs that the table and the actor's permissions leave open in the case's present state (SO-21)."""
    return [v for v, s in machine.steps[case.state].items() if actor.side in s.by and actor.may(machine.kind, v)]


def decide(machine: Machine, look: Look) -> Decision | Refusal:
    """Decide one command. Refuses with `not_now` (409), `not_yours` or `permission_missing` (403), or a rule's own code."""
    case, actor, name = look.case, look.actor, verb(look.command)
    step, side = machine.steps[case.state].get(name), actor.side
    if name not in machine.commands:
        return Refusal("unknown_command", {"command": name})
    if side not in machine.parties[name]:
        return Refusal("not_yours", {"command": name, "party": actor.party.value})
    if not actor.may(machine.kind, name):
        return Refusal("permission_missing", {"permission": f"{machine.kind}.{name}"})
    if step is None or side not in step.by:
        return Refusal("not_now", {"command": name, "state": case.state, "possible": possible(machine, case, actor)})
    for rule in step.only_if:
        refusal = rule(look)
        if refusal is not None:
            return refusal
    return _carry_out(machine, step, look)


def _carry_out(machine: Machine, step: Step, look: Look) -> Decision:
    to = look.to = step.to if isinstance(step.to, str) else step.to.end(look)
    stays = to == look.case.state
    # Being late belongs to the state one is late in; the next state starts fresh.
    changes: dict[str, Any] = {} if stays else {"late": False}
    for change in step.change:
        changes.update(change(look))
    # What has ended waits for nothing, whatever clock another end of the step arms.
    arm = None if machine.states[to].final else step.clock if step.clock is not None else None if stays else machine.states[to].clock
    disarm = not stays or bool(step.clock) or step.command is machine.run_out
    effects = tuple((effect.__name__, body) for effect in step.then if (body := effect(look)) is not None)
    return Decision(to, step.command.event, changes, disarm, arm or None, effects, machine.states[to].final)


def moves(machine: Machine, case: Case, actor: Actor, now: datetime, facts: Mapping[str, Any]) -> list[Move]:
    """What this actor may do now, in the table's order; a rule that needs no field answered tells why a button is off."""
    out: list[Move] = []
    for name in possible(machine, case, actor):
        step = machine.steps[case.state][name]
        look = Look(case, step.command(), actor, now, facts)
        blocked = next((r for rule in step.only_if if getattr(rule, "before_asking", False) and (r := rule(look)) is not None), None)
        out.append(Move(name, step.command, step, blocked))
    return out
