"""Money asked for without a case: compensation, goodwill, price protection (CO-1, CO-3 … CO-5). What becomes of it: engine/payout_answers.py.

The requests stand among those of cases, under the same kind of key, and go the same ways: to the provider of the order's payments where it has a
connection, else to finance, who transfers by hand and records it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid5

import msgspec

from amends.core.ledger import MANUAL
from amends.core.refund import Payment, split_over_payments
from amends.core.told import Key
from amends.store import connections, outbox, refund_requests
from amends.store.audit import Connection
from amends.store.queries import sql

Row: TypeAlias = dict[str, Any]


def ask(
    conn: Connection, merchant: str, *, kind: Literal["refund", "payout"], compensation_id: str, order_id: str, buyer_id: str, amount: int, currency: str, purpose: str, now: datetime,
    payment_id: str | None = None,
) -> list[str]:
    """Have `amount` minor units sent to the buyer, in the caller's transaction; answers the ids of the requests. Locks the order.

    `refund`: back the way the money came (by `payment_id`, else by the order's payments, oldest first); what no payment has room for is paid out. `payout`: to
    the buyer, by no payment. `purpose` is what the ledger calls it, a key of `core.movements.OWED`. Asking again for the same compensation changes nothing.
    """
    reached = connections.names(conn, "payment")
    payments = refund_requests.payments_of(conn, merchant, order_id)
    providers = {p[0]: p[1] for p in payments}
    parts: list[tuple[str | None, int]] = []
    if kind == "refund":
        open_ = [Payment(i, paid, back) for i, _, _, paid, back in payments if payment_id in (None, i)]
        split = split_over_payments(min(amount, sum(p.left for p in open_)), open_)
        parts = [(payment, part) for payment, part in split] if isinstance(split, list) else []
    if rest := amount - sum(part for _, part in parts):
        parts.append((None, rest))
    out = next((p for p in reversed(list(providers.values())) if p in reached), MANUAL)
    ids = []
    for payment, part in parts:
        provider = (providers[payment] if providers[payment] in reached else MANUAL) if payment else out
        ids.append(_add(conn, merchant, {
            "kind": "refund" if payment else "payout", "case": None, "order": order_id, "compensation": compensation_id, "purpose": purpose, "buyer": buyer_id, "payment": payment,
            "provider": provider, "amount": part, "currency": currency,
        }, now))
    return ids


def pay_out(conn: Connection, merchant: str, rows: Sequence[Row], now: datetime) -> None:
    """Payouts of many compensations, in the caller's transaction and two statements; the same as `ask` would for each. The caller holds the orders.

    Rows: compensation_id, order_id, buyer_id, amount_minor, currency, purpose.
    """
    if not rows:
        return
    made = []
    for row in rows:
        request = uuid5(UUID(str(row["compensation_id"])), "payout")
        made.append({**row, "request": str(request), "key": str(Key(UUID(merchant), request, 1)), "send": str(uuid5(request, "send 1"))})
    given = {"merchant": UUID(merchant), "now": now, "manual": MANUAL, "reached": sorted(connections.names(conn, "payment")), "rows": msgspec.json.encode(made).decode()}
    conn.execute(sql("add_payouts"), given)


def _add(conn: Connection, merchant: str, row: dict[str, str | int | None], now: datetime) -> str:
    request = uuid5(UUID(str(row["compensation"])), str(row["payment"] or "payout"))
    if refund_requests.add(conn, merchant, {**row, "id": request, "key": str(Key(UUID(merchant), request, 1))}, now) and row["provider"] != MANUAL:
        send = {"id": str(uuid5(request, "send 1")), "case_id": None, "effect": f"send_{row['kind']}", "body": {"request": str(request), "attempt": 1}}
        outbox.put(conn, merchant, [send], now)
    return str(request)
