"""What a cancellation asks of the world and what it keeps: goods that are not sent, parcels stopped, money given back (CA-1 … CA-5)."""

from collections.abc import Mapping
from typing import Any

from amends.core.effects import amount
from amends.core.machine import Look
from amends.core.rules_cancel import has_goods_after_all, nothing_to_pay, order_of, order_received, stopped

Body = Mapping[str, Any]


def _ends_it(look: Look) -> bool:
    """The order's goods are given up: refunded, or nothing was paid for them and the buyer does not keep them."""
    return look.to == "refunding" or (look.to == "closed" and nothing_to_pay(look) and not order_received(look) and not has_goods_after_all(look))


def cancel_goods(look: Look) -> Body | None:
    """These pieces are not part of the order any more; with the last of them the order is cancelled (CA-1, CA-7)."""
    return {"lines": look.case.body.get("lines", [])} if _ends_it(look) else None


def pay_refund(look: Look) -> Body | None:
    """Pay what this end grants, the way the money came (MO-3)."""
    if look.to != "refunding":
        return None
    return {"amount": amount(look), "currency": look.case.currency, "order": look.case.order_id}


def intercept_parcel(look: Look) -> Body | None:
    """Ask the carrier, once for each parcel on its way (LO-3)."""
    if look.to != "intercepting" or look.case.state == "intercepting":
        return None
    return {"order": look.case.order_id, "waybills": dict(order_of(look).get("waybills") or {})}


def grant_back(look: Look) -> Body:
    """Everything the cancelled pieces gave is granted."""
    return {"granted": look.case.granted + amount(look)} if look.to == "refunding" else {}


def note_intercept(look: Look) -> Body:
    """The carrier has been asked for each parcel on its way."""
    if look.to != "intercepting" or look.case.body.get("intercept"):
        return {}
    return {"intercept": "asked", "intercepts": dict.fromkeys(order_of(look).get("waybills") or {}, "asked")}


def note_stopped(look: Look) -> Body:
    """One more parcel is on its way back, or all are."""
    answers = stopped(look)
    return {"intercepts": answers, **({"intercept": "succeeded"} if all(a == "succeeded" for a in answers.values()) else {})}


def note_not_stopped(look: Look) -> Body:
    """The carrier could not stop it; its answer stays with the case, and with the parcel it is about (CA-4)."""
    answers: dict[str, str] = dict(look.case.body.get("intercepts") or {})
    waybill = getattr(look.command, "waybill", "")
    for number in [waybill] if waybill in answers else [n for n, answer in answers.items() if answer == "asked"]:
        answers[number] = "failed"
    return {"intercept": "failed", "intercept_answer": getattr(look.command, "words", ""), **({"intercepts": answers} if answers else {})}


def note_silence(look: Look) -> Body:
    """The carrier never answered (LO-3)."""
    return {"intercept": "silent"}


def note_shipment(look: Look) -> Body:
    """It left while the cancellation was open."""
    return {"shipped": True}


def note_end(look: Look) -> Body:
    """Why a case that closes without money does so, for the buyer's page."""
    if look.to != "closed":
        return {}
    return {"ended": "unpaid" if _ends_it(look) else "received"}
