"""Lives of service orders over the pure core: a seed decides everything, invariants are checked after every step (OP-7, OP-8).

No database here: the same table, guards and effects as the product, folded into a small world of stock and money.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.core.actor import ALL, SYSTEM, Actor, Party
from amends.core.case import Case
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.commands import Command, verb
from amends.core.machine import Decision, Look, decide
from amends.core.refusal import Refusal
from amends.sim.typed import Choices, typed

START = datetime(2026, 3, 2, tzinfo=UTC)
BUYER = Actor(Party.BUYER, "buyer", "小林")
AGENTS = (Actor(Party.MERCHANT, "hai", "阿海", "m1", ALL), Actor(Party.MERCHANT, "xia", "知夏", "m1", ALL))
ARBITER = Actor(Party.PLATFORM, "arbiter", "平台", None, ALL)
CARRIER = Actor(Party.CARRIER, "carrier", "承运商")
PEOPLE = (BUYER, *AGENTS, ARBITER, CARRIER)
COLUMNS = ("type", "reason", "quantity", "assignee", "assignee_name", "granted", "moved")


@dataclass
class World:
    """What one life stands on: the case, stock by SKU, what was paid (minor units), the armed clock and the story so far."""

    case: Case
    stock: dict[str, int]
    paid: int
    clock: tuple[str, datetime] | None
    now: datetime = START
    requests: dict[str, int] = field(default_factory=dict)
    deduct_offline: bool = False
    story: list[str] = field(default_factory=list)
    events: list[tuple[str, Decision]] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """What the store would gather for a decision."""
        left = self.paid - self.case.granted
        return {"addresses": {"a1": "一仓"}, "default_address": "a1", "stock": self.stock, "deduct_offline": self.deduct_offline,
                "computed": left, "cap": left, "staff": {"说明": "同事"}, "requests": self.requests,
                "pieces_left": 3, "reasons": {"说明": {"fault": "merchant"}}}


class Broken(Exception):
    """An invariant does not hold; the message is the story that led there."""


def birth(chance: random.Random) -> World:
    """A new application: type, quantity, price and stock by chance."""
    kind, quantity = chance.choice(("return", "exchange", "repair", "reissue")), chance.randint(1, 3)
    case = Case("case-1", "m1", "service_order", "S-2026-000001", "reviewing", 1, START, kind, kind, "r", "o1", "buyer", "CUP", quantity)
    case.body["alert_open"] = chance.random() < 0.2
    return World(case, {"CUP": chance.randint(0, 4), "MUG": chance.randint(0, 2)}, chance.randint(0, 50_000), ("review", START + timedelta(hours=48)), deduct_offline=chance.random() < 0.5)


def step(world: World, chance: random.Random) -> Decision | Refusal:
    """Somebody, or the clock, asks for something; what is decided is written."""
    if world.clock and chance.random() < 0.15:
        world.now, actor = world.clock[1], SYSTEM
        command: Command = SERVICE_ORDER.run_out()
    else:
        world.now += timedelta(minutes=chance.randint(1, 600))
        if world.clock:
            world.now = min(world.now, world.clock[1])
        actor = chance.choice(PEOPLE)
        row = SERVICE_ORDER.steps[world.case.state]
        names = [v for v in row if actor.party in row[v].by] if chance.random() < 0.9 else list(SERVICE_ORDER.commands)
        command = typed(SERVICE_ORDER.commands[chance.choice(names or list(SERVICE_ORDER.commands))], chance, Choices(world.paid, requests=[*world.requests, "r0"]))
    answer = decide(SERVICE_ORDER, Look(world.case, command, actor, world.now, world.facts()))
    said = answer.state if isinstance(answer, Decision) else f"✗ {answer.code}"
    world.story.append(f"{world.now:%m-%d %H:%M}  {actor.name:<8} {verb(command):<26} → {said}")
    if isinstance(answer, Decision):
        write(world, command, answer)
    return answer


def write(world: World, command: Command, decision: Decision) -> None:
    """Fold a decision into the world, as the store would."""
    apply(world.case, decision)
    world.events.append((verb(command), decision))
    for name, body in decision.effects:
        if name in ("take_stock", "take_owed_stock", "take_offline_stock") and body["sku"] in world.stock:
            world.stock[body["sku"]] -= body["quantity"]
        if name == "restock" and body["to"] == "sale":
            world.stock[body["sku"]] += body["quantity"]
        if name == "pay_refund" and (part := world.case.granted - world.case.moved - sum(world.requests.values())) > 0:
            world.requests[f"r{len(world.events)}"] = part
    if verb(command) == "reverse_refund":
        world.requests.clear()
    world.requests.pop(getattr(command, "request", ""), None)
    if decision.disarm:
        world.clock = None
    if decision.arm:
        world.clock = (decision.arm, world.now + timedelta(hours=48))


def apply(case: Case, decision: Decision) -> None:
    """One event's fold: the state, the columns and the body of the case."""
    case.state, case.version = decision.state, case.version + 1
    for name, value in decision.changes.items():
        if name in COLUMNS:
            setattr(case, name, value)
        else:
            case.body[name] = value


def broken(world: World) -> Iterator[str]:
    """The invariants of OP-8 that do not hold now, in words."""
    state = SERVICE_ORDER.states[world.case.state]
    moving = sum(world.requests.values())
    if world.case.moved + moving != world.case.granted or not 0 <= world.case.moved <= world.case.granted <= world.paid:
        yield f"money: granted {world.case.granted}, moved {world.case.moved}, still to move {moving}, paid {world.paid}"
    yield from (f"stock of {sku} is {left}" for sku, left in world.stock.items() if left < 0)
    if not state.final and world.clock is None and state.waits_on is None:
        yield f"{state.name}: open, with neither a clock nor anybody waited for"
    if state.final and world.clock:
        yield f"{state.name}: ended, but a clock still runs"
    if world.clock and state.clock is None:
        yield f"{state.name}: a clock runs that does not belong here"


def live(seed: int, steps: int = 60) -> World:
    """One whole life. Raises Broken with the story when an invariant fails or the events do not fold to the state."""
    chance = random.Random(seed)
    world = birth(chance)
    for _ in range(steps):
        step(world, chance)
        for wrong in broken(world):
            raise Broken("\n".join([f"seed {seed}: {wrong}", *world.story]))
    again = birth(random.Random(seed)).case
    for _, decision in world.events:
        apply(again, decision)
    if again != world.case:
        raise Broken("\n".join([f"seed {seed}: the events do not fold to the case", *world.story]))
    return world
