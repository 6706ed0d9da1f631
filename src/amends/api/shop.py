"""Merchants and staff (IN-2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused, Reply
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor
from amends.api.shop_shapes import Address, Member, Merchant, MerchantPage, MerchantRow, StaffPage
from amends.core.refusal import Refusal
from amends.store.screens import shop as screen


def merchants(call: Call) -> Reply:
    """GET merchants: the key's own, or all for the platform."""
    call.needs("read")
    call.known_queries(*PAGING)
    after, most = call.query("cursor", read_cursor(tuple[UUID])), call.query("limit", limit, DEFAULT_LIMIT)
    rows = screen.merchants(call.house.pool, call.whose(), str(after[0]) if after else None, most)
    return Reply(MerchantPage([MerchantRow(**_merchant(row)) for row in rows[:most]], cursor(rows[most - 1]["id"]) if len(rows) > most else None))


def merchant(call: Call, id: UUID) -> Reply:
    """GET one merchant with return addresses."""
    call.needs("read")
    call.known_queries()
    if call.caller.merchant_id not in (None, str(id)):
        raise Refused(Refusal("not_there"))
    found = screen.merchant(call.house.pool, str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(Merchant(**_merchant(found[0]), addresses=[Address(**row) for row in found[1]]))


def _merchant(row: screen.Row) -> dict[str, Any]:
    return {name: row["tz" if name == "timezone" else name] for name in MerchantRow.__struct_fields__}


def staff(call: Call) -> Reply:
    """GET the merchant's people."""
    call.needs("read")
    call.known_queries(*PAGING)
    after, most = call.query("cursor", read_cursor(tuple[UUID])), call.query("limit", limit, DEFAULT_LIMIT)
    rows = screen.staff(call.house.pool, call.merchant(), str(after[0]) if after else None, most)
    in_full = call.caller.holds("manage_staff")
    shown = [Member(**{name: row[name] for name in Member.__struct_fields__} | ({} if in_full else {"email": None})) for row in rows[:most]]
    return Reply(StaffPage(shown, cursor(rows[most - 1]["id"]) if len(rows) > most else None))
