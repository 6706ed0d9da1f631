"""A message inside the product in the reader's words: what happened on which case, and by when something is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse

from amends.core.verbs.desk import CallPlatform
from amends.store.screens.notices import Notice
from amends.web import wording
from amends.web.buyer.cancelled import own
from amends.web.buyer.visit import latest
from amends.web.catalogue import say, words
from amends.web.show import money

CALLED = CallPlatform.event
OWN_WORDS: dict[str, Callable[[str, str], str]] = {
    "cancellation": lambda reader, event: f"cancellation.{reader[0]}_{event}", "dispute": lambda reader, event: f"disputes.{reader[0]}_{event}",
    "ticket": lambda reader, event: f"tickets.{reader[0]}_{event}",
}
"""Kinds of case that have messages of their own: the key for a reader and an event."""


def key_of(reader: str, event: str, kind: str = "service_order") -> str:
    """The key of the words for this side: those of the kind of case, where it has its own."""
    if kind in OWN_WORDS and (of_kind := OWN_WORDS[kind](reader, event)) in words():
        return of_kind
    return {"merchant": f"notices.m_{event}", "buyer": f"notices.b_{event}", "platform": f"notices.p_{event}"}[reader]


def sentence(notice: Notice, reader: str, request: Any) -> str:
    """One sentence; where the case still waits for the reader as it did then, with the time until which it does."""
    lang = request.lang
    if notice.compensation_id is not None:
        return say(lang, f"compensation.told_{reader}_{notice.event}", **_of_compensation(notice, lang))
    key = key_of(reader, notice.event, notice.kind)
    if key not in words():
        return wording.event(notice.event, lang, notice.kind)
    state = notice.to or ""
    facts = {"at": _until(notice, request), "state": _of_buyer(notice.kind, state, lang) if reader == "buyer" and state else wording.state(state, lang, notice.kind)}
    waits = notice.waits_on == reader and notice.due_at is not None and notice.to == notice.state
    return say(lang, f"{key}_by" if waits and f"{key}_by" in words() else key, **facts)


def _of_buyer(kind: str, state: str, lang: str) -> str:
    return own(lang, kind, f"now_{state}") or say(lang, f"buyer.now_{state}")


def _of_compensation(notice: Notice, lang: str) -> dict[str, Any]:
    """What a message about compensation tells: which kind, how much, as money or a coupon."""
    body = notice.body
    return {"kind": say(lang, f"compensation.kind_{body['kind']}"), "amount": money(int(body["amount"]), str(body["currency"])), "number": notice.number}


def link(notice: Notice, reader: str) -> str:
    """Where a message leads: to its compensation, its case, or its order."""
    if reader == "merchant" and notice.compensation_id:
        return str(reverse("compensation", args=[notice.compensation_id]))
    if notice.kind == "ticket" and reader == "buyer":
        return str(reverse("buyer-ticket", args=[notice.case_number]))
    if notice.case_id:
        return str(reverse("case", args=[notice.case_id]) if reader == "merchant" else reverse("buyer-case", args=[notice.case_number]))
    return str(reverse("order", args=[notice.order_id]) if reader == "merchant" else reverse("buyer-order", args=[notice.order_number]))


def _until(notice: Notice, request: Any) -> str:
    given = notice.body.get("due_at")
    due_at = datetime.fromisoformat(given) if isinstance(given, str) else notice.due_at
    return latest(due_at, request) if due_at else ""


def icon(notice: Notice) -> str:
    """The picture beside it: talk, money, time, parcels, the rest."""
    return ICONS.get(notice.event, "ti-bell")


ICONS = {
    "said": "ti-message", "buyer_asked": "ti-message", "buyer_answered": "ti-message", "not_solved": "ti-mood-sad", "reminder": "ti-clock", "ran_out": "ti-clock",
    "refund_advanced": "ti-bolt", "advance_claimed": "ti-coin", "claim_waived": "ti-check", "advance_settled": "ti-check",
    "proposed": "ti-message-2-question", "proposal_accepted": "ti-check", "proposal_declined": "ti-x", "proposal_taken_back": "ti-arrow-back-up",
    "refund_failed": "ti-alert-triangle", "payment_difference": "ti-alert-triangle", "difference_paid": "ti-cash", "refund_granted": "ti-cash", "refund_moved": "ti-cash", "refunded_by_platform": "ti-cash", "rate_asked": "ti-star", "rate_reminder": "ti-star", "rated": "ti-star",
    "rating_improved": "ti-star", "shipped_back": "ti-truck", "parcel_signed": "ti-truck", "replacement_shipped": "ti-truck", "parts_delivered": "ti-building-warehouse", "replacement_delivered": "ti-truck",
    "compensation_granted": "ti-heart-handshake", "compensation_paid": "ti-cash", "compensation_asked": "ti-heart-handshake", "compensation_refused": "ti-heart-handshake",
    "dispute_opened": "ti-scale", "adjudicated": "ti-gavel", "appealed": "ti-gavel", "appeal_dismissed": "ti-gavel", "evidence_filed": "ti-paperclip", "side_asked": "ti-help-circle",
    "settlement_offered": "ti-heart-handshake", "settlement_accepted": "ti-check", "settlement_refused": "ti-x", "plan_failed": "ti-alert-triangle", "dispute_withdrawn": "ti-arrow-back-up",
    "ticket_opened": "ti-ticket", "ticket_followed_up": "ti-message", "ticket_replied": "ti-message", "ticket_transferred": "ti-arrow-forward-up", "ticket_decided": "ti-gavel",
    "balance_due": "ti-coin", "applied": "ti-file-plus", "cancel_applied": "ti-circle-x", "cancellation_approved": "ti-cash", "cancellation_rejected": "ti-circle-x", "interception_asked": "ti-truck",
    "interception_failed": "ti-truck", "interception_succeeded": "ti-truck", "follow_up_chosen": "ti-truck", "order_shipped": "ti-truck", "refund_forced": "ti-cash",
    "refunded_at_once": "ti-cash", CALLED: "ti-gavel", "call_answered": "ti-building-bank",
}
