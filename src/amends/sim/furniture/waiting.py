"""The demo's orders that wait for something: a balance of a pre-sale, a payment, an answer to an urge, a flag's attention (OR-8 … OR-10)."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from amends.core.actor import Actor, Party
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.orders_desk import remark
from amends.engine.urges import answer, urge
from amends.sim.furniture.buyers import Customer, order
from amends.sim.furniture.cast import Store
from amends.store.connect import PLATFORM, Pool, scope

WORDS = ("什么时候发货？", "急用，麻烦今天发出。", "物流两天没动了，帮忙催一下。", "能赶在周末前到吗？", "")
ANSWERS = ("已安排今天发出，稍后可查到运单。", "已联系快递加急派送，请留意电话。")
REMARKS = (("red", "客户要求发顺丰，运费已补"), ("yellow", "地址偏远，发货前电话确认"), ("green", "老客户，附手写卡片"), ("blue", "等同款补货后合并发"), ("purple", "礼品订单，勿放价格单"))
PRESALES, UNPAID, URGED, FLAGGED = 9, 5, 14, 12


def unpaid(store: Store, chance: Random, code: str, buyers: list[Customer], now: datetime) -> list[dict[str, Any]]:
    """Orders that are not paid yet, some of them pre-sales whose balance is due in the coming days, one today, one over."""
    found = []
    for n in range(PRESALES + UNPAID):
        product = chance.choice(store.products)
        placed = now - timedelta(hours=chance.uniform(1, 20 if n >= PRESALES else 200))
        record = order(chance, f"29{code[-2:]}{n + 1:08d}", chance.choice(buyers), [(product, chance.choice(product.variants), 1)], None, placed, now)
        record |= {"state": "pending_payment", "paid": {"amount": 0, "currency": "CNY"}, "payments": [], "parcels": []}
        for name in ("paid_at", "shipped_at", "promised_ship_by"):
            record.pop(name, None)
        if n < PRESALES:
            record["balance_due_at"] = (now + timedelta(hours=-3 if n == 0 else 7 + 31 * n)).isoformat()
        found.append(record)
    return found


def hurry(pool: Pool, store: Store, chance: Random, now: datetime) -> None:
    """Buyers urge orders that are late or slow; some are answered. Staff put flags on others."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select id::text, buyer_id, receiver from orders where merchant_id = %s and state in ('preparing', 'shipped') order by number", (store.id,)
        ).fetchall()
    chance.shuffle(rows)
    asked = []
    for order_id, buyer, name in rows[:URGED]:
        urged = urge(pool, store.id, order_id, buyer, chance.choice(WORDS), Actor(Party.BUYER, buyer, name or ""), now - timedelta(hours=chance.uniform(0.2, 20)), new_id())
        asked.append(getattr(urged, "id", ""))
    by = By(store.hand("supervisor", chance))
    answer(pool, by, store.id, [i for i in asked[: URGED // 3] if i], chance.choice(ANSWERS), now - timedelta(minutes=10))
    for n, (order_id, _, _) in enumerate(rows[URGED : URGED + FLAGGED]):
        flag, words = REMARKS[n % len(REMARKS)]
        remark(pool, by, store.id, [order_id], words, flag, now - timedelta(hours=chance.uniform(1, 30)))
