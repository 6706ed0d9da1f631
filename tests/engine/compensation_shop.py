"""A shop whose orders are compensated: settings, prices of today, and what was written for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, Pool, scope
from tests.shop import Shop, open_shop

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SINCE = NOON - timedelta(days=30)
DAY = timedelta(days=1)


def compensation_shop(pool: Pool, **section: Any) -> Shop:
    """A merchant that pays late shipment by itself since a month, with these settings of compensation besides."""
    return open_shop(pool, settings=json.dumps({"compensation": {"late_since": SINCE.isoformat(), **section}}))


def unshipped(shop: Shop, paid: int = 19900, **columns: Any) -> str:
    """An order paid for two days ago and not sent."""
    return shop.order(("CUP", 1, paid), **{"received": False, "state": "preparing", "paid_at": NOON - 2 * DAY, "placed_at": NOON - 2 * DAY, "delivered_at": None, **columns})


def price(shop: Shop, sku: str, minor: int, currency: str = "CNY") -> None:
    """Today's price of a SKU."""
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into skus (merchant_id, sku, title, price_minor, currency) values (%s, %s, %s, %s, %s) on conflict (merchant_id, sku) do update set price_minor = excluded.price_minor",
            (shop.merchant, sku, sku, minor, currency),
        )


def person(shop: Shop, name: str, *permissions: str, main: bool = False, role: str = "") -> By:
    """Somebody of the merchant's staff who holds these permissions, kept as the settings would keep them; `role` is a role's id."""
    who = new_id()
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("insert into people (id, merchant_id, email, name, main_account) values (%s, %s, %s, %s, %s)", (who, shop.merchant, f"{who}@shop.test", name, main))
        for permission in permissions:
            conn.execute("insert into grants (id, merchant_id, person_id, permission) values (%s, %s, %s, %s)", (new_id(), shop.merchant, who, permission))
        if role:
            conn.execute("insert into roles (id, merchant_id, name) values (%s, %s, %s) on conflict do nothing", (role, shop.merchant, role))
            conn.execute("insert into grants (id, merchant_id, person_id, role_id) values (%s, %s, %s, %s)", (new_id(), shop.merchant, who, role))
    return By(Actor(Party.MERCHANT, who, name, shop.merchant, ALL if main else frozenset(permissions)))


def agent(shop: Shop, name: str = "知夏") -> By:
    """An agent who may give goodwill within the limits."""
    return person(shop, name, "give_goodwill")


def supervisor(shop: Shop, name: str = "阿海") -> By:
    """Somebody who decides what others ask for."""
    return person(shop, name, "give_goodwill", "decide_compensation")


def compensations(shop: Shop, order: str) -> list[tuple[Any, ...]]:
    """(kind, state, amount) of an order, oldest first."""
    return shop.all("select kind, state, amount_minor from compensations where merchant_id = %s and order_id = %s order by asked_at, number", shop.merchant, order)


def requests(shop: Shop, order: str) -> list[tuple[Any, ...]]:
    """(kind, amount, has a payment) of the money asked for, by amount."""
    return shop.all("select kind, amount_minor, payment_id is not null from refund_requests where merchant_id = %s and order_id = %s order by amount_minor", shop.merchant, order)


def booked(shop: Shop, order: str) -> dict[str, int]:
    """What the ledger holds about an order: account → minor units."""
    return dict(shop.all(
        "select e.account, sum(e.amount_minor)::bigint from ledger_entries e join ledger_movements m on m.merchant_id = e.merchant_id and m.id = e.movement_id"
        " where e.merchant_id = %s and m.order_id = %s group by 1 having sum(e.amount_minor) <> 0", shop.merchant, order,
    ))
