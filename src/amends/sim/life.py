"""What every life over the pure core shares: a case with its money and its clock, the fold of its events, and what must hold of any kind (OP-7, OP-8).

No database here: the same tables, guards and effects as the product, folded into a small world that the lives of each kind extend.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from amends.core.actor import ALL, CARRIER_ACTOR, PROVIDER_ACTOR, SYSTEM, Actor, Party
from amends.core.case import Case
from amends.core.commands import Command, verb
from amends.core.machine import Decision, Look, Machine, decide
from amends.core.pack import Pack
from amends.core.refusal import Refusal
from amends.engine.flows import facts_for
from amends.sim.rules import dress, pack_for, pays_by_rule
from amends.sim.typed import Choices, typed

START = datetime(2026, 3, 2, tzinfo=UTC)
BUYER = Actor(Party.BUYER, "buyer", "小林")
AGENTS = (Actor(Party.MERCHANT, "hai", "阿海", "m1", ALL), Actor(Party.MERCHANT, "xia", "知夏", "m1", ALL))
ARBITER = Actor(Party.PLATFORM, "arbiter", "平台", None, ALL)
CARRIER, PROVIDER = CARRIER_ACTOR, PROVIDER_ACTOR
COLUMNS = ("type", "reason", "quantity", "assignee", "assignee_name", "granted", "moved")
ABOUT_REQUESTS = frozenset({"record_transfer", "refund_moved", "refund_failed", "retry_refund"})
A_CLOCK = timedelta(hours=48)


class Broken(Exception):
    """An invariant does not hold; the message is the story that led there."""


@dataclass
class World:
    """What one life stands on: the case, what was paid (minor units), the armed clock, refund requests that wait or failed, and the story so far."""

    machine: ClassVar[Machine]
    people: ClassVar[Sequence[Actor]]

    case: Case
    paid: int
    clock: tuple[str, datetime] | None
    now: datetime = START
    requests: dict[str, int] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    began: str = ""
    """The state the life began in."""
    story: list[str] = field(default_factory=list)
    events: list[tuple[str, Decision]] = field(default_factory=list)
    rules: Pack | None = None
    """The pack it is lived under."""
    paid_by_silence: list[str] = field(default_factory=list)
    """Money that a clock gave without a rule of the pack's own (SO-29)."""

    def facts(self, command: Command) -> dict[str, Any]:
        """What the store would gather for a decision."""
        left = self.paid - self.case.granted
        of_pack = facts_for(verb(command), self.case, self.rules) if self.rules is not None else {}
        return {"computed": left, "cap": left, "staff": {"说明": "同事"}, "requests": self.requests, "failed": self.failed, **of_pack}

    def choices(self) -> Choices:
        """What people choose from when they fill in a form."""
        return Choices(self.paid, requests=[*self.requests, "r0"])

    def names(self, actor: Actor) -> list[str]:
        """What this actor may be expected to ask for now; money on its way is on everybody's mind."""
        names = [v for v, row in self.machine.steps[self.case.state].items() if actor.party in row.by]
        return names + [v for v in names if v in ABOUT_REQUESTS] * 3 if self.requests else names

    def write(self, command: Command, decision: Decision) -> None:
        """Fold a decision into the world, as the store would."""
        before, rang = copy(self.case), self.clock[0] if self.clock else ""
        apply(self.case, decision)
        if self.case.kind == "service_order" and isinstance(command, self.machine.run_out) and self.case.granted > before.granted and not pays_by_rule(self.rules, rang):
            self.paid_by_silence.append(f"the end of {rang} granted {self.case.granted - before.granted} without a rule of the pack's own (SO-29)")
        self.events.append((verb(command), decision))
        for name, body in decision.effects:
            self.perform(name, body)
        self._move_money(command, decision)
        self.settle(command, decision, before)
        if decision.disarm:
            self.clock = None
        if decision.arm:
            self.clock = (decision.arm, self.now + A_CLOCK)

    def perform(self, name: str, body: Mapping[str, Any]) -> None:
        """One effect of this kind of case."""

    def settle(self, command: Command, decision: Decision, before: Case) -> None:
        """What else follows from a decision; `before`: state and columns of the case as they were."""

    def _move_money(self, command: Command, decision: Decision) -> None:
        request = getattr(command, "request", "")
        if verb(command) == "refund_failed":
            self.failed.add(request)
        elif verb(command) == "retry_refund":
            self.failed.discard(request)
        elif request in self.requests:
            del self.requests[request]
            self.failed.discard(request)
        if any(name in ("pay_refund", "return_difference") for name, _ in decision.effects):
            part = self.case.granted - self.case.moved - sum(self.requests.values())
            for n, share in enumerate((part // 3, part - part // 3)):  # paid in two parts, and so given back in two
                if share > 0:
                    self.requests[f"r{len(self.events)}.{n}"] = share

    def broken(self) -> Iterator[str]:
        """The invariants of OP-8 that do not hold now, in words."""
        state, case, moving = self.machine.states[self.case.state], self.case, sum(self.requests.values())
        if case.moved + moving != case.granted or not 0 <= case.moved <= case.granted <= self.paid:
            yield f"money: granted {case.granted}, moved {case.moved}, still to move {moving}, paid {self.paid}"
        yield from self.paid_by_silence
        if not self.failed <= set(self.requests):
            yield f"money: {sorted(self.failed - set(self.requests))} failed and nobody asks for it"
        if not state.final and self.clock is None and state.waits_on is None:
            yield f"{state.name}: open, with neither a clock nor anybody waited for"
        if state.final and self.clock:
            yield f"{state.name}: ended, but a clock still runs"
        if self.clock and state.clock is None:
            yield f"{state.name}: a clock runs that does not belong here"


def step(world: World, chance: random.Random) -> Decision | Refusal:
    """Somebody, or the clock, asks for something; what is decided is written."""
    if world.clock and chance.random() < 0.15:
        world.now, actor = world.clock[1], SYSTEM
        command: Command = world.machine.run_out()
    else:
        pass_time(world, chance)
        actor = chance.choice(world.people)
        names = world.names(actor) if chance.random() < 0.9 else list(world.machine.commands)
        command = typed(world.machine.commands[chance.choice(names or list(world.machine.commands))], chance, world.choices())
    return ask(world, command, actor)


def pass_time(world: World, chance: random.Random) -> None:
    """Some hours, but never past a clock that runs."""
    world.now += timedelta(minutes=chance.randint(1, 600))
    if world.clock:
        world.now = min(world.now, world.clock[1])


def ask(world: World, command: Command, actor: Actor) -> Decision | Refusal:
    """One command is decided, told in the story, and written when it is not refused."""
    answer = decide(world.machine, Look(world.case, command, actor, world.now, world.facts(command)))
    said = answer.state if isinstance(answer, Decision) else f"✗ {answer.code}"
    world.story.append(f"{world.now:%m-%d %H:%M}  {actor.name:<8} {verb(command):<26} → {said}")
    if isinstance(answer, Decision):
        world.write(command, answer)
    return answer


def apply(case: Case, decision: Decision) -> None:
    """One event's fold: the state, the columns and the body of the case."""
    case.state, case.version = decision.state, case.version + 1
    for name, value in decision.changes.items():
        if name in COLUMNS:
            setattr(case, name, value)
        else:
            case.body[name] = value


def born_under(pack: Pack, birth: Callable[[random.Random], World], chance: random.Random, seed: int) -> World:
    """A new life under the rules of a pack; what the pack adds is drawn beside what the life draws, so that lives under different packs are alike."""
    world = birth(chance)
    world.rules = pack
    dress(world.case, pack, random.Random(f"rules {seed}"), unshipped=getattr(world, "order", "") == "preparing")
    return world


def live_through(seed: int, birth: Callable[[random.Random], World], act: Callable[[World, random.Random], Any], steps: int, pack: str = "") -> World:
    """One whole life under a pack (none named: each in turn, by the seed). Raises Broken with the story when an invariant fails or the events do not fold to the state."""
    chance, rules = random.Random(seed), pack_for(seed, pack)
    world = born_under(rules, birth, chance, seed)
    world.began = world.case.state
    for _ in range(steps):
        act(world, chance)
        for wrong in world.broken():
            raise Broken("\n".join([f"seed {seed}, {rules.id}: {wrong}", *world.story]))
    again = born_under(rules, birth, random.Random(seed), seed).case
    for _, decision in world.events:
        apply(again, decision)
    if again != world.case:
        raise Broken("\n".join([f"seed {seed}: the events do not fold to the case", *world.story]))
    return world
