"""The people of a chaos run: orders are placed and paid, buyers ask, agents decide in batches whatever waits for them, finance asks again for what failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from amends.core.actor import ALL, Actor, Party
from amends.core.commands import Command
from amends.core.verbs import buyer as b
from amends.core.verbs import cancel as c
from amends.core.verbs import outside as o
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Application, Item
from amends.engine.cancellation import Cancel
from amends.engine.cancelling import cancel
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.orders import take_in
from amends.sim.outside_world import CARRIER, PROVIDER
from amends.store.connect import PLATFORM, Pool, scope

A_BATCH = 200
BUYER = Actor(Party.BUYER, "buyer-chaos", "客户")
_MERCHANT = "insert into merchants (id, name, pack, fulfilment_mode, settings) values (%s, %s, 'jd', 'SOP', %s::jsonb)"
_ADDRESS = (
    "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)"
    " values (%s, %s, '一仓', '仓库', '031600000000', '河北省', '廊坊市', '广阳区', '新源道 8 号', true)"
)
_LINES = "select o.id::text, l.id::text, o.state from orders o join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id where o.merchant_id = %s order by o.number, l.position"
_OPEN = """select c.id::text, c.kind, c.state, c.quantity, coalesce(c.parcel_state, ''), coalesce(c.facts ->> 'intercept', ''), o.shipped_at is not null,
    array(select r.id::text from refund_requests r where r.merchant_id = c.merchant_id and r.case_id = c.id and r.state = 'failed')
  from cases c join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  where c.merchant_id = %(m)s and (c.closed_at is null or c.granted_minor > c.moved_minor) order by c.id"""
GOOD: dict[str, Any] = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


@dataclass
class Shop:
    """One merchant of the run, with its agent."""

    id: str
    agent: Actor
    opened: int = 0
    waybills: int = 0


def open_shops(pool: Pool, many: int) -> list[Shop]:
    """New merchants; one in three refunds unshipped cancellations at once."""
    shops = []
    with scope(pool, PLATFORM) as conn:
        for n in range(many):
            merchant = new_id()
            conn.execute(_MERCHANT, (merchant, f"风浪 {n + 1} 号店", json.dumps({"fast_refund": n % 3 == 2})))
            conn.execute(_ADDRESS, (merchant, new_id()))
            shops.append(Shop(merchant, Actor(Party.MERCHANT, new_id(), "客服", merchant, ALL)))
    return shops


def sell(pool: Pool, shop: Shop, many: int, chance: Random, now: datetime) -> None:
    """Paid orders: received ones, which goods will come back of, and ones that are still on their way or not sent at all."""
    for start in range(0, many, A_BATCH):
        records = [_order(chance, f"{shop.id[-4:]}-{n:06d}", now) for n in range(start, min(many, start + A_BATCH))]
        wrong = [a for a in take_in(pool, shop.id, records, now, with_skus=False) if a.status != "new"]
        assert not wrong, wrong[0]


def _order(chance: Random, number: str, now: datetime) -> dict[str, Any]:
    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": "CNY"}

    paid, freight, state = chance.randint(2, 90_000), chance.choice((0, 0, 800)), chance.choice(("received", "received", "preparing", "shipped"))
    total, received = paid + freight, now - timedelta(hours=chance.uniform(1, 48))
    parts = [total] if chance.random() < 0.7 else [total // 3, total - total // 3]
    record: dict[str, Any] = {
        "number": number, "state": state, "buyer_id": BUYER.id, "currency": "CNY", "freight": money(freight), "paid": money(total), "placed_at": (received - timedelta(days=3)).isoformat(),
        "platform_delivery": chance.random() < 0.4,
        "lines": [{"sku": "CUP", "title": "玻璃杯", "category": "home", "quantity": 1, "unit_price": money(paid), "paid": money(paid)}],
        "payments": [{"provider": PROVIDER, "ref": f"{number}-{n}", "amount": money(part), "paid_at": (received - timedelta(days=2, hours=n)).isoformat()} for n, part in enumerate(parts) if part],
    }
    if state == "received":
        record |= {"receipt_confirmed_at": received.isoformat(), "delivered_at": received.isoformat()}
    if state == "shipped":
        record |= {"shipped_at": (now - timedelta(hours=2)).isoformat(), "parcels": [{"carrier": CARRIER, "waybill": f"SO{number}".replace("-", "").upper()}]}
    return record


def ask(pool: Pool, shop: Shop, now: datetime) -> None:
    """Every buyer wants their money back: by a cancellation before receipt, by a service order after it."""
    with scope(pool, UUID(shop.id)) as conn:
        rows = conn.execute(_LINES, (shop.id,)).fetchall()
    for order, line, state in rows:
        if state == "received":
            answer: Any = apply_for(pool, shop.id, Application(order, [Item(line, 1, "return", "no_reason", "不要了", [])], "ship_back"), BUYER, now, new_id())
        else:
            answer = cancel(pool, shop.id, Cancel(order, "changed_mind"), BUYER, now, new_id())
        assert not isinstance(answer, list), [r.code for r in answer]
        shop.opened += 1


def decide(pool: Pool, shop: Shop, chance: Random, now: datetime) -> int:
    """One turn over everything that waits for a person at this merchant; answers how much is still open, for people or for others."""
    with scope(pool, UUID(shop.id)) as conn:
        rows = conn.execute(_OPEN, {"m": UUID(shop.id)}).fetchall()
    asked: list[Asked] = []
    for case, kind, state, quantity, parcel, intercept, shipped, failed in rows:
        todo = [(o.RetryRefund(request), shop.agent) for request in failed] if chance.random() < 0.5 else []
        wish = _service_order(shop, state, quantity, parcel) if kind == "service_order" else _cancellation(shop, chance, state, intercept, shipped)
        if wish is not None and chance.random() < 0.7:
            todo.append(wish)  # type: ignore[arg-type]
        asked += [Asked(new_id(), shop.id, case, command, actor) for command, actor in todo]
    for start in range(0, len(asked), A_BATCH):
        handle(pool, asked[start : start + A_BATCH], now)
    return len(rows)


def _service_order(shop: Shop, state: str, quantity: int, parcel: str) -> tuple[Command, Actor] | None:
    if state == "awaiting_return":
        shop.waybills += 1
        return b.ShipBack(CARRIER, f"BK{shop.id[-4:]}{shop.waybills:06d}".upper()), BUYER
    if state == "in_transit" and parcel == "signed":
        return p.RegisterReceipt(received=quantity, **GOOD), shop.agent
    wishes: dict[str, tuple[Command, Actor]] = {"reviewing": (v.ApproveReturn(), shop.agent), "processing": (p.Refund(), shop.agent), "confirming": (b.Confirm(), BUYER)}
    return wishes.get(state)


def _cancellation(shop: Shop, chance: Random, state: str, intercept: str, shipped: bool) -> tuple[Command, Actor] | None:
    if state == "logistics_follow_up" and chance.random() < 0.3:
        return c.ForceRefund("不再等"), shop.agent
    if state != "reviewing":
        return None
    if not shipped:
        return c.ApproveCancellation(), shop.agent
    if not intercept:
        return (c.ApproveAndIntercept(), shop.agent) if chance.random() < 0.8 else (c.FollowUpParcel(), shop.agent)
    return (c.ForceRefund("拦不下来"), shop.agent) if chance.random() < 0.5 else (c.RejectCancellation("on_the_way", "已经派送"), shop.agent)
