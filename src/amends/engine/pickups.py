"""What carriers say to pick-ups, told to the cases they belong to (SO-12, LO-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from amends.core.actor import CARRIER_ACTOR
from amends.core.commands import Command
from amends.core.parcel_news import PickupNews
from amends.core.refusal import Refusal
from amends.core.verbs.pickup import PickupConfirmed, PickupOff, PickupStands
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id
from amends.store import pickups as store
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.pickups import Offer, Pickup


def take_answers(pool: Pool, connection_id: str, news: Sequence[PickupNews], now: datetime) -> None:
    """What one carrier tells of pick-ups by message; keys that are none of ours are for others."""
    with scope(pool, PLATFORM) as conn:
        whose = store.whose(conn, connection_id, [n.key for n in news if is_id(n.key)])
    for one in news:
        if merchant := whose.get(one.key):
            with scope(pool, UUID(merchant)) as conn:
                pickup = store.one(conn, merchant, one.key)
            if pickup is not None:
                answered(pool, merchant, pickup, one, now)


def answered(pool: Pool, merchant: str, pickup: Pickup, news: PickupNews, now: datetime) -> bool:
    """Tell the case, then keep the answer; false when the case no longer waits for this pick-up, so that it must be cancelled."""
    command: Command = PickupConfirmed(pickup.id, news.booking, pickup.carrier, news.waybill) if news.state == "booked" else PickupOff(pickup.id, news.words)
    done = _say(pool, merchant, pickup, command, f"{news.state} {news.waybill}", now)
    with scope(pool, UUID(merchant)) as conn:
        store.answer(conn, merchant, news, now)
    return done


def stands(pool: Pool, merchant: str, pickup: Pickup, words: str, now: datetime) -> None:
    """It was too late to cancel."""
    _say(pool, merchant, pickup, PickupStands(pickup.id, words), "stands", now)


def _say(pool: Pool, merchant: str, pickup: Pickup, command: Command, about: str, now: datetime) -> bool:
    asked = Asked(str(uuid5(UUID(pickup.id), about)), merchant, pickup.case_id, command, CARRIER_ACTOR)
    return handle(pool, [asked], now)[0].refusal is None


def offered(pool: Pool, merchant: str, now: datetime) -> tuple[list[Offer], list[str]]:
    """The times at which connected carriers would come, and those carriers' names as people write them."""
    with scope(pool, UUID(merchant)) as conn:
        return store.offers(conn, now), store.carriers(conn)


def gone(pool: Pool, merchant: str, carrier: str, starts: str, now: datetime) -> Refusal | None:
    """Why a time that was offered cannot be booked: it has passed, or the carrier offers it no more. The carrier itself still has the last word."""
    offers, _ = offered(pool, merchant, now)
    try:
        at = datetime.fromisoformat(starts)
    except ValueError:
        at = None
    return None if any(o.starts_at == at and o.carrier == carrier for o in offers) else Refusal("slot_gone", field="starts")
