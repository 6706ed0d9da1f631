"""What stands with an event that nobody did: which deadline or rule of which pack, or which news of the order, on which facts (SO-25)."""

from __future__ import annotations

from typing import Any

from amends.core.actor import Party
from amends.core.cases import TABLES
from amends.core.machine import Decision, Look
from amends.core.pack import Pack
from amends.core.verbs.cancel import FastRefund
from amends.core.verbs.negotiation import AcceptProposal
from amends.core.verbs.outside import OrderReceived, OrderShipped
from amends.engine.flows import why_at_zero

NEWS = {OrderShipped: "order_shipped", OrderReceived: "order_received"}
TOLD = ("state", "shipped", "delivered", "received", "waybills", "paid")


def explanation(look: Look, decision: Decision, pack: Pack) -> dict[str, Any] | None:
    """The explanation of a decision that brings none of its own; None for what a person did and nothing followed from by itself. The case as it stands before it is moved."""
    if isinstance(look.command, AcceptProposal):
        return _agreed(look, decision, pack)
    if look.actor.party is not Party.CLOCK:
        called: dict[str, Any] | None = decision.changes.get("platform_in")
        return called
    case = look.case
    clock, standing = case.body.get("clock", {}), {"due_at": case.due_at, "state": case.state, "type": case.type, "expectation": case.expectation}
    for command, rule in NEWS.items():
        if isinstance(look.command, command):
            return {"by": "order_news", "rule": rule, "pack": pack.id, "version": pack.version, "facts": _order(look), "state": case.state, "type": case.type}
    if isinstance(look.command, FastRefund):
        unpaid = {"by": "order_news", "rule": "nothing_paid", "pack": pack.id, "version": pack.version, "source": pack.cancellation.source, "facts": _order(look)}
        return {**(case.body.get("fast") or unpaid), **standing}
    if isinstance(look.command, TABLES[case.kind].run_out):
        clock = {**clock, **why_at_zero(pack, case, clock.get("clock", ""))}
    return {**clock, **standing}


def _order(look: Look) -> dict[str, Any]:
    order = look.facts.get("order") or {}
    return {name: order[name] for name in TOLD if order.get(name) not in (None, {}, "")}


def _agreed(look: Look, decision: Decision, pack: Pack) -> dict[str, Any]:
    """A proposal that was accepted is carried out by itself (SO-28): which one, and what it came to."""
    return {
        "by": "agreement", "pack": pack.id, "version": pack.version, "source": pack.negotiation.source, "facts": {**(decision.changes.get("agreed") or {}), "currency": look.case.currency, "asked_in": (look.case.body.get("proposal") or {}).get("asked_in", "")},
        "state": look.case.state, "to": decision.state, "type": look.case.type,
    }
