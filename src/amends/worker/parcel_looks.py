"""Beside the worker's rounds: silent parcels are asked about, cases that a dead worker left untold are told, and the times of pick-ups are kept fresh."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from amends.adapters.carrier.over_http import AT_ONCE
from amends.core import parcels as trade
from amends.engine.house import House
from amends.engine.parcels import take_news, tell_all
from amends.store import parcels as store
from amends.store.connect import PLATFORM, scope
from amends.worker.aside import Aside
from amends.worker.carriers import carrier_of
from amends.worker.log import log

SLOTS_FRESH = timedelta(hours=1)


def due(house: House) -> bool:
    """Whether there is anything to do at all; three short reads."""
    now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        return bool(store.merchants_untold(conn, 1) or store.merchants_silent(conn, now, 1) or store.stale_slots(conn, now - SLOTS_FRESH))


def turn(house: House) -> int:
    """One piece: answers how many parcels were asked about and cases told."""
    return tell_all(house.pool, house.clock.now()) + look_round(house) + slots_round(house)


def look_round(house: House) -> int:
    """Ask about up to a hundred silent parcels of every merchant that has some; a carrier that cannot be reached is asked again when they are due again."""
    now, looked = house.clock.now(), 0
    with scope(house.pool, PLATFORM) as conn:
        merchants = store.merchants_silent(conn, now)
    for merchant in merchants:
        with scope(house.pool, UUID(merchant)) as conn:
            silent = store.put_off(conn, merchant, now + trade.LOOK_AFTER[0], now, AT_ONCE)
        for connection, waybills in silent.items():
            try:
                carrier = carrier_of(house, connection)
                if carrier is None:
                    continue
                news = carrier.look(waybills)
            except OSError as error:
                log.warning("look_failed", connection=connection, parcels=len(waybills), error=str(error)[:200])
                continue
            take_news(house.pool, connection, news, house.clock.now(), by="look")
            looked += len(waybills)
    return looked


def slots_round(house: House) -> int:
    """Ask carriers when their couriers could come; answers 0, for nothing waits for it."""
    now = house.clock.now()
    with scope(house.pool, PLATFORM) as conn:
        stale = store.ask_for_slots(conn, now - SLOTS_FRESH, now)
    for connection in stale:
        try:
            carrier = carrier_of(house, connection)
            slots = carrier.slots() if carrier else []
        except OSError as error:
            log.warning("slots_failed", connection=connection, error=str(error)[:200])
            continue
        with scope(house.pool, PLATFORM) as conn:
            store.set_slots(conn, connection, [(s.starts_at, s.ends_at) for s in slots])
    return 0


PARCELS = Aside("parcel-looks", due, turn)
