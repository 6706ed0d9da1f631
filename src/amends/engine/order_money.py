"""The difference of an order that its buyer made cheaper goes back the way it came, in the transaction of the change (OR-7, MO-3, MO-4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.core import movements
from amends.core.actor import Actor
from amends.core.ledger import MANUAL, Movement
from amends.core.refund import Payment, split_over_payments
from amends.core.told import Key
from amends.engine import posting
from amends.store import connections, order_refunds, outbox, refund_requests


def give_back(conn: Any, merchant: str, order_id: str, change: str, amount: int, currency: str, actor: Actor, now: datetime) -> None:
    """One request for each payment, oldest first; its ids are made of the change's, so that the same change asks once. The order is locked by the caller."""
    payments = refund_requests.payments_of(conn, merchant, order_id)
    parts = split_over_payments(amount, [Payment(i, paid, back) for i, _, _, paid, back in payments])
    if not isinstance(parts, list):
        raise ValueError(f"{parts.code}: {dict(parts.facts)}")
    reached, providers = connections.names(conn, "payment"), {p[0]: p[1] for p in payments}
    rows: list[dict[str, Any]] = []
    for payment, part in parts:
        request, provider = uuid5(UUID(change), payment), providers[payment] if providers[payment] in reached else MANUAL
        rows.append({"id": request, "order": order_id, "payment": payment, "provider": provider, "key": str(Key(UUID(merchant), request, 1)), "amount": part, "currency": currency})
    order_refunds.add(conn, merchant, change, rows, now)
    sent = [{"id": uuid5(r["id"], "send 1"), "case_id": None, "effect": "send_refund", "body": {"request": str(r["id"]), "attempt": 1}} for r in rows if r["provider"] != MANUAL]
    if sent:
        outbox.put(conn, merchant, sent, now)
    movement = movements.refund_granted(movements.Granted(amount), currency)
    if not isinstance(movement, Movement):
        raise ValueError(f"{order_id}: {movement.code}")
    posting.post(conn, merchant, [posting.row(movement, f"order change {change}", by=actor, order_id=order_id)], now)
