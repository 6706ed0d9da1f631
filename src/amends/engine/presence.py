"""Presence instead of locks: who looks at a case, who types there, who is in a queue (UI-1a, ST-7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from amends.store import presence as rows
from amends.store.connect import Pool, scope

FRESH = timedelta(seconds=60)
FORGET = timedelta(minutes=10)


@dataclass(slots=True)
class Who:
    """Somebody seen lately: `doing` is `looking` or `typing`, `at` when last seen."""

    person_id: str
    name: str
    doing: str
    at: datetime


def place_of(queue: str) -> str:
    """The id under which people in a queue are noted, since a queue is no case."""
    return str(uuid5(NAMESPACE_OID, f"queue:{queue}"))


def look(pool: Pool, merchant_id: str, case_id: str, person_id: str, person_name: str, doing: str, now: datetime) -> None:
    """Note that somebody is here; pages say so every 20 seconds. ValueError for a doing that is neither `looking` nor `typing`."""
    if doing not in ("looking", "typing"):
        raise ValueError(doing)
    with scope(pool, UUID(merchant_id)) as conn:
        rows.seen(conn, merchant_id, case_id, person_id, person_name, doing, now)
        if now.second < 2:
            rows.sweep(conn, merchant_id, now - FORGET)


def leave(pool: Pool, merchant_id: str, case_id: str, person_id: str) -> None:
    """Somebody has closed the page."""
    with scope(pool, UUID(merchant_id)) as conn:
        rows.gone(conn, merchant_id, case_id, person_id)


def who(pool: Pool, merchant_id: str, case_ids: list[str], now: datetime, but: str = "") -> dict[str, list[Who]]:
    """Who else is at these cases now, latest first; `but` leaves out oneself."""
    out: dict[str, list[Who]] = {}
    with scope(pool, UUID(merchant_id)) as conn:
        for case, person, name, doing, at in rows.who(conn, merchant_id, case_ids, now - FRESH):
            if person != but:
                out.setdefault(case, []).append(Who(person, name, doing, at))
    return out
