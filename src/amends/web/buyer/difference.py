"""The difference a buyer is asked for when the merchant exchanges for dearer goods: how much, until when, and how it is paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.store.connect import scope
from amends.store.screens.buyer import CasePage
from amends.store.screens.charges import asked_of

WEB = ("https://", "http://")


def card(request: Any, merchant_id: str, case: CasePage) -> dict[str, Any]:
    """What the page shows of it; nothing when nothing is asked for. `page` is where the provider takes the money, `soon` that it will be there."""
    if case.state not in ("collecting", "claiming_back"):
        return {"pay": None}
    with scope(request.house.pool, UUID(merchant_id)) as conn:
        charge = asked_of(conn, merchant_id, case.id)
    if charge is None:
        return {"pay": None}
    at = charge.pay_url if charge.pay_url.startswith(WEB) else ""
    return {"pay": {"amount": charge.amount_minor, "currency": charge.currency, "page": at, "soon": charge.connected and not at, "sku": charge.words, "back": case.state == "claiming_back"}}
