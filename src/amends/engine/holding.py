"""Holds of applications (ST-K1, ST-K2): taken for all lines or none, let go when their time runs out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from amends.core.actor import SYSTEM, Actor
from amends.core.refusal import Refusal
from amends.core.stock import Short, hold_all, hold_days, switched
from amends.engine.shelves import Shelves
from amends.store import holding, stocktaking
from amends.store.connect import PLATFORM, Pool, scope

AT_ONCE = 500
Wish = tuple[str, str, int]
"""The case to be, the SKU it was bought as, and pieces."""


def looks_at_stock(settings: dict[str, Any]) -> bool:
    """Whether an application for an exchange looks at the stock at all."""
    return switched(settings, "exchange_only_with_stock") or switched(settings, "exchange_locks_stock")


def for_application(conn: Any, merchant_id: str, settings: dict[str, Any], wishes: list[Wish], actor: Actor, now: datetime) -> tuple[Shelves, Short | None]:
    """What an application holds, to be written with it; and the line that is short, if any: then nothing is held.

    The caller refuses when only what is in stock may be asked for (`exchange_only_with_stock`), and warns otherwise.
    """
    shelves = Shelves(holding.free(conn, merchant_id, sorted({sku for _, sku, _ in wishes}), lock=True))
    if switched(settings, "exchange_locks_stock"):
        return shelves, shelves.hold_lines(wishes, now + timedelta(days=hold_days(settings)), actor)
    found = hold_all(shelves.free, [(sku, quantity) for _, sku, quantity in wishes])
    return shelves, found if isinstance(found, Short) else None


def refuse(short: Short, item: int) -> Refusal:
    """Why an exchange cannot be asked for now; `item` is its place in the application (ST-060)."""
    return Refusal("exchange_no_stock", {"sku": short.sku, "left": short.left or 0, "wanted": short.wanted}, f"items[{item}].type")


def free_of(conn: Any, merchant_id: str, skus: list[str]) -> dict[str, int]:
    """Pieces free of each SKU in the warehouse that has most, for pages that say what is open; nothing is locked."""
    most: dict[str, int] = {}
    for sku, _, free in holding.free(conn, merchant_id, skus, lock=False):
        most[sku] = max(free, most.get(sku, 0))
    return most


def expire(pool: Pool, now: datetime) -> int:
    """Let go every hold whose time has run out, whichever merchant's; answers how many. Safe from any number of workers."""
    with scope(pool, PLATFORM) as conn:
        merchants = holding.merchants_due(conn, now)
    return sum(_expire(pool, merchant, now) for merchant in merchants)


def _expire(pool: Pool, merchant: str, now: datetime) -> int:
    total = 0
    while True:
        with scope(pool, UUID(merchant)) as conn:
            rows = holding.due(conn, merchant, now, AT_ONCE)
            shelves = Shelves([], rows)
            for case in dict.fromkeys(row[1] for row in rows):
                shelves.release(case, "expired", SYSTEM)
            stocktaking.run(conn, merchant, shelves.rows(), now)
        total += len(rows)
        if not rows:
            return total
