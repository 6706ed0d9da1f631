"""What carriers are asked outside: to report on a parcel, and to stop one (LO-1, LO-3). No transaction is open while they are asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from amends.adapters.carrier.protocol import Carrier
from amends.engine.house import House
from amends.engine.intercepting import answered, begin
from amends.engine.parcels import keep, tell
from amends.store import parcels as store
from amends.store.connect import scope
from amends.store.outbox import Waiting
from amends.worker.carriers import carrier_of

REASON = "订单已取消 / the order was cancelled"


def follow(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Ask the carrier to report on a parcel, and take in what it knows already. One that was dropped, or has no connected carrier, is nobody's to follow."""
    with scope(house.pool, UUID(merchant)) as conn:
        parcel = store.one(conn, merchant, effect.body["parcel"])
        connection = store.connection_of(conn, parcel.carrier) if parcel else None
    carrier = carrier_of(house, connection) if connection else None
    if parcel is None or carrier is None:
        return
    _follow(house, merchant, carrier, parcel.id, parcel.waybill)


def _follow(house: House, merchant: str, carrier: Carrier, parcel: str, waybill: str) -> None:
    news = [n for n in carrier.follow([waybill]) if n.waybill == waybill]
    keep(house.pool, merchant, [(parcel, n) for n in news], house.clock.now(), by="look", follow=True)
    tell(house.pool, merchant, house.clock.now())


def intercept(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Ask for the interception of every parcel of a cancelled order; a retry asks again under the same keys, so no parcel is asked for twice."""
    failed: list[OSError] = []
    for asked in begin(house.pool, merchant, effect.body["waybills"], now):
        try:
            carrier = carrier_of(house, asked.connection)
            if carrier is None:
                continue
            answer = carrier.intercept(asked.key, asked.waybill, REASON)
            answered(house.pool, merchant, asked, answer, house.clock.now())
            if not asked.followed:
                _follow(house, merchant, carrier, asked.parcel, asked.waybill)
        except OSError as error:  # the others of the order are asked all the same; this one is when the effect is tried again
            failed.append(error)
    if failed:
        raise failed[0]
