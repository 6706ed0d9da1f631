"""Which countdowns stand still, until when, and what is left: what every screen shows of a suspension (PO-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from amends.core.calendar import Calendar
from amends.core.pauses import Suspension, applying, merged, running_time
from amends.store.connect import PLATFORM, scope
from amends.store.suspensions import Row, standing

_ANY_CALENDAR = Calendar("UTC")
"""What is left is told in hours of the wall clock, which no calendar changes."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch in which one countdown stands still, aware and half-open, the name it has, and what is left of the countdown then. `begun`: it stands still now."""

    name: str
    stops: datetime
    goes_on: datetime
    left: timedelta
    begun: bool


def rows(request: Any) -> list[Row]:
    """Suspensions in force and coming, read once a request."""
    if not hasattr(request, "suspensions"):
        with scope(request.house.pool, PLATFORM) as conn:
            request.suspensions = standing(conn, request.now)
    found: list[Row] = request.suspensions
    return found


def stop_of(request: Any, clock: Mapping[str, Any] | None, region: str | None, due_at: datetime | None) -> Stop | None:
    """What stops this clock (as kept with its case) before it is due: the stretch it is in, or the next one. None for what is due already or never stops."""
    name = str((clock or {}).get("clock") or "")
    if not name or due_at is None or due_at <= request.now or not (known := rows(request)):
        return None
    names = {row.id: row.zh if request.lang == "zh" else row.en for row in known}
    return find([replace(row.suspension(), name=names[row.id]) for row in known], name, region, due_at, request.now)


def mark(request: Any) -> str:
    """A word that changes when a suspension begins, ends or is changed: what live pages compare."""
    return "-".join(f"{row.id[-6:]}{row.ends_at:%m%d%H%M}" for row in rows(request) if row.starts_at <= request.now)


def find(known: list[Suspension], clock: str, region: str | None, due_at: datetime, now: datetime) -> Stop | None:
    """The same without a request."""
    over = applying(known, clock, region or None)
    stretch = next(((stops, goes_on) for stops, goes_on in merged(over) if goes_on > now), None)
    if stretch is None or stretch[0] >= due_at:
        return None
    stops, goes_on = stretch
    # Of several that overlap, the one that ends last says why it is still standing.
    name = max((s for s in over if s.start < goes_on and s.end > stops), key=lambda s: s.end).name
    # An instant inside the stretch has not been moved yet: the worker is at it, and what was left when it began is left.
    left = due_at - stops if due_at <= goes_on else running_time(max(now, stops), due_at, _ANY_CALENDAR, "all", over)
    return Stop(name, stops, goes_on, left, stops <= now)
