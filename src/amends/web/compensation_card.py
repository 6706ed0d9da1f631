"""What the pages of orders and cases show of compensation: what was given, what late shipment comes to, the way to give goodwill."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from amends.core.compensation import Owed
from amends.core.refusal import Refusal
from amends.engine import late_shipment
from amends.store.connect import scope
from amends.store.screens import compensations as read
from amends.web import reckoning, show
from amends.web.catalogue import say

HUSHED = frozenset({"late_switched_off", "late_before_switch", "late_unknown", "late_cancelled", "late_pickup", "late_unpaid"})
"""Why nothing is paid that a reader of an order need not be told: it is plain, or was never promised."""


def of_order(request: Any, order_id: str, currency: str) -> dict[str, Any]:
    """The card of an order; late shipment is told as long as it is not paid."""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        given = read.of_order(conn, merchant, order_id, request.now)
    late = None if any(k.kind == "late_shipment" for k in given) else late_shipment.standing(request.house.pool, merchant, order_id, request.now)
    return _card(request, given, reverse("order-goodwill", args=[order_id]), _late(late, currency, request.lang))


def of_case(request: Any, case_id: str) -> dict[str, Any]:
    """The card of a case."""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        given = read.of_case(conn, merchant, case_id, request.now)
    return _card(request, given, reverse("case-goodwill", args=[case_id]), "")


def _late(found: Owed | Refusal | None, currency: str, lang: str) -> str:
    if isinstance(found, Owed):
        return say(lang, "compensation.late_owed", amount=show.money(found.amount, currency))
    return say(lang, "compensation.late_not", why=found.say(lang)) if found is not None and found.code not in HUSHED else ""


def _card(request: Any, given: list[read.Listed], give_url: str, late: str) -> dict[str, Any]:
    return {
        "given": given, "give_url": give_url, "late_words": late, "compensation_state": lambda k: reckoning.state(k, request.lang), "compensation_tones": reckoning.TONES,
    }
