"""Late shipment (CO-1): found and paid by the house itself, once an order, in batches of one merchant each.

Which orders: those paid for after the merchant switched it on (`compensation.late_since`). An order without a promise is held to the pack's
time after payment. So neither imported history nor a clock that jumps pays for what was never promised here; what was late while no worker ran
is found later, whether it has been sent meanwhile or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from amends.core import compensation as core
from amends.core.actor import SYSTEM
from amends.core.compensation import Owed
from amends.core.refusal import Refusal
from amends.engine import compensation_money as money
from amends.engine.audit import By, record
from amends.engine.compensation_rules import late_query, late_since, pack_section, shipping
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id, new_id
from amends.store import applying
from amends.store import compensated_orders as orders
from amends.store import compensations as rows
from amends.store.audit import Connection
from amends.store.compensated_orders import Held, Shop
from amends.store.compensations import Compensation
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.suspensions import every

AT_ONCE = orders.AT_ONCE
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Left:
    """A late order that nothing was paid for, and why; `why` None: the next round of the worker pays it."""

    order: Held
    ship_by: datetime
    why: Refusal | None


def pay_all(pool: Pool, now: datetime) -> int:
    """Every merchant that has it on; answers how many orders were paid for. Safe from any number of workers."""
    with scope(pool, PLATFORM) as conn:
        shops = orders.shops_on(conn)
    return sum(pay(pool, shop, now) for shop in shops)


def pay(pool: Pool, shop: Shop, now: datetime) -> int:
    """All late orders of one merchant, up to AT_ONCE in a transaction."""
    given, total = late_query(shop, now), 0
    while given is not None:
        with scope(pool, UUID(shop.merchant)) as conn:
            held = orders.late(conn, shop.merchant, given)
            paid = _pay(conn, shop, held, now) if held else 0
        total += paid
        if not paid or len(held) < AT_ONCE:
            break
    return total


def _pay(conn: Connection, shop: Shop, held: Iterable[Held], now: datetime) -> int:
    pack, since, stopped = pack_of(shop.pack), late_since(shop.settings), every(conn)
    made: list[Compensation] = []
    for order in held:
        owed = core.late_shipment(shipping(order, stopped), pack.compensation.late_shipment, since, now)
        if isinstance(owed, Owed):
            made.append(_row(order, owed, pack.id, pack.version, now))
    if not made:
        return 0
    for k, number in zip(made, applying.next_numbers(conn, shop.merchant, "K", now.year, len(made)), strict=True):
        k.number = number
    written = set(rows.add(conn, shop.merchant, made))
    orders.settle_late(conn, shop.merchant, [k.order_id for k in made], now)
    fresh = [k for k in made if k.id in written]
    money.pay(conn, shop.merchant, fresh, SYSTEM, now)
    record(
        conn, By(), now, "late_shipment_paid", ("merchant", shop.merchant), merchant_id=shop.merchant,
        after={"orders": len(fresh), "numbers": [fresh[0].number, fresh[-1].number] if fresh else [], "pack": pack.id, "version": pack.version},
    )
    return len(fresh)


def _row(order: Held, owed: Owed, pack: str, version: int, now: datetime) -> Compensation:
    return Compensation(
        new_id(), "", "late_shipment", "granted", order.id, order.buyer_id, order.currency, owed.amount, "system", now, owed.amount, asked_by=SYSTEM.id,
        decided_kind="system", decided_by=SYSTEM.id, decided_at=now, explanation={**owed.why, "pack": pack, "version": version},
    )


def left_out(pool: Pool, merchant: str, now: datetime) -> list[Left]:
    """Late orders that were not paid for, each with the reason; at most SHOWN, the longest late first. Empty where it is switched off."""
    with scope(pool, UUID(merchant)) as conn:
        shop = orders.shop(conn, merchant)
        given = late_query(shop, now) if shop else None
        if shop is None or given is None:
            return []
        held, stopped = orders.late_unpaid(conn, merchant, given, SHOWN), every(conn)
    late, out = pack_section(shop).late_shipment, []
    for order in held:
        sent = shipping(order, stopped)
        found, by = core.late_shipment(sent, late, late_since(shop.settings), now), core.ship_by(sent, late)
        if by is not None and found is not None:
            out.append(Left(order, by, found if isinstance(found, Refusal) else None))
    return out


def standing(pool: Pool, merchant: str, order_id: str, now: datetime) -> Owed | Refusal | None:
    """What the rule says of one order now: owed, why not, or None while it is not late."""
    with scope(pool, UUID(merchant)) as conn:
        order, shop = (orders.order(conn, merchant, order_id, lock=False) if is_id(order_id) else None), orders.shop(conn, merchant)
        stopped = every(conn)
    if order is None or shop is None:
        return None
    return core.late_shipment(shipping(order, stopped), pack_section(shop).late_shipment, late_since(shop.settings), now)
