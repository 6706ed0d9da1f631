"""Lives of service orders over the pure core: a seed decides everything, invariants are checked after every step (OP-7, OP-8)."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from amends.core.actor import SYSTEM, Actor
from amends.core.case import Case
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.commands import Command
from amends.core.machine import Decision
from amends.core.negotiation import agreed_amount, stand_in
from amends.core.pack import LightningRefund
from amends.core.pack_negotiation import Negotiation
from amends.core.stock import Held, why_ended
from amends.core.verbs.desk import RefundAtMerchantsCost
from amends.core.verbs.lightning import AdvanceRefund
from amends.core.verbs.outside import RefundFailed, RefundMoved
from amends.core.verbs.processing import Refund
from amends.sim.judged import judge
from amends.sim.life import AGENTS, ARBITER, BUYER, CARRIER, PROVIDER, START, Broken, World, ask, live_through, step
from amends.sim.typed import Choices

LEANS = frozenset({"exchange", "decline", "refund", "release"})
"""What is asked for more often where an exchange is wanted."""
LIGHTNING = {"section": LightningRefund(40_000, 2, 10_000, True, "own"), "platform_on": True, "pack": "jd", "version": 1}
PEOPLE = (BUYER, *AGENTS, ARBITER, CARRIER, PROVIDER)


@dataclass
class Sold(World):
    """A service order with its shelf: stock by SKU, what the case holds of it, prices, and the differences the buyer was asked for."""

    machine = SERVICE_ORDER
    people = PEOPLE

    stock: dict[str, int] = field(default_factory=dict)
    dearer: int = 0
    """What MUG costs more than CUP, in minor units; below zero less."""
    held: tuple[Held, ...] = ()
    charges: dict[str, int] = field(default_factory=dict)
    deduct_offline: bool = False
    lightning: bool = False
    laid_out: int = 0
    """What stands on the advance account for this case (SO-32)."""

    def facts(self, command: Command) -> dict[str, Any]:
        """What the store would gather for a decision."""
        left = self.paid - self.case.granted
        would: Any = stand_in(self.case.body, command, self.case.state) or command
        difference = (self.dearer if getattr(would, "sku", "") == "MUG" else 0) * (getattr(would, "quantity", None) or self.case.quantity)
        agreed = agreed_amount(self.case.body, self.case.quantity, self.case.granted, left) if isinstance(command, Refund | RefundAtMerchantsCost) else None
        return {
            **super().facts(command), "addresses": {"a1": "一仓"}, "default_address": "a1", "stock": self.stock, "held": self.held, "deduct_offline": self.deduct_offline,
            "pieces_left": 3, "reasons": {"说明": {"fault": "merchant"}}, "charges": self.charges, "difference": max(difference, -left),
            "promise_until": self.now + timedelta(days=7), "order": {"paid": self.paid, "buyer_level": 2}, "lightning": {**LIGHTNING, "merchant_on": self.lightning, "no_reason": self.lightning, "line_paid": self.paid},
            "negotiation": Negotiation(at_most=3), "left": 3600, **({} if agreed is None else {"computed": agreed}),
        }

    def choices(self) -> Choices:
        """Requests for refunds and for differences are chosen from one list, as people mix them up."""
        instants = [(self.now + timedelta(days=days)).isoformat() for days in (-1, 3, 6, 90)]
        return Choices(self.paid, ("CUP", "MUG", "MUG", "MUG", "NONE"), requests=[*self.requests, *self.charges, "r0"], instants=instants)

    def names(self, actor: Actor) -> list[str]:
        """Who wants an exchange mostly gets goods for goods, and mostly wants nothing else: so that what is rare elsewhere is seen here."""
        names = super().names(actor)
        names = names + ["acknowledge_alert"] * 3 if self.case.body.get("alert_open") and "acknowledge_alert" in names else names
        if self.case.state == "claiming_back" and "release" in names:  # few come here, and they do not stay long
            names = names + (["release"] * 12 if self.case.assignee == actor.id else ["claim"] * 4)
        return names + [v for v in names if v in LEANS] * 6 if self.case.type == "exchange" else names

    def perform(self, name: str, body: Mapping[str, Any]) -> None:
        """Stock moves with the decision; the difference is asked for or dropped."""
        if name in ("hold_stock", "rehold_stock") and body["quantity"]:
            self.held = (Held(body["sku"], "", body["quantity"]),)
        if name in ("take_stock", "take_owed_stock", "take_offline_stock") and body["sku"] in self.stock:
            self.stock[body["sku"]] -= body["quantity"]
            self.held = ()
        if name == "restock" and body["to"] == "sale":
            self.stock[body["sku"]] += body["quantity"]
        if name == "ask_difference":
            self.charges = {f"d{len(self.events)}": body["amount"]}
        if name == "drop_difference":
            self.charges = {}

    def settle(self, command: Command, decision: Decision, before: Case) -> None:
        """What follows from the decision as a whole: a difference is paid, a refund taken back, what is held let go."""
        paid = self.charges.pop(getattr(command, "charge", ""), 0)
        self.paid += paid if before.state == "collecting" else 0
        self._advance(decision, before)
        if decision.event == "refund_reversed":
            self.requests.clear()
            self.failed.clear()
        held_now = any(name == "hold_stock" for name, _ in decision.effects)
        if why_ended(before.state, decision.state, decision.closed, before.type, before.type if held_now else self.case.type):
            self.held = ()

    def _advance(self, decision: Decision, before: Case) -> None:
        """What is laid out and borne, and what the buyer is asked to pay back (SO-32)."""
        if decision.event == "refund_advanced":
            self.laid_out += decision.changes["advance"]["amount"]
        elif self.case.body.get("advance", {}).get("state") == "reversed":
            self.laid_out = 0
        self.laid_out -= sum(amount for _, amount in decision.changes.get("advance_moves", ()))
        if "claiming_back" in (before.state, decision.state) and before.state != decision.state:
            self.charges = {f"d{len(self.events)}": decision.changes["advance"]["claim"]} if decision.state == "claiming_back" else {}

    def broken(self) -> Iterator[str]:
        """Beside what holds of every case: stock is never below zero nor promised twice, and a difference is asked for exactly while it is waited for."""
        yield from super().broken()
        yield from (f"stock of {sku} is {left}" for sku, left in self.stock.items() if left < 0)
        yield from (f"{h.quantity} of {h.sku} are held, {self.stock.get(h.sku)} are there" for h in self.held if h.quantity > self.stock.get(h.sku, 0))
        advance = self.case.body.get("advance", {})
        if self.laid_out != advance.get("left", 0) or (self.laid_out and self.machine.states[self.case.state].final):
            yield f"{self.case.state}: {self.laid_out} is laid out, the case says {advance}"
        if bool(self.charges) != (self.case.state in ("collecting", "claiming_back")):
            yield f"{self.case.state}: the buyer is asked for {self.charges or 'nothing'}"
        if self.held and self.machine.states[self.case.state].final:
            yield f"{self.case.state}: ended, and still holds {self.held}"


def birth(chance: random.Random) -> Sold:
    """A new application, or one whose goods have come back already, or one that waits for a difference or for an answer to a proposal: type, quantity, price and stock by chance."""
    kind, quantity = chance.choice(("return", "exchange", "exchange", "repair", "reissue")), chance.randint(1, 3)
    case = Case("case-1", "m1", "service_order", "S-2026-000001", "reviewing", 1, START, kind, kind, "r", "o1", "buyer", "CUP", quantity)
    case.body["alert_open"] = chance.random() < 0.2  # the words of the application raised it (KW-2); later ones are raised by people as they live
    paid, clock = chance.randint(0, 50_000), "review"
    if arrived := chance.random() < 0.4:
        case.state, case.body["received"], clock = "processing", quantity, "process"
    part = case.granted = paid // 3 if arrived and chance.random() < 0.6 else 0  # of a refund that the buyer did not want, and that is on its way
    failed = {"r0.0"} if part and chance.random() < 0.5 else set()
    world = Sold(
        case, paid, (clock, START + timedelta(hours=48)), stock={"CUP": chance.randint(0, 6), "MUG": chance.randint(0, 9)}, requests={"r0.0": part} if part else {}, failed=failed,
        dearer=chance.choice((700, 700, -300)), deduct_offline=chance.random() < 0.5, lightning=chance.random() < 0.7,
    )
    if arrived and kind == "exchange" and world.dearer > 0 and world.stock["MUG"] >= quantity and chance.random() < 0.5:
        case.state, case.body["difference"], world.clock = "collecting", 700 * quantity, ("collect", START + timedelta(days=3))
        world.charges, world.held = {"d0": 700 * quantity}, (Held("MUG", "", quantity),)
    elif kind == "return" and paid and chance.random() < 0.4:
        _advanced(world, chance)
    elif not arrived and kind == "return" and chance.random() < 0.5:
        case.state, world.clock = "in_transit", ("transit", START + timedelta(days=15))
        case.body["clock"] = {"clock": chance.choice(("transit", "receive"))}
    elif arrived and chance.random() < 0.2:
        case.state, world.clock = "negotiating", ("negotiation", START + timedelta(days=2))
        case.body |= {"proposals": 1, "proposal": {"n": 1, "offer": "refund_only", "amount": (paid - part) // 2, "asked_in": "processing", "outcome": "open"}}
    return world


def _advanced(world: Sold, chance: random.Random) -> None:
    """The refund was advanced, and what came is not in order, or nothing came and it is being claimed back."""
    case, came, moved = world.case, chance.random() < 0.5, chance.random() < 0.7
    case.state, case.granted, case.moved = "processing", world.paid, world.paid if moved else 0
    case.body |= {"advance": {"amount": world.paid, "left": world.paid, "claim": 0, "state": "open"}, "received": case.quantity if came else None, "condition": "damaged" if came else None}
    world.clock, world.laid_out, world.failed = ("process", START + timedelta(days=3)), world.paid, set()
    world.requests = {} if moved else {"r0.0": world.paid}
    if moved and chance.random() < 0.5:
        case.state, world.clock, world.charges = "claiming_back", ("claim_back", START + timedelta(days=7)), {"d0": world.paid}
        case.body["advance"] |= {"state": "claimed", "claim": world.paid, "pieces": case.quantity}


def act(world: World, chance: random.Random) -> None:
    """One step; what the house says by itself follows at once. Now and then a dispute about it is judged."""
    if chance.random() < 0.03:
        judge(world, chance)
        return
    answer = step(world, chance)
    if isinstance(answer, Decision) and answer.event == "return_collected":
        ask(world, AdvanceRefund(), SYSTEM)
        if world.requests and chance.random() < 0.5:  # money on its way while the goods are is rare, and soon over
            request = next(iter(world.requests))
            ask(world, RefundMoved(request, "R1") if chance.random() < 0.6 else RefundFailed(request, "closed"), PROVIDER)


def live(seed: int, steps: int = 60, pack: str = "") -> Sold:
    """One whole life. Raises Broken with the story when an invariant fails or the events do not fold to the state."""
    world = live_through(seed, birth, act, steps, pack)
    assert isinstance(world, Sold)
    return world


__all__ = ["Broken", "Sold", "birth", "live"]
