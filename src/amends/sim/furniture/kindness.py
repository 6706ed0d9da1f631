"""What the demo's first shop gave beside refunds: one late order, goodwill, a coupon, what waits for a decision (CO-1, CO-3 … CO-5).

Late shipment is switched on as of the demo's present: however far its clock jumps, orders of the furniture are history and are not paid for.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from amends.core.actor import Actor, Party
from amends.engine import compensation, compensation_settings, freight_claims, late_shipment, price_protection
from amends.engine.audit import By
from amends.engine.compensation import Decision, Goodwill
from amends.engine.compensation_desk import Done
from amends.engine.ids import new_id
from amends.engine.orders import take_in
from amends.engine.photos import take_photo
from amends.sim.furniture.buyers import Customer
from amends.sim.furniture.cast import Store
from amends.sim.furniture.pictures import photo
from amends.store import compensated_orders
from amends.store.connect import PLATFORM, Pool, scope

LIMITS = {"case": "20", "agent_day": "100", "shop_day": "1000"}


def give(pool: Pool, store: Store, who: Customer, chance: Random, now: datetime) -> None:
    """All of it, within the last two days before `now`."""
    _late(pool, store, who, now)
    orders = _orders(pool, store.id, "receipt_confirmed_at is not null", now, 6)
    agent = By(store.hand("processing", chance))
    wishes = (
        Goodwill(orders[0][0], 1000, "long_wait", "等了四天才审核"), Goodwill(orders[1][0], 1500, "small_flaw", "包装压痕，客户留用"),
        Goodwill(orders[2][0], 1200, "parcel_trouble", "", medium="coupon", minimum=6000), Goodwill(orders[3][0], 5000, "service_fault", "发错两次，客户很生气", ask=True),
    )
    for n, wish in enumerate(wishes):
        _sure(compensation.give(pool, agent, store.id, wish, new_id(), now - timedelta(hours=30 - 7 * n)))
    refused = _sure(compensation.give(pool, agent, store.id, Goodwill(orders[4][0], 4000, "keep_customer", "客户要求再多一点", ask=True), new_id(), now - timedelta(hours=20)))
    _sure(compensation.decide(pool, By(store.hand("supervisor", chance)), store.id, refused.compensations[0].id, Decision(False, words="已经补偿过，请解释清楚"), new_id(), now - timedelta(hours=18)))
    _price(pool, store, now)
    _freight(pool, store, now)


def _late(pool: Pool, store: Store, who: Customer, now: datetime) -> None:
    """One order that was promised for yesterday and is still here; then the switch counts from the present."""
    product, by = store.products[0], By(store.main)
    money = {"amount": product.price, "currency": "CNY"}
    paid = (now - timedelta(hours=50)).isoformat()
    record: dict[str, Any] = {
        "number": "D01-LATE-1", "state": "preparing", "buyer_id": who.id, "currency": "CNY", "placed_at": paid, "paid_at": paid, "promised_ship_by": (now - timedelta(hours=2)).isoformat(),
        "receiver": who.name, "phone": who.phone, "province": who.place[0], "city": who.place[1], "district": who.place[2], "detail": who.place[3],
        "lines": [{"sku": product.variants[0].sku, "title": product.title, "quantity": 1, "unit_price": money, "paid": money}],
        "payments": [{"provider": "manual", "ref": "D01-LATE-1", "amount": money}],
    }
    taken = take_in(pool, store.id, [record], now - timedelta(hours=50), with_skus=False)[0]
    assert taken.status == "new", [r.say("zh") for r in taken.refusals]
    for late, at in ((True, now - timedelta(hours=51)), (False, now), (True, now)):
        refusal = compensation_settings.change(pool, by, compensation_settings.Wish(late, figures=LIMITS), at)
        assert refusal is None, refusal
        if at < now:
            with scope(pool, UUID(store.id)) as conn:
                shop = compensated_orders.shop(conn, store.id)
            assert shop is not None
            late_shipment.pay(pool, shop, now - timedelta(hours=1))


def _price(pool: Pool, store: Store, now: datetime) -> None:
    """A thing that became cheaper since it was bought: its buyer asks for the difference."""
    for order, buyer in _orders(pool, store.id, "state = 'received' and delivered_at > %(now)s - interval '5 days'", now, 40):
        with scope(pool, PLATFORM) as conn:
            conn.execute(
                "update skus s set price_minor = s.price_minor * 9 / 10 from order_lines l where s.merchant_id = l.merchant_id and s.sku = l.sku and l.merchant_id = %s and l.order_id = %s and l.position = 1",
                (store.id, order),
            )
        by = By(Actor(Party.BUYER, buyer, ""))
        if isinstance(price_protection.ask(pool, by, store.id, order, [], new_id(), now - timedelta(hours=3), buyer), Done):
            return


def _freight(pool: Pool, store: Store, now: datetime) -> None:
    """Buyers who paid the way back without being at fault claim it, with a picture of the receipt."""
    with scope(pool, PLATFORM) as conn:
        cases = conn.execute(
            "select id::text, buyer_id from cases where merchant_id = %s and kind = 'service_order' and state in ('in_transit', 'processing') and fault in ('merchant', 'carrier') order by opened_at desc, id limit 40",
            (store.id,),
        ).fetchall()
    claimed = 0
    for n, (case, buyer) in enumerate(cases):
        kept = take_photo(pool, store.id, photo("box", (150, 120, 90), "", 900 + n), buyer, now)
        by = By(Actor(Party.BUYER, buyer, ""))
        claimed += isinstance(freight_claims.claim(pool, by, store.id, case, 1200 + 300 * n, [str(kept)], "", new_id(), now - timedelta(hours=4 + n), buyer), Done)
        if claimed == 2:
            return


def _orders(pool: Pool, merchant: str, where: str, now: datetime, most: int) -> list[tuple[str, str]]:
    """(id, buyer) of orders, the newest first."""
    with scope(pool, PLATFORM) as conn:
        query = f"select id::text, buyer_id from orders where merchant_id = %(m)s and paid_at is not null and {where} order by placed_at desc, id limit %(most)s"
        return conn.execute(query, {"m": merchant, "now": now, "most": most}).fetchall()


def _sure(done: Done | list[Any]) -> Done:
    assert isinstance(done, Done), [r.say("zh") for r in done]
    return done
