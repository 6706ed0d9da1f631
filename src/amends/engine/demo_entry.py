"""Coming into a demo without a password, and how far the first visit has come (UI-8). In a real house every door here is shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.core.refusal import Refusal
from amends.engine.house import House
from amends.engine.ids import is_id
from amends.engine.person import Person, person_of
from amends.engine.sessions import SignedIn, open_session
from amends.store import demo_clock, people
from amends.store.connect import PLATFORM, scope
from amends.store.screens import tour

WATCHED = timedelta(hours=48)


@dataclass(slots=True)
class Progress:
    """The tour's four steps: signed in, one case acted on, 48 hours passed, a case that its clock moved (id and number)."""

    signed_in: bool
    acted: bool
    watched: bool
    moved: tuple[str, str] | None


def guests(house: House) -> list[dict[str, Any]]:
    """The accounts a visitor may try; none outside a demo."""
    if not house.demo:
        return []
    with scope(house.pool, PLATFORM) as conn:
        return tour.guests(conn)


def come_in(house: House, merchant_id: str | None, person_id: str, address: str, agent: str, now: datetime) -> SignedIn | Refusal:
    """A session as one of the guests. `demo_only` outside a demo, `person_unknown` for anybody else."""
    if not house.demo:
        return Refusal("demo_only")
    if not is_id(person_id) or (merchant_id and not is_id(merchant_id)):
        return Refusal("person_unknown")
    with scope(house.pool, PLATFORM) as conn:
        row = people.by_id(conn, merchant_id or None, person_id)
        if row is None or not row["active"]:
            return Refusal("person_unknown")
        return open_session(conn, person_of(row), address, agent, now)


def progress(house: House, person: Person | None) -> Progress:
    """How far this visitor is."""
    watched = demo_clock.ahead(house.pool) >= WATCHED
    if person is None or person.merchant_id is None:
        return Progress(person is not None, False, watched, None)
    with scope(house.pool, PLATFORM) as conn:
        return Progress(True, tour.has_acted(conn, person.merchant_id, person.id), watched, tour.ran_out(conn, person.merchant_id))
