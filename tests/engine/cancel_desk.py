"""What tests of cancellations say again and again: orders on their way, and asking to cancel them."""

from typing import Any

from amends.core.actor import CARRIER_ACTOR, PROVIDER_ACTOR, SYSTEM, Actor
from amends.core.refusal import Refusal
from amends.engine.cancellation import Cancel, Cancelled, Pieces
from amends.engine.cancelling import cancel
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN, Shop

__all__ = ["CARRIER_ACTOR", "PROVIDER_ACTOR", "SYSTEM"]


def unshipped(shop: Shop, *lines: tuple[str, int, int], **columns: Any) -> str:
    """An order paid and being prepared."""
    return shop.order(*(lines or (("CUP", 2, 19900),)), received=False, **{"state": "preparing", "delivered_at": None, **columns})


def on_the_way(shop: Shop, *lines: tuple[str, int, int], waybill: str = "SF100", **columns: Any) -> str:
    """An order shipped in one parcel."""
    order = unshipped(shop, *lines, **{"state": "shipped", "shipped_at": shop.now, **columns})
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("insert into parcels (merchant_id, id, order_id, direction, carrier, waybill) values (%s, %s, %s, 'out', '顺丰', %s)", (shop.merchant, new_id(), order, f"{waybill}-{order[-6:]}"))
    return order


def ask(shop: Shop, order: str, *pieces: tuple[int, int], actor: Actor = LIN, reason: str = "changed_mind", command_id: str | None = None, **more: Any) -> Cancelled | list[Refusal]:
    """Ask to cancel; `pieces`: (line, quantity), none for everything."""
    lines = [Pieces(shop.lines[order][n], many) for n, many in pieces]
    return cancel(shop.pool, shop.merchant, Cancel(order, reason, lines, **more), actor, shop.now, command_id or new_id())


def opened(shop: Shop, order: str, *pieces: tuple[int, int], **more: Any) -> str:
    """The id of a cancellation that is taken in."""
    done = ask(shop, order, *pieces, **more)
    assert isinstance(done, Cancelled), [r.say("zh") for r in done]
    return done.case_id


def refused(shop: Shop, order: str, *pieces: tuple[int, int], **more: Any) -> list[str]:
    """The codes of a refusal."""
    done = ask(shop, order, *pieces, **more)
    assert isinstance(done, list)
    return [r.code for r in done]


def receive(shop: Shop, order: str) -> None:
    """Receipt of the order becomes a fact, as an import would bring it, and nobody was told yet."""
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update orders set state = 'received', receipt_confirmed_at = %s where merchant_id = %s and id = %s", (shop.now, shop.merchant, order))
