"""Differences asked of the buyer, on the merchant's case page (MO-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.store.connect import scope
from amends.store.screens import charges


def of_case(request: Any, case: Any) -> dict[str, Any]:
    """`charges`: what was asked for; looked for only where an exchange has asked for something."""
    if not case.facts.get("charge"):
        return {"charges": []}
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        return {"charges": charges.of_case(conn, merchant, case.id)}
