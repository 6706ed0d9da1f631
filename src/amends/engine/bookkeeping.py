"""What the decisions of a batch mean for the ledger (MO-4): gathered as they are made, posted in one statement with everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core import movements as m
from amends.core.commands import verb
from amends.core.ledger import Movement
from amends.core.machine import Decision, Look
from amends.core.refund import Entitlement
from amends.core.refusal import Refusal
from amends.engine.posting import Row, in_kind, row, shares

COST = "ledger_cost"
"""Fact of a case: account → signed minor units, what each purse gave for what is granted now; a reversal takes exactly that back (SO-36)."""


class Book:
    """Rows for `post_ledger`, in the order of the decisions. A movement is about the event that decided it, or the request it moves."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def granted(self, look: Look, decision: Decision, entitled: Entitlement | None, by_line: Mapping[str | None, int]) -> None:
        """A refund was granted: borne by the merchant, freight by who is responsible; all of it by the merchant when the platform decided at its cost (SO-18)."""
        refund = shares(entitled, sum(by_line.values()), by_line.get(None, 0), at_merchants_cost=verb(look.command) == "refund_at_merchants_cost")
        facts = {"lines": {line: part for line, part in by_line.items() if line and part}, **({"in_kind": kind} if (kind := in_kind(entitled)) else {})}
        self._given(look, decision, m.refund_granted(refund, look.case.currency), facts)

    def advanced(self, look: Look, decision: Decision, entitled: Entitlement | None, by_line: Mapping[str | None, int]) -> None:
        """A refund was granted before the goods are there: laid out by the platform (SO-32)."""
        facts = {"lines": {line: part for line, part in by_line.items() if line and part}, **({"in_kind": kind} if (kind := in_kind(entitled)) else {})}
        self._given(look, decision, m.lightning_advanced(sum(by_line.values()), look.case.currency), facts)

    def borne(self, look: Look, decision: Decision, movement: Movement | Refusal) -> None:
        """Somebody bears what was advanced; a reversal will take it back from there."""
        self._given(look, decision, movement, {})

    def judged(self, look: Look, decision: Decision, movement: Movement | Refusal, facts: Mapping[str, Any]) -> None:
        """A refund that a judgement, or a settlement, gives (DI-6): a reversal takes it back from whoever bears it."""
        self._given(look, decision, movement, facts)

    def awarded(self, look: Look, movement: Movement | Refusal, compensation: str, facts: Mapping[str, Any]) -> None:
        """What a judgement gives beside the refund, or takes back of it."""
        self._post(look, movement, about=compensation, facts=facts, compensation_id=compensation)

    def moves(self, look: Look, movement: Movement | Refusal, about: str) -> None:
        """An advance is recovered from the merchant, or given back (CO-2)."""
        self._post(look, movement, about=about)

    def came_back(self, look: Look, decision: Decision, charge: str, amount: int, provider: str) -> None:
        """The buyer paid an advance back: it came in, and made good what was laid out."""
        reference = getattr(look.command, "reference", "")
        facts = {"charge": charge, **({"reference": reference} if reference else {})}
        self._post(look, m.lightning_came_back(amount, provider, look.case.currency), about=charge, facts=facts)
        self._given(look, decision, m.lightning_taken_back(amount, look.case.currency), {"charge": charge})

    def difference(self, look: Look, decision: Decision, effect: str, body: Mapping[str, Any]) -> None:
        """An exchange to dearer or cheaper goods: asked for, given back, or not owed any more."""
        currency = look.case.currency
        if effect == "ask_difference":
            self._post(look, m.difference_charged(int(body["amount"]), currency))
        elif effect == "return_difference":
            self._given(look, decision, m.difference_refunded(int(body["amount"]), currency), {})
        elif effect == "drop_difference" and look.case.body.get("difference", 0) > 0:
            self._post(look, m.difference_dropped(int(look.case.body["difference"]), currency))

    def reversed(self, look: Look, decision: Decision) -> None:
        """冲正: what each purse gave comes back to it."""
        cost = look.case.body.get(COST) or {"merchant_settlement": -look.case.granted}
        self._post(look, m.refund_reversed(cost, look.case.currency))
        decision.changes[COST] = {}

    def moved(self, look: Look, request: str, amount: int, provider: str) -> None:
        """The money of one refund request left through its provider."""
        reference = getattr(look.command, "reference", "")
        self._post(look, m.refund_moved(amount, provider, look.case.currency), about=request, request_id=request, facts={"reference": reference} if reference else {})

    def paid(self, look: Look, charge: str, amount: int, provider: str) -> None:
        """A difference came in through a provider."""
        reference = getattr(look.command, "reference", "")
        self._post(look, m.difference_paid(amount, provider, look.case.currency), about=charge, facts={"charge": charge, **({"reference": reference} if reference else {})})

    def given(self, look: Look, decision: Decision, movement: Movement | Refusal, facts: Mapping[str, Any]) -> None:
        """A refund decided at somebody's cost, as its movement says; a reversal will take it back from there."""
        self._given(look, decision, movement, facts)

    def charged(self, look: Look, movement: Movement | Refusal) -> None:
        """A penalty that follows from this event (TI-2)."""
        self._post(look, movement)

    def _given(self, look: Look, decision: Decision, movement: Movement | Refusal, facts: Mapping[str, Any]) -> None:
        if isinstance(movement, Movement):
            before = decision.changes[COST] if COST in decision.changes else look.case.body.get(COST) or {}  # taken back by this very decision: nothing
            decision.changes[COST] = {account: before.get(account, 0) + movement.cost().get(account, 0) for account in before.keys() | movement.cost().keys()}
        self._post(look, movement, facts=facts)

    def _post(self, look: Look, movement: Movement | Refusal, *, about: str = "", facts: Mapping[str, Any] | None = None, request_id: str | None = None, compensation_id: str | None = None) -> None:
        """One movement about this event. A refusal here is a decision that the tables should not have allowed: a bug, so nothing of the batch is written."""
        if isinstance(movement, Refusal):
            raise ValueError(f"{look.case.number} {look.command}: {movement.say('en')}")
        case, version = look.case, look.case.version + 1
        reason = getattr(look.command, "adjust_reason", "") or getattr(look.command, "reason", "")
        self.rows.append(row(
            movement, about or f"{case.id}:{version}", by=look.actor, reason=reason, facts=facts,
            case_id=case.id, case_version=version, order_id=case.order_id or None, request_id=request_id, compensation_id=compensation_id,
        ))
