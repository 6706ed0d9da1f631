"""A shop whose orders have not been sent yet: goods on sale, orders in preparation, a buyer who changes one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from amends.core.actor import Party
from amends.core.order_change import Wish
from amends.engine import order_changes
from amends.engine.audit import By
from amends.engine.ids import new_id
from amends.engine.order_wish import Details
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN, Shop, open_shop

BUYER = LIN.id


def shop_with_goods(pool: Any, **more: Any) -> Shop:
    """CUP at 60, MUG at 40 with a spoon as a gift, LAMP at 100 of which nobody counts the stock."""
    shop = open_shop(pool, stock={"CUP": 10, "MUG": 2, "SPOON": 50}, **more)
    sell(shop, "CUP", 6000)
    sell(shop, "MUG", 4000, '{"gifts": [{"sku": "SPOON", "quantity": 1}]}')
    sell(shop, "SPOON", 500)
    sell(shop, "LAMP", 10000)
    return shop


def sell(shop: Shop, sku: str, price: int, attributes: str = "{}", active: bool = True) -> None:
    """Put goods on sale, or change their price."""
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into skus (merchant_id, sku, title, category, price_minor, attributes, active) values (%s, %s, %s, 'home', %s, %s, %s)"
            " on conflict (merchant_id, sku) do update set price_minor = excluded.price_minor, attributes = excluded.attributes, active = excluded.active",
            (shop.merchant, sku, f"商品 {sku}", price, attributes, active),
        )


def fresh(shop: Shop, *lines: tuple[str, int, int], state: str = "preparing", **columns: Any) -> str:
    """An order that was paid an hour ago and is not printed; unpaid when it waits for payment."""
    unpaid: dict[str, Any] = {"paid_minor": 0, "paid_at": None} if state == "pending_payment" else {"paid_at": shop.now - timedelta(hours=1)}
    order = shop.order(*(lines or (("CUP", 2, 12000), ("MUG", 1, 4000))), received=False, state=state, placed_at=shop.now - timedelta(hours=2), delivered_at=None, **{**unpaid, **columns})
    if state == "pending_payment":
        with scope(shop.pool, PLATFORM) as conn:
            conn.execute("delete from payments where merchant_id = %s and order_id = %s", (shop.merchant, order))
    return order


def begin(shop: Shop, order: str, at: timedelta = timedelta()) -> Any:
    """The buyer begins a change."""
    return order_changes.begin(shop.pool, shop.merchant, order, BUYER, LIN, shop.now + at)


def look(shop: Shop, order: str, change: str, wish: Wish | None = None, at: timedelta = timedelta()) -> Any:
    """The buyer looks at what a wish makes of it."""
    return order_changes.look(shop.pool, shop.merchant, order, BUYER, change, wish or Wish(), shop.now + at)


def save(shop: Shop, order: str, change: str, seen: str, wish: Wish | None = None, details: Details | None = None, at: timedelta = timedelta(), command_id: str = "") -> Any:
    """The buyer saves."""
    return order_changes.save(shop.pool, shop.merchant, order, BUYER, change, seen, wish or Wish(), details or Details(), LIN, shop.now + at, command_id or new_id())


def change(shop: Shop, order: str, wish: Wish | None = None, details: Details | None = None) -> Any:
    """Begin, look and save in one go; answers what saving answered."""
    begun = begin(shop, order)
    assert isinstance(begun, order_changes.Begun), begun
    seen = look(shop, order, begun.change, wish)
    assert isinstance(seen, order_changes.Looked), seen
    return save(shop, order, begun.change, seen.seen, wish, details)


def by(shop: Shop, *permissions: str) -> By:
    """Staff of the shop, with all rights or just these."""
    if not permissions:
        return By(shop.hai)
    return By(type(shop.hai)(Party.MERCHANT, new_id(), "阿宁", shop.merchant, frozenset(permissions)))


def stands(shop: Shop, order: str, columns: str = "state, lock_id") -> tuple[Any, ...]:
    """Columns of an order."""
    return shop.all(f"select {columns} from orders where id = %s", order)[0]


def goods_of(shop: Shop, order: str) -> list[tuple[Any, ...]]:
    """sku, pieces, unit price, paid, gift of every line."""
    return shop.all("select sku, quantity, unit_price_minor, paid_minor, gift from order_lines where order_id = %s order by position", order)


def history(shop: Shop, order: str) -> list[str]:
    """What was done to an order, oldest first."""
    return [row[0] for row in shop.all("select what from order_changes where order_id = %s order by at, id", order)]
