"""Couriers asked for and sent away again, outside (SO-12, LO-2). The pick-up's id is the key: asking again is the same courier."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.adapters.carrier.protocol import Carrier, PickupAsked
from amends.core.parcel_news import PickupNews
from amends.engine.house import House
from amends.engine.pickups import answered, stands
from amends.store import parcels, pickups
from amends.store.connect import scope
from amends.store.outbox import Waiting
from amends.store.pickups import Pickup
from amends.worker.carriers import carrier_of


def book(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Ask for a courier. Without a connected carrier somebody of the merchant sees to it; a case that no longer waits gets none."""
    found, carrier = _find(house, merchant, effect.body["pickup"])
    if found is None or found.state != "asked":
        return
    if carrier is None:
        with scope(house.pool, UUID(merchant)) as conn:
            pickups.by_hand(conn, merchant, found.id)
        return
    news = carrier.book(PickupAsked(found.id, found.address, found.starts_at, found.ends_at))
    if not answered(house.pool, merchant, found, news, house.clock.now()) and news.state == "booked":
        carrier.cancel(found.id)


def cancel(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Ask for none after all; refused once the parcel has been collected."""
    found, carrier = _find(house, merchant, effect.body["pickup"])
    if found is None or found.state in ("refused", "cancelled"):
        return
    news = carrier.cancel(found.id) if carrier else PickupNews(found.id, "cancelled")
    if news.state == "refused":
        stands(house.pool, merchant, found, news.words, house.clock.now())
    else:
        answered(house.pool, merchant, found, news, house.clock.now())


def _find(house: House, merchant: str, pickup_id: str) -> tuple[Pickup | None, Carrier | None]:
    if not pickup_id:
        return None, None
    with scope(house.pool, UUID(merchant)) as conn:
        found = pickups.one(conn, merchant, pickup_id)
        connection = parcels.connection_of(conn, found.carrier) if found else None
    return found, carrier_of(house, connection) if connection else None
