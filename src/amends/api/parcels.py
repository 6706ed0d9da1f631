"""Parcels and their traces; an ERP posts those of carriers without a connection (LO-1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused, Reply
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor, word
from amends.api.parcel_shapes import EVENT, MOST_POSTED, TRACE, Parcel, ParcelEvent, ParcelPage, ParcelTrace
from amends.api.records import read_record
from amends.core.parcel_news import Unreadable, instant, read_event
from amends.core.parcels import Event
from amends.core.refusal import Refusal
from amends.engine.traces import key_of, post_trace
from amends.store.connect import scope
from amends.store.screens import parcels as screen
from amends.store.screens.parcels import ParcelRow

FILTERS = ("case", "order", "waybill")


def listed(call: Call) -> Reply:
    """GET the parcels of a case, of an order, with a waybill, or all, newest first."""
    call.needs("read")
    call.known_queries(*FILTERS, *PAGING)
    readers: dict[str, Any] = {"case": UUID, "order": UUID, "waybill": word}
    given = [(name, str(value)) for name, read in readers.items() if (value := call.query(name, read)) is not None]
    if len(given) > 1:
        raise Refused(Refusal("parcels_of_what", field=given[1][0]))
    by, of = given[0] if given else ("", "")
    after, most, merchant = call.query("cursor", read_cursor(tuple[UUID])), call.query("limit", limit, DEFAULT_LIMIT), call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        rows = screen.listed(conn, merchant, by, of, most + 1, str(after[0]) if after else None)
    return Reply(ParcelPage([Parcel(**_shown(row, call)) for row in rows[:most]], cursor(rows[most - 1].id) if len(rows) > most else None))


def one(call: Call, id: UUID) -> Reply:
    """GET one parcel with its trace."""
    call.needs("read")
    call.known_queries()
    return Reply(_trace(call, str(id)))


def post(call: Call, id: UUID) -> Reply:
    """POST events of a parcel; answers it as it stands then."""
    call.needs("speak_for_carrier")
    call.known_queries()
    merchant, body, wrong = call.merchant(), call.json(), list[Refusal]()
    events = body.get("events")
    said = read_record(body, TRACE, "", wrong, besides=("events",))
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_POSTED:
        raise Refused(*wrong, Refusal("too_many_items", {"most": MOST_POSTED}, "events"))
    read = [_event(n, e, wrong) for n, e in enumerate(events)]
    try:
        expected_at = instant(said, "expected_at")
    except Unreadable:
        wrong.append(Refusal("wrong_kind", {"zh": TRACE["expected_at"].zh, "en": TRACE["expected_at"].en}, "expected_at"))
    if wrong:
        raise Refused(*wrong)
    if refusal := post_trace(call.house.pool, merchant, str(id), [e for e in read if e is not None], expected_at, call.now):
        raise Refused(refusal)
    return Reply(_trace(call, str(id)))


def _event(n: int, given: Any, wrong: list[Refusal]) -> Event | None:
    at = f"events[{n}]"
    if not isinstance(given, dict):
        wrong.append(Refusal("wrong_kind", {"zh": "轨迹", "en": "Event"}, at))
        return None
    before = len(wrong)
    values = read_record(given, EVENT, f"{at}.", wrong)
    if len(wrong) > before:
        return None
    values.setdefault("id", key_of(values["code"], values["at"], values.get("words", ""), values.get("place", "")))
    try:
        return read_event(values)
    except Unreadable:
        wrong.append(Refusal("wrong_kind", {"zh": EVENT["at"].zh, "en": EVENT["at"].en}, f"{at}.at"))
        return None


def _trace(call: Call, parcel_id: str) -> ParcelTrace:
    merchant = call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        row = screen.one(conn, merchant, parcel_id)
    if row is None:
        raise Refused(Refusal("not_there"))
    return ParcelTrace(**_shown(row, call), events=[ParcelEvent(s.code, s.words, s.place, s.at) for s in row.scans])


def _shown(row: ParcelRow, call: Call) -> dict[str, Any]:
    other = {
        "state": row.standing, "flag": row.flag(call.now), "connected_since": row.followed_at, "interception": row.intercept, "interception_answer": row.intercept_answer,
    }
    return {name: other[name] if name in other else getattr(row, name) for name in Parcel.__struct_fields__}
