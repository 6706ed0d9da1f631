"""The row of the merchant a call is about, as the merchant itself may read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused
from amends.core.refusal import Refusal
from amends.store import merchants
from amends.store.connect import scope


def merchant_row(call: Call) -> dict[str, Any]:
    """Its columns by name. Raises Refused (not_there) where there is no such merchant."""
    merchant = call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        row = merchants.one(conn, merchant)
    if row is None:
        raise Refused(Refusal("not_there"))
    return row
