"""From movements of the ledger to rows of `store/sql/post_ledger.sql` (MO-4): written in the transaction of the decision, each once.

`about` is what makes a movement unique among those of its kind and merchant: the event of a case, a refund request, a compensation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from amends.core.actor import Actor
from amends.core.ledger import Movement
from amends.core.movements import Granted
from amends.core.refund import Entitlement
from amends.engine.ids import new_id
from amends.store import ledger

Row = dict[str, Any]


def row(movement: Movement, about: str, *, by: Actor | None = None, reason: str = "", facts: Mapping[str, Any] | None = None, **source: str | int | None) -> Row:
    """One movement as a row. `source`: case_id, case_version, order_id, request_id, compensation_id, as far as there are any."""
    return {
        "id": new_id(), "kind": movement.kind, "about": about, "currency": movement.currency, **source, "reason": reason, "facts": dict(facts or {}),
        "actor_kind": by.party.value if by else None, "actor_id": by.id if by else None, "actor_name": by.name if by else None,
        "lines": [{"line": n, "account": line.account, "amount_minor": line.amount, "part": line.part} for n, line in enumerate(movement.lines, 1)],
    }


def post(conn: Any, merchant: str, rows: Iterable[Row], now: datetime) -> bool:
    """Write movements inside the caller's transaction; true if any of them is new. One that is not balanced fails in the database."""
    return ledger.post(conn, merchant, list(rows), now)


def shares(entitled: Entitlement | None, amount: int, freight: int, *, at_merchants_cost: bool = False) -> Granted:
    """How a refund of `amount`, of it `freight` for the way out, falls on those who bear it.

    Return freight that the buyer bears is kept as far as the sum granted really lacks it: what an agent gives back on top is not kept.
    Refunded at the merchant's cost (SO-18) means all of it, whoever was responsible.
    """
    payer, kept = "merchant", 0
    if entitled is not None:
        payer = next((p.payer for p in entitled.parts if p.label == "freight_out"), "merchant")
        by_buyer = -sum(p.amount for p in entitled.parts if p.medium == "money" and p.payer == "buyer")
        kept = max(0, min(by_buyer, sum(entitled.due.values()) - amount))
    return Granted(amount - freight, freight, "merchant" if at_merchants_cost else payer, kept)


def in_kind(entitled: Entitlement | None) -> dict[str, int]:
    """What goes back besides money, at its worth in minor units: coupons and points. It never stands in the accounts."""
    worth: dict[str, int] = {}
    for part in entitled.parts if entitled else ():
        if part.medium in ("coupon", "points") and part.amount:
            worth[part.medium] = worth.get(part.medium, 0) + part.amount
    return worth
