"""What carriers tell, taken in for many parcels at once: events kept once, folded, orders moved, and cases told (LO-1, LO-3, OR-4a).

Two halves, so that nothing is lost between them: one transaction of a merchant keeps the news and marks whose cases have not heard it; then they are told by
commands whose ids are made of what they say. A worker that dies in between leaves the mark, and whoever looks next tells them; told twice is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.core import parcels as trade
from amends.core.actor import CARRIER_ACTOR
from amends.core.commands import Command
from amends.core.parcel_news import News, Stopped
from amends.core.verbs.desk import ParcelSigned, ReplacementDelivered
from amends.core.verbs.lightning import ReturnCollected
from amends.core.verbs.outside import InterceptionFailed, InterceptionSucceeded
from amends.engine.handle import Asked, handle
from amends.store import order_news
from amends.store import parcels as store
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.parcels import Listener, Parcel

AT_ONCE = 500
TOLD_OF = frozenset({"signed", "delivered", "returned"})
"""States that a case hears of."""


def take_news(pool: Pool, connection_id: str, news: Sequence[News], now: datetime, *, by: str, follow: bool = False) -> int:
    """Take in what one carrier tells of any merchants' parcels; answers how many parcels it was about. `by`: message or look; `follow`: it reports from now on."""
    with scope(pool, PLATFORM) as conn:
        places = store.places(conn, connection_id, {n.waybill for n in news})
    of: dict[str, list[News]] = {}
    for one in news:
        of.setdefault(one.waybill, []).append(one)
    for merchant in sorted({p.merchant for p in places}):
        mine = [(p.id, n) for p in places if p.merchant == merchant for n in of[p.waybill]]
        for start in range(0, len(mine), AT_ONCE):
            keep(pool, merchant, mine[start : start + AT_ONCE], now, by=by, follow=follow)
        tell(pool, merchant, now)
    return len(places)


def keep(pool: Pool, merchant: str, news: Sequence[tuple[str, News]], now: datetime, *, by: str, follow: bool = False) -> None:
    """The first half, in one transaction: news of parcels by their ids."""
    ids = sorted({parcel for parcel, _ in news})
    with scope(pool, UUID(merchant)) as conn:
        store.hold_orders(conn, merchant, ids)
        held = {p.id: p for p in store.hold(conn, merchant, ids)}
        rows = [{"parcel": parcel, **asdict(event)} for parcel, n in news if parcel in held for event in n.events]
        fresh = store.add_events(conn, merchant, rows, by, now) if rows else set()
        events = store.events(conn, merchant, list(held))
        said: dict[str, list[News]] = {}
        for parcel, n in news:
            said.setdefault(parcel, []).append(n)
        store.change(conn, merchant, [_row(p, trade.fold(events.get(p.id, ())), said[p.id], p.id in fresh, follow, now) for p in held.values()], now)
        shipped, _ = store.move_orders(conn, merchant, list(held), now) if any(p.direction == "out" for p in held.values()) else ([], [])
        order_news.shipped(conn, merchant, shipped, now)


def _row(parcel: Parcel, trace: trade.Trace, news: list[News], fresh: bool, follow: bool, now: datetime) -> dict[str, Any]:
    """How the parcel stands now. A carrier that does not know the number says so until it does."""
    known = any(n.known for n in news) or trace.last_at is not None
    state = trade.standing(parcel.direction, trace.state) or parcel.state
    intercept, answer = _intercept(parcel, trace.state, [n.intercept for n in news if n.intercept is not None])
    collected = parcel.direction == "back" and parcel.state == "sent" != state
    tell = (state != parcel.state != "registered" and (state in TOLD_OF or collected)) or intercept is not None or (trace.state == "intercepted" and parcel.state != "intercepted")
    looks = 0 if fresh else parcel.looks + 1
    ends = state in trade.OVER or not (follow or parcel.followed_at) or looks > trade.LOOKS
    stopping = intercept is None and parcel.intercept == "asked"
    return {
        "id": parcel.id, "state": state if trace.state else None, "accepted_at": trace.accepted_at, "signed_at": trace.signed_at, "returned_at": trace.returned_at,
        "last_event_at": trace.last_at, "expected_at": max((n.expected_at for n in news if n.expected_at), default=None),
        "trouble": "" if known else next((n.words for n in news if not n.known), ""), "follow": follow, "fresh": fresh, "looks": looks,
        "next_look_at": None if ends else trade.next_look(looks, stopping, now), "intercept": intercept, "intercept_answer": answer, "tell": tell,
    }


def _intercept(parcel: Parcel, state: str, answers: Iterable[Stopped]) -> tuple[str | None, str | None]:
    """The new answer to an interception that was asked for, with the carrier's words; (None, None) when there is none.

    A parcel that comes back was stopped, whatever was said; one that is signed for was not. Success is never taken back.
    """
    if parcel.intercept not in ("asked", "failed"):
        return None, None
    said = {a.state: a.words for a in answers}
    if "succeeded" in said or state in ("intercepted", "returned"):
        return "succeeded", said.get("succeeded", "")
    if parcel.intercept == "asked" and ("failed" in said or state == "signed"):
        return "failed", said.get("failed", "")
    return None, None


def tell(pool: Pool, merchant: str, now: datetime) -> int:
    """The second half: cases hear what is new about their parcels. Answers how many commands were given."""
    given = 0
    while True:
        with scope(pool, UUID(merchant)) as conn:
            found = store.listeners(conn, merchant, AT_ONCE)
        if not found:
            return given
        asked = [a for listener in found for a in _asked(merchant, listener)]
        handle(pool, asked, now)
        given += len(asked)
        with scope(pool, UUID(merchant)) as conn:
            store.told(conn, merchant, {listener.parcel: listener.news for listener in found})


def tell_all(pool: Pool, now: datetime) -> int:
    """Tell what a worker left untold when it died; for the worker, as often as it likes."""
    with scope(pool, PLATFORM) as conn:
        merchants = store.merchants_untold(conn)
    return sum(tell(pool, merchant, now) for merchant in merchants)


def _asked(merchant: str, one: Listener) -> list[Asked]:
    if one.case is None:
        return []
    case = one.case
    return [Asked(str(uuid5(UUID(one.parcel), f"{case} {type(c).__name__} {one.intercept or ''}")), merchant, case, c, CARRIER_ACTOR) for c in _commands(one)]


def _commands(one: Listener) -> list[Command]:
    """What this case is told, in order; the first word of a parcel on its way back is that the carrier has it (LO-1, SO-32)."""
    if one.kind == "cancellation":
        told = _to_cancellation(one)
        return [told] if told else []
    if one.direction == "back":
        collected: list[Command] = [ReturnCollected(one.waybill)] if one.state not in ("sent", "registered", "lost") else []
        return [*collected, ParcelSigned(one.waybill)] if one.state == "signed" else collected
    return [ReplacementDelivered(one.waybill)] if one.direction in ("replacement", "original") and one.state == "delivered" else []


def _to_cancellation(one: Listener) -> Command | None:
    """A parcel that comes back by itself ends a follow-up too, once the whole order is back (LO-3)."""
    if one.waits and (one.intercept == "succeeded" or one.state == "returned"):
        return InterceptionSucceeded(one.waybill)
    if one.waits and one.intercept == "failed":
        return InterceptionFailed(one.waybill, one.intercept_answer)
    return InterceptionSucceeded(one.waybill) if one.all_back and one.case_state == "logistics_follow_up" else None
