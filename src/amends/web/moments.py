"""Days and instants as a list's filters and cursors write them; what is none is None, or no instant, and never an error."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any


def midnight(request: Any, day: str) -> datetime | None:
    """When a day (YYYY-MM-DD) begins on the wall clock of whoever looks; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), request.zone)
    except ValueError:
        return None


def is_moment(text: str) -> bool:
    """Whether a text is an instant with its zone, as a cursor carries it."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
