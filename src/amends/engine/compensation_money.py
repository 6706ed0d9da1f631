"""The money of compensation (CO-1, CO-3 … CO-5): into the ledger and out through the providers, in the transaction that decides it.

Price protection goes back the way the money came and counts on its line, so that a later refund gives so much less (MO-1). Everything else is paid
to the buyer beside refunds. A coupon moves no money.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from amends.core import movements
from amends.core.actor import Actor
from amends.core.ledger import Movement
from amends.core.pack import Payer
from amends.engine import payouts, posting
from amends.engine.ids import new_id
from amends.store import compensations as rows
from amends.store.audit import Connection
from amends.store.compensations import Compensation
from amends.store.queries import sql

EVENTS = {"granted": "compensation_granted", "paid": "compensation_paid", "refused": "compensation_refused", "asked": "compensation_asked"}
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a coupon's code is written with: no sign that is taken for another."""


def pay(conn: Connection, merchant: str, given: Sequence[Compensation], by: Actor, now: datetime, payer: Payer = "merchant", insured: int = 0) -> None:
    """Everything that follows from these being granted; they are written already. Locked: their orders. `insured`: minor units of each that freight insurance bears before `payer` does (PO-7)."""
    money = [k for k in given if k.medium == "money"]
    back = [
        {"id": new_id(), "case_id": k.id, "order_id": k.order_id, "line_id": k.line_id, "quantity": 0, "amount_minor": k.amount_minor, "currency": k.currency}
        for k in money if k.kind == "price_protection"
    ]
    if back:
        conn.execute(sql("grant_refunds"), {"merchant": UUID(merchant), "now": now, "rows": msgspec.json.encode(back).decode()})
    entries = []
    for k in money:
        movement = movements.compensation_granted(k.kind, k.amount_minor, payer, k.currency, insured)
        if not isinstance(movement, Movement):
            raise ValueError(f"{k.number}: {movement.code}")
        entries.append(posting.row(movement, k.id, by=by, reason=k.reason, order_id=k.order_id, case_id=k.case_id, compensation_id=k.id))
    posting.post(conn, merchant, entries, now)
    _send(conn, merchant, money, now)
    tell(conn, merchant, given, "granted", now)


def issue(conn: Connection, merchant: str, k: Compensation, minimum: int, title: str, now: datetime, days: int) -> str:
    """A coupon for the buyer, good for so many days; answers its code."""
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(12))
        row = {
            "id": new_id(), "code": code, "title": title, "kind": "minimum" if minimum else "open", "buyer": k.buyer_id, "amount": k.amount_minor, "minimum": minimum,
            "currency": k.currency, "now": now, "until": now + timedelta(days=days), "compensation": k.id,
        }
        if rows.add_coupon(conn, merchant, row):
            return code


def tell(conn: Connection, merchant: str, given: Sequence[Compensation], state: str, now: datetime) -> None:
    """The buyer hears of what was granted, paid or refused; the merchant of what is asked for."""
    reader = "merchant" if state == "asked" else "buyer"
    told: list[dict[str, Any]] = [
        {
            "compensation_id": k.id, "order_id": k.order_id, "case_id": k.case_id, "buyer_id": k.buyer_id, "reader": reader, "event": EVENTS[state],
            "body": {"number": k.number, "kind": k.kind, "medium": k.medium, "amount": k.amount_minor or k.asked_minor, "currency": k.currency},
        }
        for k in given if not (state == "asked" and k.asked_kind == "merchant" and k.kind != "goodwill")
    ]
    if told:
        rows.tell(conn, merchant, told, now)


def _send(conn: Connection, merchant: str, money: Sequence[Compensation], now: datetime) -> None:
    """Have the money sent: a price difference back the way the money came, everything else to the buyer beside refunds."""
    for k in money:
        if k.kind == "price_protection":
            payouts.ask(
                conn, merchant, kind="refund", compensation_id=k.id, order_id=k.order_id, buyer_id=k.buyer_id, amount=k.amount_minor, currency=k.currency, purpose=k.kind, now=now,
            )
    payouts.pay_out(conn, merchant, [
        {"compensation_id": k.id, "order_id": k.order_id, "buyer_id": k.buyer_id, "amount_minor": k.amount_minor, "currency": k.currency, "purpose": k.kind}
        for k in money if k.kind != "price_protection"
    ], now)
