"""A dispute on the engine's own road without a database: what the store and the worker would do with its rows stands in memory, and what must hold of its money is checked (OP-8, DI-6 … DI-8)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from amends.core.actor import ALL, SYSTEM, Actor, Party
from amends.core.cases.dispute import DISPUTE
from amends.core.commands import Command, verb
from amends.core.ledger import MANUAL
from amends.core.machine import Decision
from amends.core.pack import Pack
from amends.core.refusal import Refusal
from amends.engine.beside import Beside
from amends.engine.bookkeeping import COST
from amends.engine.ids import new_id
from amends.engine.road import Road
from amends.sim.life import AGENTS, ARBITER, BUYER, START, World
from amends.store.batch import Found
from amends.store.merchant_seen import MerchantSeen

MERCHANT, ORDER, CASE = "01900000-0000-7000-8000-0000000000f1", "01900000-0000-7000-8000-0000000000f2", "01900000-0000-7000-8000-0000000000f3"
SECOND, THIRD = Actor(Party.PLATFORM, "second", "复核", None, ALL), Actor(Party.PLATFORM, "third", "三审", None, ALL)
JUDGES = (ARBITER, SECOND, THIRD)
BUYERS = ("buyer_refund", "compensation")
"""Accounts that hold what buyers are owed: a judgement taken back leaves its trace there, and with the providers."""
COLUMNS = ("granted", "moved", "type", "reason", "quantity", "assignee", "assignee_name")


@dataclass(slots=True)
class Request:
    """A refund or payout asked for. `award`: of which compensation, empty for a refund."""

    amount: int
    provider: str
    state: str = "requested"
    award: str = ""


@dataclass
class Disputing(World):
    """A dispute with its order's money, purses, requests, and what the house still has to report."""

    machine = DISPUTE
    people: ClassVar[tuple[Actor, ...]] = (BUYER, *AGENTS, *JUDGES)

    road: Road = field(default=None, repr=False)  # type: ignore[assignment]
    chance: random.Random = field(default=None, repr=False)  # type: ignore[assignment]
    lines: dict[str | None, int] = field(default_factory=dict)
    """What was paid for each line; None: the freight."""
    deposit: int = 0
    purses: Counter[str] = field(default_factory=Counter)
    asked: dict[str, Request] = field(default_factory=dict)
    awards: dict[str, str] = field(default_factory=dict)
    posted: set[tuple[str, str]] = field(default_factory=set)
    to_report: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    standing: dict[int, str] = field(default_factory=dict)
    filed: int = 0
    folded: dict[str, Any] = field(default_factory=dict)
    others: int = 0
    """Given back on other cases of the order."""

    def say(self, command: Command, actor: Actor) -> Decision | Refusal:
        """One command on the road; its rows are written, its effects begun."""
        road, case = self.road, self.case
        road.now = road.facts.now = self.now
        road.beside = Beside(road.facts, self.now)
        road.facts.purses = {"CNY": {a: self.purses[a] for a in ("merchant_deposit", "platform_advance")}}
        put = len(road.writing.outbox)
        road._rearmed.pop(CASE, None)
        answer = road.decide(case, command, actor, new_id(), keep=True)
        said = answer.code if isinstance(answer, Refusal) else case.state
        self.story.append(f"{self.now:%m-%d %H:%M}  {actor.name:<8} {verb(command):<26} → {'✗ ' if isinstance(answer, Refusal) else ''}{said}")
        if isinstance(answer, Refusal):
            return answer
        event = road.writing.events[-1]["body"]
        self.folded.update(event["changes"], state=event["to"])
        self._rows()
        for row in road.writing.outbox[put:]:
            self._effect(row["effect"], row["body"])
        if CASE in road._rearmed:
            armed = road._rearmed[CASE]
            self.clock = None if armed is None else (armed.name, armed.due_at)
        decision = Decision(case.state, answer.event, dict(event["changes"]), True, None, (), DISPUTE.states[case.state].final)
        self.events.append((verb(command), decision))
        return decision

    def _rows(self) -> None:
        for name, rows in self.road.beside.rows():
            for row in rows:
                if write := getattr(self, f"_{name}", None):
                    write(row)

    def _effect(self, name: str, body: dict[str, Any]) -> None:
        if name == "pay_refund":  # as the worker: what is granted and not asked for yet
            asked = sum(r.amount for r in self.asked.values() if not r.award and r.state != "cancelled")
            amount = min(body["amount"], self.case.granted - asked)
            for n, part in enumerate((amount // 3, amount - amount // 3)):
                if part > 0:
                    self._ask(f"r{len(self.asked)}.{n}", Request(part, self.chance.choice((MANUAL, "bank"))))
        if name in ("carry_plan", "apply_remedy", "undo_remedy"):
            self.to_report.append((name, body))

    def _ask(self, request: str, asked: Request) -> None:
        self.asked[request], facts = asked, self.road.facts
        if asked.award:
            facts.awards.setdefault(CASE, {})[asked.award] = (asked.state, asked.provider)
        else:
            facts.requests.setdefault(CASE, {})[request] = asked.amount
            facts.providers[request] = asked.provider
            facts.with_provider |= {request} if asked.provider != MANUAL else set()

    def _post_ledger(self, row: dict[str, Any]) -> None:
        key = (row["kind"], row["about"])
        if key in self.posted:
            self.story.append(f"!! {key} was posted before")
            self.purses["twice"] += 1
        self.posted.add(key)
        for line in row["lines"]:
            self.purses[line["account"]] += line["amount_minor"]

    def _award_judgements(self, row: dict[str, Any]) -> None:
        self.awards[row["id"]] = "granted" if row["send_minor"] else "paid"
        if row["send_minor"]:
            self._ask(str(row["request"]), Request(row["send_minor"], self.chance.choice((MANUAL, "bank")), award=row["id"]))

    def _take_back_awards(self, row: dict[str, Any]) -> None:
        self.awards[row["id"]] = row["state"]
        self.road.facts.awards.get(CASE, {}).pop(row["id"], None)
        for request in self.asked.values():
            if request.award == row["id"] and request.state in ("requested", "failed"):
                request.state = "cancelled"

    def _reverse_refunds(self, row: dict[str, Any]) -> None:
        for name, request in self.asked.items():
            if not request.award and request.state in ("requested", "failed"):
                request.state = "cancelled"
                self.road.facts.requests.get(CASE, {}).pop(name, None)
                self.road.facts.failed.discard(name)

    def _settle_requests(self, row: dict[str, Any]) -> None:
        self.asked[row["id"]].state = "moved"
        self.road.facts.failed.discard(row["id"])  # read anew for every command, where there is a database

    def _fail_requests(self, row: dict[str, Any]) -> None:
        self.asked[row["id"]].state = "failed"

    def _retry_requests(self, row: dict[str, Any]) -> None:
        self.asked[row["id"]].state = "requested"

    def _add_judgements(self, row: dict[str, Any]) -> None:
        self.standing = {row["n"]: row["liability"]}

    def _add_evidence(self, row: dict[str, Any]) -> None:
        self.filed += len(row["file_ids"])

    def pay_award(self, request: Request, *, moves: bool) -> None:
        """A payout is answered, as `engine.payout_answers` would."""
        request.state = "moved" if moves else "failed"
        self.road.facts.awards[CASE][request.award] = (request.state, request.provider)
        if moves:
            self.awards[request.award] = "paid"
            self.purses["compensation"] -= request.amount
            self.purses[f"provider:{request.provider}"] += request.amount

    def given_elsewhere(self, amount: int) -> None:
        """Another case of the order gives money back on its first line."""
        grants = self.road.facts.money
        line = next(iter(self.lines))
        left = self.lines[line] - sum(g[4] for g in grants.grants.get(ORDER, ()) if g[2] == line)
        if (part := min(amount, left)) > 0:
            grants.grant((ORDER, "other", line, 0, part))
            self.others += part

    def broken(self) -> Iterator[str]:
        """What does not hold now, in words."""
        yield from self._money()
        yield from self._purses()
        yield from self._people()
        state = DISPUTE.states[self.case.state]
        if state.final and self.clock:
            yield f"{state.name}: ended, but a clock still runs"
        if not state.final and self.clock is None and not self.case.body.get("late"):
            yield f"{state.name}: open, on time, and no clock runs"
        for name, value in self.folded.items():
            if (getattr(self.case, name) if name in (*COLUMNS, "state") else self.case.body.get(name)) != value:
                yield f"its events fold to {name} {value!r}"

    def _money(self) -> Iterator[str]:
        case, body = self.case, self.case.body
        mine = [g for g in self.road.facts.money.grants.get(ORDER, ()) if g[1] == CASE]
        if case.granted != sum(g[4] for g in mine) or case.granted + self.others > self.paid:
            yield f"granted {case.granted}, on its lines {sum(g[4] for g in mine)}, elsewhere {self.others}, of {self.paid} paid"
        for line, most in self.lines.items():
            if (given := sum(g[4] for g in self.road.facts.money.grants.get(ORDER, ()) if g[2] == line)) > most:
                yield f"{given} given on a line of {most}"
        moved = sum(r.amount for r in self.asked.values() if not r.award and r.state == "moved")
        if moved != case.moved + body.get("moved_reversed", 0):
            yield f"moved {moved}, the case says {case.moved} and {body.get('moved_reversed', 0)} left with the buyer"
        pending = sum(r.amount for r in self.asked.values() if not r.award and r.state in ("requested", "failed"))
        if pending != case.granted - case.moved:
            yield f"{pending} still to move, of {case.granted} granted {case.moved} have moved"
        sent = sum(r.amount for r in self.asked.values() if r.award and r.state != "cancelled")
        if sent != sum(a["amount"] for a in body.get("awards") or ()) + body.get("award_left", 0):
            yield f"awards: {sent} asked for or paid, {body.get('awards')} given, {body.get('award_left', 0)} left with the buyer"
        if {a["id"] for a in body.get("awards") or ()} != {i for i, s in self.awards.items() if s in ("granted", "failed", "paid")}:
            yield f"awards: {self.awards} stand"

    def _purses(self) -> Iterator[str]:
        """Every purse but the buyers' holds exactly what the judgement that stands made of it: as if the ones before had never been."""
        body, want = self.case.body, Counter({"merchant_deposit": self.deposit, "provider:manual": 0})
        for account, amount in (body.get(COST) or {}).items():
            want[account] += amount
        for award in body.get("awards") or ():
            want.update(award["cost"])
        for account, amount in (body.get("recovered") or {}).items():
            want[account] -= amount
            want["platform_advance"] += amount
        for account in self.purses.keys() | want.keys():
            if account not in BUYERS and not account.startswith("provider:") and self.purses[account] != want[account]:
                yield f"{account} holds {self.purses[account]}, and should hold {want[account]}"
        if sum(self.purses.values()) != 0:
            yield f"the ledger sums to {sum(self.purses.values())}"
        if self.purses["platform_advance"] > 0 or self.purses["merchant_deposit"] < 0:
            yield f"recovered more than was advanced or held: {dict(self.purses)}"
        if body.get("executed") and (body.get("judgement") or {}).get("advance") and self.purses["platform_advance"]:
            yield "carried out, and the advance is still out"

    def _people(self) -> Iterator[str]:
        body = self.case.body
        judged = list(body.get("judgements") or ())
        for n, one in enumerate(judged):
            if one.get("second") == one["by"]:
                yield f"judgement {one['n']} was confirmed by who made it"
            if n and {one["by"], one.get("second")} & {judged[n - 1]["by"], judged[n - 1].get("second")} - {None}:
                yield f"judgement {one['n']} on appeal was made by who made the one before"
        if judged and self.standing != {judged[-1]["n"]: judged[-1]["liability"]}:
            yield f"{self.standing} count, the last judgement is {judged[-1]['n']}"
        if sum((body.get("filed") or {}).values()) != self.filed:
            yield f"{self.filed} pieces of evidence are there, the case says {body.get('filed')}"
        if body.get("settled_by") and body.get("plan_state") == "under_way":
            yield "settled while the plan is under way"


def world(chance: random.Random, pack: Pack) -> Disputing:
    """A dispute that has just been opened, about an order, a cancellation or a service order of it."""
    many = chance.randint(1, 3)
    lines: dict[str | None, int] = {f"01900000-0000-7000-8000-0000000000a{n}": chance.randint(1, 40_000) for n in range(many)}
    freight = chance.choice((0, 0, 800))
    if freight:
        lines[None] = freight
    kind = chance.choice(("order", "cancellation", "service_order"))
    scenario = "cancel_order" if kind != "service_order" and chance.random() < 0.6 else chance.choice(("goods_quality", "process_refused", "logistics_lost"))
    paid, shipped, deposit = sum(lines.values()), chance.random() < 0.6, chance.choice((0, 0, 3_000, 10**9))
    named = [{"line_id": line, "quantity": 1} for line in lines if line] if kind == "cancellation" else [{"line_id": next(iter(lines)), "quantity": 1}] if kind == "service_order" else []
    body = {
        "lines": named, "parent_id": "" if kind == "order" else "01900000-0000-7000-8000-0000000000b1", "parent_kind": kind, "pack": pack.id, "pack_version": pack.version, "filed": {},
        "evidence_until": (START + timedelta(hours=72)).isoformat(), "clock": {"clock": "dispute_answer"},
    }
    case = (CASE, "dispute", "D-2026-000001", "awaiting_merchant", 1, START, scenario, "refund", scenario, ORDER, BUYER.id, "CUP", 1, "CNY", None, 0, 0, START + timedelta(hours=24), None, body, None)
    order: tuple[Any, ...] = (ORDER, "CNY", freight, paid, "shipped" if shipped else "preparing", shipped, False, False, False, {}, 0)
    found = Found(
        [case], [], [], MerchantSeen(f"{pack.id}@0"), orders=[order], lines=[(ORDER, line, 1, money, 0, 0) for line, money in lines.items() if line], payments=[(ORDER, "p1", paid)],
        photos=[(f"f{n}", None, "x") for n in range(3)], staff=[("hai", "阿海")],
    )
    road = Road(MERCHANT, found, START)
    made = Disputing(road.cases[CASE], paid, ("dispute_answer", START + timedelta(hours=24)), START, road=road, chance=chance, lines=lines, deposit=deposit)
    if deposit:
        made.purses.update({"merchant_deposit": deposit, "provider:manual": -deposit})
    made.began, made.rules = "awaiting_merchant", pack
    return made


def due(world: Disputing) -> datetime:
    """When the clock that runs is due."""
    assert world.clock is not None
    return world.clock[1]


__all__ = ["JUDGES", "MERCHANT", "SYSTEM", "Disputing", "Request", "due", "world"]
