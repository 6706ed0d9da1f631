"""News of one parcel as a carrier writes it, by message or when asked (docs/guides/carrier.md): read strictly, so that nothing half-understood is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends.core.parcels import CODES, Event

ANSWERS = ("asked", "succeeded", "failed")
PICKUPS = ("booked", "refused", "cancelled")
MOST_KEY, MOST_WORDS, MOST_PLACE, MOST_WAYBILL, MOST_EVENTS = 128, 500, 200, 64, 500


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of an interception: asked (and not answered yet), succeeded or failed, with the carrier's words."""

    state: str
    words: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What is known of one waybill. `known` is False for a number the carrier does not have; `words` say why."""

    waybill: str
    events: tuple[Event, ...] = ()
    expected_at: datetime | None = None
    known: bool = True
    words: str = ""
    intercept: Stopped | None = None


@dataclass(frozen=True, slots=True)
class PickupNews:
    """What became of a pick-up, by the key it was booked under: booked (with number and waybill), refused or cancelled (with words)."""

    key: str
    state: str
    booking: str = ""
    waybill: str = ""
    words: str = ""


class Unreadable(ValueError):
    """Not the contract; the words say where."""


def read_news(given: Any) -> News:
    """One parcel's news. Raises Unreadable."""
    record = _object(given, "parcel")
    events = record.get("events", [])
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Unreadable(f"events: a list of at most {MOST_EVENTS}")
    stopped = record.get("interception")
    return News(
        _text(record, "waybill", MOST_WAYBILL), tuple(read_event(e) for e in events), instant(record, "expected_at"), bool(record.get("known", True)),
        _words(record, "words", MOST_WORDS), None if stopped is None else read_stopped(stopped),
    )


def read_event(given: Any) -> Event:
    """One scan. Raises Unreadable."""
    record = _object(given, "event")
    at = instant(record, "at")
    if at is None:
        raise Unreadable("event: at is missing")
    return Event(_text(record, "id", MOST_KEY), _choice(record, "code", CODES), at, _words(record, "words", MOST_WORDS), _words(record, "place", MOST_PLACE))


def read_stopped(given: Any) -> Stopped:
    """An interception's answer. Raises Unreadable."""
    record = _object(given, "interception")
    return Stopped(_choice(record, "state", ANSWERS), _words(record, "words", MOST_WORDS), instant(record, "at"))


def read_pickup(given: Any) -> PickupNews:
    """A pick-up's answer. Raises Unreadable."""
    record = _object(given, "pickup")
    state = _choice(record, "state", PICKUPS)
    waybill = _words(record, "waybill", MOST_WAYBILL)
    return PickupNews(_text(record, "key", MOST_KEY), state, _words(record, "booking", 64), waybill, _words(record, "words", MOST_WORDS))


def instant(record: Mapping[str, Any], name: str) -> datetime | None:
    """An instant with its zone, in UTC; None when left out. Raises Unreadable."""
    text = record.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{name}: {text!r} is no instant") from error
    if read.tzinfo is None:
        raise Unreadable(f"{name}: {text!r} has no zone")
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable(f"{name}: {text!r} is out of time") from error


def _object(given: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Unreadable(f"{what}: an object")
    return given


def _text(record: Mapping[str, Any], name: str, most: int) -> str:
    text = record.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= most or "\x00" in text:
        raise Unreadable(f"{name}: a text of 1 to {most}")
    return text


def _words(record: Mapping[str, Any], name: str, most: int) -> str:
    text = record.get(name) or ""
    if not isinstance(text, str):
        raise Unreadable(f"{name}: a text")
    return text.replace("\x00", "")[:most]


def _choice(record: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    text = record.get(name)
    if text not in choices:
        raise Unreadable(f"{name}: one of {', '.join(choices)}, not {text!r}")
    return str(text)
