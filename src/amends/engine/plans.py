"""A settlement plan is carried out (DI-2, DI-3): a cancellation is opened with its source and moved at once through its own table; nobody files or reviews it.

What cannot be carried out is reported with its reason and the cancellation the buyer has filed meanwhile: nothing is lost, and the merchant can approve that one directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import SYSTEM
from amends.core.commands import Command
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import PlanCarriedOut, PlanFailed
from amends.core.verbs.judgement import FollowUpByPlan, RefundByPlan
from amends.engine.cancellation import PLAN_SOURCES, Cancel, Cancelled, Pieces
from amends.engine.cancelling import cancel
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.engine.handle import Asked, handle
from amends.store import remedying
from amends.store.connect import Pool
from amends.store.remedying import Disputed

MOVES: dict[str, type[RefundByPlan] | type[FollowUpByPlan]] = {"direct_refund": RefundByPlan, "agreed_wait_48h": FollowUpByPlan}
DONE = {"direct_refund": ("refunding", "refunded", "closed"), "agreed_wait_48h": ("logistics_follow_up", "intercepting", "refunding", "refunded", "closed")}
"""States of the cancellation in which its plan has been carried out, whoever moved it there."""


def carry_out(pool: Pool, merchant: str, dispute_id: str, effect_id: str, body: Mapping[str, Any], now: datetime) -> None:
    """Carry a plan out once and tell the dispute once. Raises ValueError when the dispute refuses to hear it: that is a bug."""
    dispute = remedying.dispute(pool, merchant, dispute_id)
    if dispute is None or dispute.facts.get("plan_state") != "under_way" or dispute.facts.get("plan_at") != body.get("version"):
        return  # told already, or another plan has been chosen since
    why = explained(dispute, str(body["plan"]))
    told: Command
    if dispute.state != "awaiting_buyer_confirmation" and not remedying.opened_before(pool, merchant, _id(effect_id, "open")):
        told = _failed(Refusal("plan_moved_on"))
    else:
        told = _carry(pool, merchant, dispute, effect_id, str(body["plan"]), why, now)
    tell(pool, merchant, dispute_id, told, _id(effect_id, "told"), why, now)


def tell(pool: Pool, merchant: str, dispute_id: str, command: Command, command_id: str, why: dict[str, Any], now: datetime) -> None:
    """The dispute hears what became of it. Raises ValueError when it refuses."""
    refused = handle(pool, [Asked(command_id, merchant, dispute_id, command, SYSTEM, why=why)], now)[0].refusal
    if refused is not None:
        raise ValueError(f"{refused.code} {dict(refused.facts)}")


def explained(dispute: Disputed, rule: str) -> dict[str, Any]:
    """What stands with events that a dispute brings about (SO-25)."""
    pack = pack_of(pack_opened_under(dispute.facts))
    return {"by": "dispute", "rule": rule, "dispute": dispute.id, "number": dispute.number, "pack": pack.id, "version": pack.version}


def _id(effect_id: str, what: str) -> str:
    return str(uuid5(UUID(effect_id), what))


def _carry(pool: Pool, merchant: str, dispute: Disputed, effect_id: str, plan: str, why: dict[str, Any], now: datetime) -> Command:
    source = PLAN_SOURCES[plan]
    lines = [Pieces(x["line_id"], x["quantity"]) for x in dispute.facts.get("lines") or ()]
    asked = Cancel(dispute.order_id, source, lines, source=source, dispute=dispute.number, dispute_id=dispute.id)
    opened = cancel(pool, merchant, asked, SYSTEM, now, _id(effect_id, "open"))
    if isinstance(opened, list):
        return _failed(opened[0])
    if opened.existing:
        return _failed(Refusal("plan_cancellation_filed", {"number": opened.number, "state": opened.state}), opened)
    moved = handle(pool, [Asked(_id(effect_id, "move"), merchant, opened.case_id, MOVES[plan](dispute.number), SYSTEM, why=why)], now)[0]
    if moved.refusal is not None and moved.state not in DONE[plan]:
        return _failed(moved.refusal, opened)
    return PlanCarriedOut(opened.case_id, opened.number)


def _failed(refusal: Refusal, filed: Cancelled | None = None) -> PlanFailed:
    facts = {name: value for name, value in refusal.facts.items() if isinstance(value, str | int)}
    return PlanFailed(refusal.code, [facts] if facts else [], refusal.say("zh")[:500], filed.case_id if filed else "", filed.number if filed else "")
