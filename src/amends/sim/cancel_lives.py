"""Lives of cancellations over the pure core, beside a small order that ships, is delivered and is received whatever anybody decides (CA-1 … CA-9, OP-7, OP-8)."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from amends.core.actor import SYSTEM, Actor
from amends.core.case import Case
from amends.core.cases.cancellation import CANCELLATION
from amends.core.commands import Command
from amends.core.machine import Decision
from amends.core.verbs.cancel import FastRefund
from amends.core.verbs.outside import InterceptionFailed, InterceptionSucceeded, OrderReceived, OrderShipped
from amends.sim.judged import judge
from amends.sim.life import AGENTS, ARBITER, BUYER, CARRIER, PROVIDER, START, World, ask, live_through, pass_time, step
from amends.sim.typed import Choices

PEOPLE = (BUYER, *AGENTS, ARBITER, CARRIER, PROVIDER)
HEARD = {"shipped": OrderShipped, "received": OrderReceived, "fast": FastRefund}
GOES_ON = ("preparing", "shipped", "delivered", "received")
LEANS = frozenset({"approve_and_intercept", "follow_up_parcel"})
"""What is asked for more often, because most can go wrong there."""
CARRIERS_WORD = frozenset({"interception_succeeded", "interception_failed"})


@dataclass
class Parcel:
    """One parcel of the order: where it truly is, and whether its carrier was asked to stop it."""

    place: str = "on_its_way"
    asked: int = 0
    answers: str = ""
    """What the carrier will say, if it ever does: succeeded, failed, or nothing."""


@dataclass
class Ordered(World):
    """A cancellation and its order: state, parcels by waybill, pieces given up, and what the house has still to say to the case."""

    machine = CANCELLATION
    people = PEOPLE

    order: str = "preparing"
    platform_delivery: bool = False
    parcels: dict[str, Parcel] = field(default_factory=dict)
    pieces: int = 1
    given_up: int = 0
    news: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def facts(self, command: Command) -> dict[str, Any]:
        """What the store would gather for a decision."""
        on_their_way = {number: "顺丰" for number, parcel in self.parcels.items() if parcel.place != "delivered"}
        at = GOES_ON.index(self.order)
        order = {"state": self.order, "shipped": at >= 1, "delivered": at >= 2, "received": at >= 3, "platform_delivery": self.platform_delivery, "waybills": on_their_way}
        return {**super().facts(command), "order": order, "with_provider": frozenset(r for r in self.requests if r.endswith("1")), "goods_free": not self.given_up}

    def choices(self) -> Choices:
        """Waybills of the order, and one of somebody else's."""
        return Choices(self.paid, requests=[*self.requests, "r0"], waybills=[*self.parcels, "SF404"], reasons=("other",))

    def names(self, actor: Actor) -> list[str]:
        """Carriers answer only what they were asked (`_carriers`); the house speaks for the order (`_hear`)."""
        names = [v for v in super().names(actor) if v not in CARRIERS_WORD]
        if self.case.state == "intercepting":  # few come here, and somebody should have claimed it
            names = names + [v for v in names if v in ("claim", "release", "acknowledge_alert", "call_platform", "answer_call")] * 3
        return names + [v for v in names if v in LEANS] * 3

    def perform(self, name: str, body: Mapping[str, Any]) -> None:
        """Goods are given up; carriers are asked."""
        if name == "cancel_goods":
            self.given_up += sum(line["quantity"] for line in body["lines"])
        if name == "restore_goods":
            self.given_up -= sum(line["quantity"] for line in body["lines"])
        if name == "intercept_parcel":
            for waybill in body["waybills"]:
                self.parcels[waybill].asked += 1

    def settle(self, command: Command, decision: Decision, before: Case) -> None:
        """What is granted against the rules of the boundary is remembered, because receipt may come right after."""
        if decision.changes.get("granted", 0) > before.granted and self.order == "received":
            self.wrong.append(f"granted by {decision.event} after receipt was confirmed (OR-5)")

    def broken(self) -> Iterator[str]:
        """Beside what holds of every case: goods are given up exactly when the money is, once, and nobody is asked twice to stop one parcel."""
        yield from super().broken()
        yield from self.wrong
        case = self.case
        ends = case.state in ("refunding", "refunded") or (case.state == "closed" and (case.body.get("ended") == "unpaid" or case.body.get("gave_up")))
        if self.given_up != (self.pieces if ends else 0):
            yield f"{case.state} {case.body.get('ended', '')}: {self.given_up} of {self.pieces} pieces are given up"
        if (case.granted > 0) != (case.state in ("refunding", "refunded")):
            yield f"{case.state}: granted {case.granted}"
        if case.state == "refunding" and case.moved == case.granted:
            yield "refunding: everything has moved, and still it waits"
        if case.state == "closed" and case.body.get("ended") == "unpaid" and (self.paid or self.order == "received"):
            yield f"closed as unpaid, though {self.paid} were paid and the order is {self.order}"
        if case.state == "closed" and case.body.get("ended") == "received" and GOES_ON.index(self.order) < 2:
            yield f"closed as received, though the order is {self.order}"
        yield from (f"the carrier was asked {p.asked} times to stop {number} (LO-3)" for number, p in self.parcels.items() if p.asked > 1)


def birth(chance: random.Random) -> Ordered:
    """A new cancellation of an order that is somewhere between payment and its buyer's door; some orders are paid at the door (CA-9)."""
    pieces, order = chance.randint(1, 3), chance.choice(("preparing", "preparing", "shipped", "shipped", "delivered"))
    paid, fast = chance.choice((0, *[chance.randint(2, 50_000)] * 5)), chance.random() < 0.2
    type_ = "deletion" if not paid and order == "preparing" and chance.random() < 0.5 else "whole"
    case = Case("case-1", "m1", "cancellation", "C-2026-000001", "reviewing", 1, START, type_, "refund", "changed_mind", "o1", "buyer", "CUP", pieces)
    case.body |= {"lines": [{"line_id": "line-1", "quantity": pieces}], "alert_open": False}
    clock = "cancel_review" if order == "preparing" else "cancel_answer"
    world = Ordered(case, paid, (clock, START + timedelta(hours=48)), order=order, platform_delivery=chance.random() < 0.4, pieces=pieces)
    if fast and order == "preparing":
        world.news.append("fast")
    if order != "preparing":
        _send(world, chance)
    if order == "delivered":
        for parcel in world.parcels.values():
            parcel.place = "delivered"
    return world


def act(world: World, chance: random.Random) -> None:
    """One thing happens: the order goes on, the house tells it, a carrier answers, or somebody (or a clock) asks for something."""
    assert isinstance(world, Ordered)
    draw = chance.random()
    if draw < 0.12:
        _go_on(world, chance)
    elif draw < 0.26 and world.news:
        pass_time(world, chance)
        ask(world, HEARD[world.news.pop(chance.randrange(len(world.news)))](), SYSTEM)
    elif draw < 0.40 and (asked := [n for n, p in world.parcels.items() if p.asked]):
        _carriers(world, chance, chance.choice(asked))
    elif draw < 0.42:
        judge(world, chance, gives_up=world.order != "received" and not world.given_up)
    else:
        step(world, chance)


def _send(world: Ordered, chance: random.Random) -> None:
    for n in range(chance.choice((1, 1, 2))):
        world.parcels[f"SF{n + 1}"] = Parcel(answers=chance.choice(("succeeded", "succeeded", "failed", "")))
    if chance.random() < 0.1:
        world.parcels.clear()  # shipped, says the shop, and no waybill came with it


def _go_on(world: Ordered, chance: random.Random) -> None:
    """The order takes its next step, if nothing stops it: a parcel that was stopped is never delivered, what is given up before it ships is not sent."""
    if world.order == "preparing" and not world.given_up:
        world.order = "shipped"
        _send(world, chance)
        world.news.append("shipped")
    elif world.order == "shipped" and all(p.place == "on_its_way" and not (p.asked and p.answers == "succeeded") for p in world.parcels.values()):
        world.order = "delivered"
        for parcel in world.parcels.values():
            parcel.place = "delivered"
    elif world.order in ("shipped", "delivered") and chance.random() < 0.5 and not world.given_up:
        world.order = "received"  # buyers sometimes confirm before the goods are there
        world.news.append("received")
    else:
        return
    world.story.append(f"{world.now:%m-%d %H:%M}  the order is {world.order}, parcels {[p.place for p in world.parcels.values()]}")


def _carriers(world: Ordered, chance: random.Random, waybill: str) -> None:
    """The carrier answers, perhaps once more, perhaps without saying which parcel; a carrier that is silent says nothing for ever."""
    parcel = world.parcels[waybill]
    pass_time(world, chance)
    if not parcel.answers:
        return
    which = waybill if len(world.parcels) > 1 or chance.random() < 0.7 else ""
    if parcel.answers == "succeeded" and parcel.place != "delivered":
        parcel.place = "stopped"
        ask(world, InterceptionSucceeded(which), CARRIER)
    else:
        ask(world, InterceptionFailed(which, "已派送"), CARRIER)


def live(seed: int, steps: int = 45, pack: str = "") -> Ordered:
    """One whole life. Raises Broken with the story when an invariant fails or the events do not fold to the state."""
    world = live_through(seed, birth, act, steps, pack)
    assert isinstance(world, Ordered)
    return world
