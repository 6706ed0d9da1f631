"""Orders: lists, one, and taking in one or thousands with each row's own result (OR-6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.api.cases import choices
from amends.api.door import Call, Refused, Reply, refuse
from amends.api.naming import plain
from amends.api.operations import MOST_ORDERS, PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, instant, limit, read_cursor, word
from amends.api.shapes import FieldError, Money
from amends.api.shop_shapes import Order, OrderCase, OrderLine, OrderPage, OrderParcel, OrderPayment, OrderResult, OrderRow, OrdersTaken, ReceiptConfirmed
from amends.api.veil import in_full, veiled
from amends.core.actor import Party
from amends.core.order_fields import STATES
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.orders import TakenIn, confirm_receipt
from amends.engine.taken_once import take_in_once
from amends.store.screens import order_book as screen

ORDERS_BYTES = 9 * 1024 * 1024
FILTERS = ("number", "buyer_id", "state", "placed_from", "placed_to")


def listed(call: Call) -> Reply:
    """GET orders, newest first."""
    call.needs("read")
    call.known_queries(*FILTERS, *PAGING)
    readers: dict[str, Any] = {"number": word, "buyer_id": word, "state": choices(*STATES), "placed_from": instant, "placed_to": instant}
    filters = {name: value for name, read in readers.items() if (value := call.query(name, read)) is not None}
    after = call.query("cursor", read_cursor(tuple[datetime, UUID]))
    wanted = screen.Wanted(filters, (after[0], str(after[1])) if after else None, call.query("limit", limit, DEFAULT_LIMIT))
    rows = screen.page(call.house.pool, call.whose(), wanted)
    more = len(rows) > wanted.limit
    last = rows[wanted.limit - 1] if more else None
    return Reply(OrderPage([OrderRow(**_row(row)) for row in rows[: wanted.limit]], cursor(last["placed_at"], last["id"]) if last else None))


def one(call: Call, id: UUID) -> Reply:
    """GET one order."""
    call.needs("read")
    call.known_queries("reveal")
    merchant = call.merchant()
    found = screen.one(call.house.pool, merchant, str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    row, lines, payments, parcels, cases = found
    currency, shown = row["currency"], in_full(call, merchant, "order", str(id))
    shown_lines = [OrderLine(**_priced(line, currency, "unit_price", "paid", "coupon", "refunded")) for line in lines]
    shown_payments = [
        OrderPayment(p["provider"], p["provider_ref"], p["method"], Money(p["amount_minor"], p["currency"]), Money(p["refunded_minor"], p["currency"]), p["paid_at"])
        for p in payments
    ]
    shown_parcels, shown_cases = [OrderParcel(**p) for p in parcels], [OrderCase(**c) for c in cases]
    return Reply(Order(**_row(row, shown), lines=shown_lines, payments=shown_payments, parcels=shown_parcels, cases=shown_cases), version=row["version"])


def received(call: Call, id: UUID) -> Reply:
    """POST that the goods are there: the buyer's own word, or that of a key with leave to speak for buyers (OR-4)."""
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    if actor.party is Party.CARRIER:
        raise Refused(Refusal("not_yours", {"command": "confirm_receipt", "party": actor.party.value}))
    if actor is call.caller:
        call.needs("speak_for_buyer")
    whose, by = (actor.id, None) if actor.party is Party.BUYER else (None, By(actor, getattr(call.request, "address", ""), getattr(call.request, "correlation", "")))
    if refusal := confirm_receipt(call.house.pool, merchant, str(id), whose, call.now, by):
        raise Refused(refusal)
    found = screen.one(call.house.pool, merchant, str(id))
    if found is None:
        raise Refused(Refusal("not_there"))
    row = found[0]
    return Reply(ReceiptConfirmed(row["id"], row["number"], row["state"], row["receipt_confirmed_at"], row["version"]), version=row["version"])


def _row(row: screen.Row, shown: bool = False) -> dict[str, Any]:
    return dict(veiled(_priced(row, row["currency"], "freight", "paid", "refunded"), shown))


def _priced(row: screen.Row, currency: str, *names: str) -> dict[str, Any]:
    """The row with its `…_minor` columns as money."""
    plain_columns = {k: v for k, v in row.items() if not k.endswith("_minor") and k != "currency"}
    return plain_columns | {name: Money(row[f"{name}_minor"], currency) for name in names}


def take(call: Call) -> Reply:
    """POST orders: each good one is kept, each bad one answered with its place and reasons."""
    call.needs("import_orders")
    call.known_queries()
    merchant, body = call.merchant(), call.json()
    wrong = [Refusal("field_unknown", {"name": name}, name) for name in body if name != "orders"]
    records = body.get("orders")
    if not isinstance(records, list) or not 1 <= len(records) <= MOST_ORDERS:
        refuse([*wrong, Refusal("too_many_items", {"most": MOST_ORDERS}, "orders")])
    assert isinstance(records, list)
    wrong += [Refusal("wrong_kind", {"zh": "订单", "en": "Order"}, f"orders[{i}]") for i, r in enumerate(records) if not isinstance(r, dict)]
    refuse(wrong)
    taken, before = take_in_once(call.house.pool, merchant, str(call.command_id), records, call.now)
    counts = {status: sum(t.status == status for t in taken) for status in ("new", "changed", "same", "refused")}
    return Reply(OrdersTaken(**counts, results=[_result(i, t, call) for i, t in enumerate(taken)]), replayed=before)


def _result(index: int, taken: TakenIn, call: Call) -> OrderResult:
    errors = [FieldError(r.field, r.code, plain(r, call.language)) for r in taken.refusals]
    return OrderResult(index, taken.status, taken.id or None, taken.number or None, errors)
