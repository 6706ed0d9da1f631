"""What a carrier tells of a parcel, and what it comes to: one state and three instants, however the news arrives (LO-1).

News comes twice, late and in the wrong order. `fold` therefore looks at the set of events by the carrier's own times, never at the
order in which they were heard: the same events always come to the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

CODES = ("accepted", "in_transit", "out_for_delivery", "abnormal", "intercepted", "lost", "returned", "signed")
"""What an event can be, in the order of a tie: of two at the same instant the later in this list was the later one.

`abnormal`: something is in the way, with the carrier's words; `intercepted`: stopped, on its way back to the sender; `returned`: handed back to the sender.
"""
STATES = ("sent", *CODES, "delivered", "registered")
"""Every state of a parcel: `sent` before the carrier's first word, `delivered` when the buyer has it, `registered` when the warehouse has."""

DIRECTIONS = ("out", "back", "replacement", "original")
ENDS = frozenset({"signed", "returned"})
"""After these a late scan changes nothing; only a later end does."""
OVER = frozenset({"signed", "delivered", "returned", "registered"})
"""Nothing more is expected of the carrier."""
_MOVING = frozenset({"accepted", "in_transit", "out_for_delivery", "abnormal"})
_LEFT = frozenset(CODES) - {"abnormal", "lost"}
_RANK = {code: rank for rank, code in enumerate(CODES)}

SILENT_AFTER = timedelta(days=3)
"""No news for so long is abnormal (our own default: no source gives a figure)."""
LOOK_AFTER = (timedelta(hours=6), timedelta(hours=12), timedelta(days=1), timedelta(days=2))
"""A carrier that reports nothing is asked, ever more seldom; the last figure goes on."""
STOP_LOOK_AFTER = timedelta(hours=2)
"""The same while an interception waits for its answer: the buyer's money waits with it."""
LOOKS = 40
"""After so many askings in vain a parcel is not asked about any more: with the figures above about eleven weeks."""


@dataclass(frozen=True, slots=True)
class Event:
    """One scan. `key` is the carrier's own id of it, the same however it is heard; `at` is the carrier's time, UTC."""

    key: str
    code: str
    at: datetime
    words: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What the events come to. `state` is "" without any; `accepted_at` is the first sign that it left, `signed_at` and `returned_at` its end."""

    state: str = ""
    accepted_at: datetime | None = None
    signed_at: datetime | None = None
    returned_at: datetime | None = None
    last_at: datetime | None = None


def fold(events: Iterable[Event]) -> Trace:
    """The same events, in any order and any number of times, come to the same."""
    told: dict[str, Event] = {}
    for event in sorted(events, key=_place):
        told.setdefault(event.key, event)
    state, left, ended = "", None, None
    for event in told.values():
        if state in ENDS and event.code not in ENDS:
            continue
        if event.code in _LEFT and left is None:
            left = event.at
        if event.code in ENDS and event.code != state:
            ended = event.at
        if not (state == "intercepted" and event.code in _MOVING):
            state = event.code
    last = max((event.at for event in told.values()), default=None)
    return Trace(state, left, ended if state == "signed" else None, ended if state == "returned" else None, last)


def _place(event: Event) -> tuple[datetime, int, str, str, str]:
    return event.at, _RANK[event.code], event.key, event.words, event.place


def standing(direction: str, state: str) -> str:
    """The state as the house says it: what the buyer signs for is delivered, what comes back is signed for."""
    return "delivered" if state == "signed" and direction != "back" else state


def trouble(state: str, followed: bool, last_news_at: datetime | None, now: datetime) -> str:
    """Why a parcel is flagged: `lost`, `abnormal`, `silent` (followed, and no news for SILENT_AFTER), or "" when all is well."""
    if state in ("lost", "abnormal"):
        return state
    if followed and state not in OVER and last_news_at is not None and now - last_news_at >= SILENT_AFTER:
        return "silent"
    return ""


def next_look(looks: int, stopping: bool, now: datetime) -> datetime:
    """When to ask a silent carrier again, after `looks` askings in vain; `stopping`: it owes an answer to an interception."""
    after = LOOK_AFTER[min(looks, len(LOOK_AFTER) - 1)]
    return now + (min(after, STOP_LOOK_AFTER) if stopping else after)


def pickup_id(case_id: str, version: int) -> str:
    """The id of the pick-up that this version of a case booked; also the key under which the carrier knows it, so that asking again is the same pick-up."""
    return str(uuid5(NAMESPACE_URL, f"pickup {case_id} {version}"))


def intercept_key(merchant_id: str, parcel_id: str) -> str:
    """The one key under which a parcel's interception is asked for, whoever asks and how often (LO-3)."""
    return str(uuid5(NAMESPACE_URL, f"intercept {merchant_id} {parcel_id}"))
