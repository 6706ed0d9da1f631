"""A message inside the product in the reader's words: what happened on which case, and by when something is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from amends.core.verbs.desk import CallPlatform
from amends.store.screens.notices import Notice
from amends.web import wording
from amends.web.buyer.visit import latest
from amends.web.catalogue import say, words
from amends.web.show import money

CALLED = CallPlatform.event


def key_of(reader: str, event: str) -> str:
    """The key of the words for this side."""
    return {"merchant": f"notices.m_{event}", "buyer": f"notices.b_{event}", "platform": f"notices.p_{event}"}[reader]


def sentence(notice: Notice, reader: str, request: Any) -> str:
    """One sentence; where the case still waits for the reader as it did then, with the time until which it does."""
    lang = request.lang
    if notice.compensation_id is not None:
        return say(lang, f"compensation.told_{reader}_{notice.event}", **_of_compensation(notice, lang))
    key = key_of(reader, notice.event)
    if key not in words():
        return wording.event(notice.event, lang)
    state = notice.to or ""
    facts = {"at": _until(notice, request), "state": say(lang, f"buyer.now_{state}") if reader == "buyer" and state else wording.state(state, lang)}
    waits = notice.waits_on == reader and notice.due_at is not None and notice.to == notice.state
    return say(lang, f"{key}_by" if waits and f"{key}_by" in words() else key, **facts)


def _of_compensation(notice: Notice, lang: str) -> dict[str, Any]:
    """What a message about compensation tells: which kind, how much, as money or a coupon."""
    body = notice.body
    return {"kind": say(lang, f"compensation.kind_{body['kind']}"), "amount": money(int(body["amount"]), str(body["currency"])), "number": notice.number}


def link(notice: Notice, reader: str) -> str:
    """Where a message leads: to its compensation, its case, or its order."""
    if reader == "merchant" and notice.compensation_id:
        return str(reverse("compensation", args=[notice.compensation_id]))
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
    "refund_failed": "ti-alert-triangle", "payment_difference": "ti-alert-triangle", "difference_paid": "ti-cash", "refund_granted": "ti-cash", "refund_moved": "ti-cash", "refunded_by_platform": "ti-cash", "rate_asked": "ti-star", "rate_reminder": "ti-star", "rated": "ti-star",
    "rating_improved": "ti-star", "shipped_back": "ti-truck", "parcel_signed": "ti-truck", "replacement_shipped": "ti-truck", "replacement_delivered": "ti-truck",
    "compensation_granted": "ti-heart-handshake", "compensation_paid": "ti-cash", "compensation_asked": "ti-heart-handshake", "compensation_refused": "ti-heart-handshake",
    "balance_due": "ti-coin", "applied": "ti-file-plus", CALLED: "ti-gavel",
}
