"""Acts of what decides by itself, given on the one road in one transaction: cases locked, limits held, guards asked, everything written together (SA-4).

It is `engine.handle` for acts: the same lock, the same decision, the same rows. Beside them it holds what limits count, so that two workers together never go past one,
and the version of the table, so that a strategy that was switched off before the commit has not acted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from amends.core.actor import Actor
from amends.core.case import Case
from amends.core.commands import Command
from amends.core.refusal import Refusal
from amends.core.strategy import GIVES_GOODS, ONCE, PAYS, Limits
from amends.engine.facts import needs_of
from amends.engine.ids import id_about
from amends.engine.road import Road
from amends.store import batch, considering, strategy_counts, strategy_decisions
from amends.store import strategies as tables
from amends.store.connect import Pool
from amends.store.merchant_seen import MerchantSeen

MOST_A_DAY = 8
"""Acts of strategies on one case in 24 hours: an act leads to the next node, and a chain that goes in a ring ends here."""


@dataclass(slots=True)
class Considered:
    """A case at a node, in this state and version, as a decider is asked about it."""

    case_id: str
    kind: str
    node: str
    state: str
    version: int


@dataclass(slots=True)
class Asked:
    """What deciders are asked with: a transaction in the merchant's scope, the merchant as it is, and the time."""

    conn: Any
    merchant: str
    seen: MerchantSeen
    now: datetime


@dataclass(slots=True)
class Decision:
    """What a row of a table decided about a case: written down, and counted against its limits."""

    case_id: str
    case_version: int
    node: str
    kind: str
    row_id: str
    name: str
    table_version: int
    command: str
    buyer: str
    day: str
    limits: Limits

    def row(self, outcome: str, refusal: Refusal | None = None, amount: int = 0) -> dict[str, Any]:
        """A row of `store/sql/strategy_decided.sql`."""
        return {
            "case_id": self.case_id, "case_version": self.case_version, "node": self.node, "row_id": self.row_id, "on_kind": self.kind, "table_version": self.table_version, "outcome": outcome,
            "command": self.command, "refusal": None if refusal is None else {"code": refusal.code, "facts": dict(refusal.facts), "field": refusal.field}, "amount": amount,
            "buyer": self.buyer, "day": self.day,
        }


@dataclass(slots=True)
class Act:
    """What a decider wants done: the command, in whose name (Party.SYSTEM with the permission of just this verb; its id must be a UUID), and why (SO-25).

    `decision` is of strategies alone: it carries limits and is counted.
    """

    command: Command
    actor: Actor
    why: dict[str, Any]
    decision: Decision | None = None


@dataclass(slots=True)
class Given:
    """How many acts were carried out, and the cases that moved meanwhile and must be looked at again."""

    acted: int = 0
    again: set[str] = field(default_factory=set)


NONE = Limits()
Key = TypeVar("Key")
_NOTHING = (0, 0)


class _Counting:
    """The limits of a batch, folded as acts are given. Money in minor units."""

    def __init__(self, conn: Any, merchant: str, decisions: list[Decision], now: datetime, *, lock: bool = True) -> None:
        limited = [d for d in decisions if d.limits != NONE]
        self.by_buyer: dict[tuple[str, str], tuple[int, int]] = {}
        self.by_day: dict[str, tuple[int, int]] = {}
        self.lately = strategy_counts.acted_lately(conn, merchant, [d.case_id for d in decisions], now) if decisions else {}
        asks = [(d.case_id, d.row_id) for d in decisions if d.command in ONCE]
        self.asked = strategy_counts.acted_before(conn, merchant, asks) if asks else set()
        if limited:
            day = datetime.fromisoformat(limited[0].day).date()
            self.by_buyer, self.by_day = strategy_counts.hold(conn, merchant, list({d.row_id for d in limited}), list({d.buyer for d in limited}), day, lock=lock)
        self.added: dict[tuple[str, str, str], tuple[int, int]] = {}
        """Acts and money by row, buyer (empty: all of them) and day."""

    def again(self, d: Decision) -> bool:
        """Whether the row has asked or marked this before: an answer does not make it ask again."""
        return (d.case_id, d.row_id) in self.asked

    def refuses(self, d: Decision, amount: int, currency: str, own: str) -> Refusal | None:
        """Why an act worth so much may not be done; `own` is the merchant's currency, in which limits are."""
        limits, (n, spent), (times, given) = d.limits, self.by_day.get(d.row_id, (0, 0)), self.by_buyer.get((d.row_id, d.buyer), (0, 0))
        if self.lately.get(d.case_id, 0) >= MOST_A_DAY:
            return Refusal("strategy_chain", {"most": MOST_A_DAY})
        if limits.of_money and amount and currency != own:
            return Refusal("strategy_limit_currency", {"name": d.name, "currency": currency, "own": own})
        if limits.amount is not None and amount > limits.amount:
            return Refusal("strategy_limit_amount", {"name": d.name, "most": limits.amount})
        if limits.per_buyer is not None and times >= limits.per_buyer:
            return Refusal("strategy_limit_buyer", {"name": d.name, "most": limits.per_buyer})
        if limits.amount_per_buyer is not None and given + amount > limits.amount_per_buyer:
            return Refusal("strategy_limit_buyer_amount", {"name": d.name, "most": limits.amount_per_buyer})
        if limits.per_day is not None and n >= limits.per_day:
            return Refusal("strategy_limit_day", {"name": d.name, "most": limits.per_day})
        if limits.amount_per_day is not None and spent + amount > limits.amount_per_day:
            return Refusal("strategy_limit_day_amount", {"name": d.name, "most": limits.amount_per_day})
        return None

    def count(self, d: Decision, amount: int) -> None:
        self.lately[d.case_id] = self.lately.get(d.case_id, 0) + 1
        if d.limits == NONE:
            return
        row, buyer, day = d.row_id, d.buyer, d.day
        _add(self.by_day, row, amount)
        _add(self.by_buyer, (row, buyer), amount)
        _add(self.added, (row, "", day), amount)
        if buyer:
            _add(self.added, (row, buyer, day), amount)

    def rows(self) -> list[dict[str, Any]]:
        return [{"row_id": row, "buyer": buyer, "day": day, "n": n, "amount": amount} for (row, buyer, day), (n, amount) in sorted(self.added.items())]


def _add(counts: dict[Key, tuple[int, int]], key: Key, amount: int) -> None:
    n, spent = counts.get(key, _NOTHING)
    counts[key] = (n + 1, spent + amount)


def command_id(case: Considered) -> str:
    """The id of whatever is done about a case in this version at this node, as its event carries it. Done once: the version is another one afterwards."""
    return id_about(case.case_id, f"{case.version}.{case.node}")


def give(pool: Pool, merchant: str, acts: list[tuple[Considered, Act]], now: datetime, looked_at: Mapping[str, int] | None = None) -> Given:
    """Carry acts out, each at most once; what a guard or a limit refuses is written down and left to people.

    `looked_at`: all cases of the batch with the versions they were looked at in. They are ticked off with what is written, but for those that moved meanwhile.
    """
    out = Given()
    decisions = [act.decision for _, act in acts if act.decision is not None]
    with pool.connection() as conn:
        try:
            keys = [command_id(case) for case, _ in acts]
            found = batch.read(conn, merchant, sorted(case.case_id for case, _ in acts), [], needs_of(act.command for _, act in acts), lock=True)
            in_use = tables.working(conn, merchant, hold=True) if decisions else {}
            road = Road(merchant, found, now, told_again=False, tables=in_use if decisions else None)
            counting = _Counting(conn, merchant, decisions, now)
            written: list[dict[str, Any]] = []
            for (case, act), key in zip(acts, keys, strict=True):
                said = _one(road, case, act, key, counting, in_use)
                if said is AGAIN:
                    out.again.add(case.case_id)
                elif isinstance(said, int):
                    out.acted += 1
                    if act.decision is not None:
                        written.append(act.decision.row("fired", amount=said))
                elif isinstance(said, Refusal) and act.decision is not None:
                    written.append(act.decision.row("refused", said))
            seen = considering.looked_at((case_id, version) for case_id, version in (looked_at or {}).items() if case_id not in out.again)
            if road.writing.events:
                rows = road.rows()
                rows.beside += [(name, some) for name, some in (("strategy_decided", written), ("strategy_counted", counting.rows()), ("considered", seen)) if some]
                batch.write(conn, merchant, rows, now)
            else:
                strategy_decisions.add(conn, merchant, written, now)
                if seen:
                    considering.done(conn, merchant, seen)
                conn.commit()
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
    return out


AGAIN = object()
"""The case moved since it was looked at."""


def _one(road: Road, case: Considered, act: Act, key: str, counting: _Counting, in_use: dict[tuple[str, str], int]) -> int | Refusal | object | None:
    """Minor units that the act cost; why it was refused; AGAIN; None where nothing is left to do."""
    now = road.cases.get(case.case_id)
    if now is None:
        return None
    decision = act.decision
    if now.version != case.version or (decision is not None and in_use.get((decision.kind, decision.node)) != decision.table_version):
        return AGAIN
    if now.body.get("alert_open") or now.assignee is not None:
        return None
    if decision is not None and counting.again(decision):
        return None
    tried = road.decide(now, act.command, act.actor, key, keep=False) if decision is not None and _may_cost(decision) else None
    if isinstance(tried, Refusal):
        return tried
    amount = worth(now, act.command, decision.command, tried.plan) if decision is not None and tried is not None else 0
    if decision is not None and (refusal := counting.refuses(decision, amount, now.currency, road.facts.currency)) is not None:
        return refusal
    decided = road.decide(now, act.command, act.actor, key, keep=True, why=act.why)
    if isinstance(decided, Refusal):
        return decided
    if decision is not None:
        counting.count(decision, amount)
    return amount


def refusal_now(pool: Pool, merchant: str, case: Considered, act: Act, now: datetime) -> Refusal | None:
    """What the road or a limit would say to an act now; None where it would be done. Nothing is done, and nothing stays locked."""
    decision = act.decision
    with pool.connection() as conn:
        try:
            road = Road(merchant, batch.read(conn, merchant, [case.case_id], [], needs_of([act.command]), lock=False), now, told_again=False)
            there = road.cases.get(case.case_id)
            if there is None:
                return None
            tried = road.decide(there, act.command, act.actor, command_id(case), keep=False)
            if isinstance(tried, Refusal):
                return tried
            if decision is None:
                return None
            counting = _Counting(conn, merchant, [decision], now, lock=False)
            if counting.again(decision):
                return Refusal("strategy_once", {"name": decision.name})
            return counting.refuses(decision, worth(there, act.command, decision.command, tried.plan), there.currency, road.facts.currency)
        finally:
            conn.rollback()


def _may_cost(decision: Decision) -> bool:
    """Whether what it is worth has to be known before it is done."""
    return decision.command in COSTS or decision.limits.of_money


COSTS = PAYS | GIVES_GOODS | {"exchange", "propose", "claim_back"}


def worth(case: Case, command: Command, name: str, plan: dict[str, Any]) -> int:
    """What an act is worth in minor units, as limits count it: the money it grants, proposes or lets the merchant bear; otherwise what was paid for its pieces.

    So a limit of money holds for every action: who approves a return, or sends goods, decides about what was paid for them.
    """
    granted = sum(int(e.get("amount") or 0) for e in plan.get("effects", ()) if e["effect"] in ("pay_refund", "return_difference"))
    if name in ("settle_advance", "claim_back"):
        left = int((case.body.get("advance") or {}).get("left", 0))
        return left - int((plan.get("changes", {}).get("advance") or {}).get("claim", 0))
    if name == "propose" and (offered := (plan.get("changes", {}).get("proposal") or {}).get("amount")) is not None:
        return int(offered)
    return granted or paid_for(case, getattr(command, "quantity", None) or case.quantity)


def paid_for(case: Case, pieces: int) -> int:
    """What was paid for so many pieces of a case, minor units; of a case without a line, what is at stake in all of it."""
    paid, bought = int(case.body.get("line_paid") or 0), int(case.body.get("line_quantity") or 1)
    return paid * pieces // max(1, bought)
