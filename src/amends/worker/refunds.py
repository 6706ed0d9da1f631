"""Refunds asked for: what was granted becomes requests, one for each payment, and each goes to its provider or to finance (MO-3, MO-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.adapters.payment import MANUAL
from amends.core.refund import Payment, split_over_payments
from amends.core.told import Key
from amends.store import connections, outbox, refund_requests
from amends.store.outbox import Waiting


def pay_refund(conn: Any, merchant: str, group: list[Waiting], now: datetime) -> None:
    """Ask for what was granted and not asked for yet, the way the money came: one request for each payment, oldest first (MO-3).

    Its ids are made of the effect's, so that the same effect performed again is the same requests.
    """
    reached = connections.names(conn, "payment")
    for w in group:
        payments = refund_requests.payments_of(conn, merchant, w.body["order"])  # locks the order, so that no reversal comes between
        granted, asked = refund_requests.granted_of(conn, merchant, w.case_id or "")
        amount = min(int(w.body["amount"]), granted - asked)
        if amount <= 0:
            continue  # reversed before it was asked for, or asked for before
        parts = split_over_payments(amount, [Payment(i, paid, back) for i, _, _, paid, back in payments])
        if not isinstance(parts, list):
            raise ValueError(f"{parts.code}: {dict(parts.facts)}")
        providers = {p[0]: p[1] for p in payments}
        for payment, part in parts:
            _request(conn, merchant, w, payment, providers[payment] if providers[payment] in reached else MANUAL, part, now)


def _request(conn: Any, merchant: str, w: Waiting, payment: str, provider: str, part: int, now: datetime) -> None:
    request = uuid5(UUID(w.id), payment)
    row = {
        "id": request, "kind": "refund", "case": w.case_id, "order": w.body["order"], "compensation": None, "purpose": "", "buyer": None, "payment": payment, "provider": provider,
        "key": str(Key(UUID(merchant), request, 1)), "amount": part, "currency": w.body["currency"],
    }
    if refund_requests.add(conn, merchant, row, now) and provider != MANUAL:
        send = {"id": str(uuid5(request, "send 1")), "case_id": w.case_id, "effect": "send_refund", "body": {"request": str(request), "attempt": 1}}
        outbox.put(conn, merchant, [send], now)
