"""Guards and choices of a cancellation: what the order has become decides what is possible (CA-1 … CA-4, OR-5).

`look.facts["order"]`, read under the order's lock: `state`, `shipped`, `delivered`, `received`, `platform_delivery`, `cod`,
`waybills` (outbound parcels that are on their way: number → carrier). A missing fact means "no".
"""

from typing import Any

from amends.core.machine import Look
from amends.core.refusal import Refusal
from amends.core.rules import before_asking


def order_of(look: Look) -> dict[str, Any]:
    """What is known of the order now."""
    found: dict[str, Any] = look.facts.get("order") or {}
    return found


def order_received(look: Look) -> bool:
    """Receipt is confirmed or the order completed: the two chains part here (OR-5)."""
    return bool(order_of(look).get("received"))


def order_shipped(look: Look) -> bool:
    """The order has left the warehouse."""
    return bool(order_of(look).get("shipped"))


def platform_delivers(look: Look) -> bool:
    """京配: the platform's own carrier has the parcel, interception was not tried yet, and all of the parcel is to come back."""
    return bool(order_of(look).get("platform_delivery")) and not look.case.body.get("intercept") and look.case.type != "part"


def has_goods_after_all(look: Look) -> bool:
    """Interception was tried and did not stop the parcel, and the parcel is delivered: the buyer has the goods (CA-4)."""
    return bool(look.case.body.get("intercept")) and bool(order_of(look).get("delivered"))


def shipped_and_untried(look: Look) -> bool:
    """Shipped, and the carrier has not been asked yet, or the goods have arrived: the merchant gets the time of a follow-up."""
    return order_shipped(look) and (not look.case.body.get("intercept") or bool(order_of(look).get("delivered")))


def nothing_to_pay(look: Look) -> bool:
    """The order was not paid (cash on delivery, or waiting for payment): there is nothing to give back."""
    return int(look.facts.get("computed", 0)) <= 0


def all_moved(look: Look) -> bool:
    """With this request everything granted has moved."""
    here = int(look.facts.get("requests", {}).get(getattr(look.command, "request", ""), 0))
    return look.case.moved + here >= look.case.granted


def stopped(look: Look) -> dict[str, str]:
    """The case's parcels with this answer counted in: waybill → asked, succeeded, failed."""
    asked: dict[str, str] = dict(look.case.body.get("intercepts") or {})
    waybill = getattr(look.command, "waybill", "")
    for number in [waybill] if waybill in asked else list(asked):
        asked[number] = "succeeded"
    return asked


def some_not_stopped(look: Look) -> bool:
    """With this answer counted in, a parcel of the order is still on its way."""
    return any(answer != "succeeded" for answer in stopped(look).values())


@before_asking
def not_received(look: Look) -> Refusal | None:
    """OR-5: after receipt a refund is a service order."""
    return Refusal("received_meanwhile") if order_received(look) else None


@before_asking
def not_shipped(look: Look) -> Refusal | None:
    """CA-1: what has left cannot be stopped by a word."""
    return Refusal("shipped_meanwhile") if order_shipped(look) else None


@before_asking
def is_shipped(look: Look) -> Refusal | None:
    """CA-2: intercepting, following up and forcing are for parcels on their way."""
    return None if order_shipped(look) else Refusal("not_shipped_yet")


@before_asking
def has_parcel(look: Look) -> Refusal | None:
    """There is a waybill to intercept, and its carrier has not been asked before (LO-3: a retry never asks twice)."""
    if look.case.body.get("intercept"):
        return Refusal("intercepted_before", {"answer": look.case.body["intercept"]})
    if look.case.type == "part":  # the rest of the order is in the same parcel, and the buyer waits for it
        return Refusal("parcel_holds_more")
    return None if order_of(look).get("waybills") else Refusal("no_parcel_to_intercept")


@before_asking
def is_not_deletion(look: Look) -> Refusal | None:
    """A deletion request has nothing to refund and nothing to intercept (CA-9)."""
    return Refusal("deletion_has_no_parcel") if look.case.type == "deletion" else None
