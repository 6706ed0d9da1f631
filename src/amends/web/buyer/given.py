"""What a buyer was given beside refunds, as the order and the case show it (CO-1, CO-3 … CO-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.engine import notices
from amends.store.connect import scope
from amends.store.screens import compensations as read
from amends.web import reckoning
from amends.web.buyer.visit import Visit
from amends.web.page import standing


def card(request: Any, visit: Visit, order_id: str, case_id: str = "") -> dict[str, Any]:
    """What was given for an order (or one case of it), each with its reckoning; seen, the messages about it are read."""
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        found = read.listed(conn, read.Sought(merchant=visit.merchant_id, order=order_id, case=case_id, buyer=visit.buyer_id), request.now, 20)
    shown = [k for k in found if k.kind != "goodwill" or k.state != "asked"]  # what staff ask of each other is no promise to the buyer
    if shown:
        notices.read_compensations(request.house.pool, visit.merchant_id, order_id, "buyer", request.now)
    moment = standing(request)["moment"]
    return {
        "given": [(k, reckoning.of(k, request.lang, moment)) for k in shown], "compensation_state": lambda k: reckoning.state(k, request.lang), "compensation_tones": reckoning.TONES,
    }
