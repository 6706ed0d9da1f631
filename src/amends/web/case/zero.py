"""What happens to a cancellation when its clock reaches zero, told before it does (CA-2, CA-3). The table decides; this only says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Way:
    """How far the order of a cancellation has come."""

    shipped: bool = False
    delivered: bool = False
    received: bool = False
    platform_delivery: bool = False


def way_of(order: Any) -> Way:
    """From an order as a screen has read it; None is an order that is not known here."""
    if order is None:
        return Way()
    shipped = order.shipped_at is not None or order.state in ("shipped", "delivered", "received", "completed")
    received = order.receipt_confirmed_at is not None or order.state in ("received", "completed")
    return Way(shipped, order.delivered_at is not None or order.state == "delivered", received, order.platform_delivery)


def at_zero(state: str, type_: str, facts: Mapping[str, Any], way: Way) -> str:
    """approve, agree, delete, follow_up, refund, intercept, close, back or warn; empty for a state without a clock. As the RunOut rows of `core.cases.cancellation` say."""
    tried = bool(facts.get("intercept"))
    if state == "intercepting":
        return "back"
    if state == "refunding":
        return "warn"
    if state not in ("reviewing", "logistics_follow_up"):
        return ""
    if way.received or (state == "logistics_follow_up" and tried and way.delivered):
        return "close"
    if state == "logistics_follow_up":
        return "intercept" if way.platform_delivery and not tried else "refund"
    if way.shipped and (not tried or way.delivered):
        told = facts.get("clock") or {}
        return "agree" if told.get("clock") == "cancel_answer" and told.get("then") == "approve_cancellation" else "follow_up"
    return "delete" if type_ == "deletion" else "refund" if tried else "approve"
