"""A shop whose exchanges look at stock, and what must hold of its stock at any moment."""

import json
import random
from datetime import timedelta
from uuid import UUID

from amends.core.actor import Actor, Party
from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Application, Applied, Item
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.engine.stocktaking import Said, take_in
from amends.sim.invariants_stock import HOLDS
from amends.store import files
from amends.store.connect import scope
from tests.shop import LIN, NOON, Shop, open_shop

LOCKS = {"exchange_locks_stock": True}
ONLY = {"exchange_only_with_stock": True, "exchange_locks_stock": True}
GOOD = {"condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "back_to_buyer"}


def stocked(pool, stock, settings=None, prices=None) -> Shop:
    """`stock`: pieces by SKU or by (SKU, warehouse); `prices` in minor units."""
    shop = open_shop(pool, stock={}, settings=json.dumps(settings or {}))
    with scope(pool, UUID(shop.merchant)) as conn:
        for place, pieces in stock.items():
            sku, warehouse = place if isinstance(place, tuple) else (place, "")
            take_in(conn, By(), shop.merchant, [Said(sku, warehouse, pieces)], NOON, "test")
        for sku, price in (prices or {}).items():
            conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, %s, %s, %s)", (shop.merchant, sku, sku, price))
    return shop


def buyer(n: int = 0) -> Actor:
    """One of several buyers."""
    return LIN if n == 0 else Actor(Party.BUYER, f"buyer-{n}", f"客户{n}")


def ask(shop: Shop, order: str, *lines: tuple[int, int], who: Actor = LIN, command: str | None = None, type_: str = "exchange", reason: str = "wrong_goods"):
    """An application for (line, pieces) of an order, each with a photo; answers what came of it."""
    items = [Item(shop.lines[order][line], quantity, type_, reason, "发错了", [photo(shop)]) for line, quantity in lines]
    return apply_for(shop.pool, shop.merchant, Application(order, items), who, shop.now, command or new_id())


def photo(shop: Shop) -> str:
    """An uploaded picture."""
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        files.add(conn, shop.merchant, (one := new_id()), b"0" * 32, "image/png", b"x", "buyer", shop.now)
    return one


def asked(shop: Shop, order: str, *lines: tuple[int, int], **more) -> list[str]:
    """The same, taken in; the ids of its service orders."""
    found = ask(shop, order, *lines, **more)
    assert isinstance(found, Applied), [r.code for r in found]
    return [c.case_id for c in found.cases]


def to_processing(shop: Shop, case: str, pieces: int = 1) -> None:
    """The goods come back, as they went out."""
    assert shop.say(case, v.ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", f"SF{random.Random(case).randint(1, 10**9)}"), LIN).refusal is None
    assert shop.say(case, p.RegisterReceipt(received=pieces, **GOOD)).refusal is None


def counts(shop: Shop, sku: str, warehouse: str = "") -> tuple[int, int]:
    """On hand and held."""
    found = shop.all("select on_hand, held from stock where merchant_id = %s and sku = %s and warehouse = %s", shop.merchant, sku, warehouse)
    return found[0] if found else (0, 0)


def holds(shop: Shop, case: str) -> list[tuple]:
    """All holds of a case, oldest first: SKU, warehouse, pieces, how and why it ended."""
    return shop.all("select sku, warehouse, quantity, outcome, reason from holds where case_id = %s order by held_at, id", case)


def broken(shop: Shop) -> list[str]:
    """What does not hold of this shop's stock."""
    with scope(shop.pool, UUID(shop.merchant)) as conn:
        return [row[0] for query in HOLDS.values() for row in conn.execute(query, {"m": UUID(shop.merchant)})]


def later(shop: Shop, **span: float) -> None:
    """Time passes."""
    shop.now += timedelta(**span)
