"""A shop tells of its buyers' coupons, so that they can go on or off an order that is changed (DE-5, OR-7). The same coupon again is an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.audit import record as put_on_record
from amends.engine.ids import new_id
from amends.store import buyer_coupons as store
from amends.store.audit import Connection
from amends.store.connect import Pool, scope


@dataclass(slots=True)
class Told:
    """One coupon as the shop tells of it; minor units. `order_number`: the order it is used on, empty for none."""

    code: str
    buyer_id: str
    kind: str
    amount: int
    currency: str
    minimum: int = 0
    title: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    order_number: str = ""


@dataclass(slots=True)
class Kept:
    """What became of one: new, changed, same or refused."""

    code: str
    status: str
    refusal: Refusal | None = None


def keep(pool: Pool, by: By, merchant: str, told: Sequence[Told], now: datetime) -> list[Kept] | Refusal:
    """Each for itself; one that is wrong stops no other."""
    if refusal := by.lacks("manage_orders"):
        return refusal
    with scope(pool, UUID(merchant)) as conn:
        held = store.held(conn, merchant, sorted({t.code for t in told}))
        orders = store.orders(conn, merchant, [t.order_number for t in told if t.order_number])
        answers, seen = [], set[str]()
        for t in told:
            refusal = Refusal("coupon_twice", {"code": t.code}, "code") if t.code in seen else _wrong(t, held.get(t.code), orders)
            seen.add(t.code)
            answers.append(Kept(t.code, "refused", refusal) if refusal else Kept(t.code, _put(conn, merchant, t, held.get(t.code), orders, now)))
        done = [a.code for a in answers if a.status in ("new", "changed")]
        if done:
            put_on_record(conn, by, now, "coupons_told", after={"codes": done[:50], "many": len(done)}, merchant_id=merchant)
    return answers


def _wrong(t: Told, was: store.Row | None, orders: dict[str, tuple[str, str]]) -> Refusal | None:
    if t.amount <= 0 or (t.kind == "minimum") != (t.minimum > 0):
        return Refusal("coupon_figures", {"code": t.code}, "minimum" if t.amount > 0 else "amount")
    if t.valid_from is not None and t.valid_until is not None and t.valid_from >= t.valid_until:
        return Refusal("coupon_dates", {"code": t.code}, "valid_until")
    if t.order_number and orders.get(t.order_number, ("", ""))[1] != t.buyer_id:
        return Refusal("order_unknown", field="order_number")
    if was is not None and was["order_id"] and (t.order_number != was["order_number"] or _figures(t) != _stored(was)):
        return Refusal("coupon_used", {"code": t.code, "number": was["order_number"] or ""}, "code")
    return None


def _put(conn: Connection, merchant: str, t: Told, was: store.Row | None, orders: dict[str, tuple[str, str]], now: datetime) -> str:
    order = orders[t.order_number][0] if t.order_number else None
    if was is not None and (*_figures(t), t.title, t.valid_from, t.valid_until, order) == (*_stored(was), was["title"], was["valid_from"], was["valid_until"], was["order_id"]):
        return "same"
    row = {
        "id": was["id"] if was else new_id(), "code": t.code, "buyer_id": t.buyer_id, "title": t.title, "kind": t.kind, "amount": t.amount, "minimum": t.minimum, "currency": t.currency,
        "valid_from": t.valid_from, "valid_until": t.valid_until, "order": order, "used_at": now if order else None,
    }
    return ("changed" if was else "new") if store.put(conn, merchant, row) else "same"


def _figures(t: Told) -> tuple[str, str, int, int, str]:
    return t.buyer_id, t.kind, t.amount, t.minimum, t.currency


def _stored(was: store.Row) -> tuple[str, str, int, int, str]:
    return was["buyer_id"], was["kind"], was["amount_minor"], was["minimum_minor"], was["currency"]
