"""When a clock is due: the pack's span, on the merchant's calendar (PO-9). Pure; what it needs is handed in."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from amends.core.calendar import Calendar, cn_calendar, due
from amends.core.policy import Clock, Pack, load_pack


@dataclass(slots=True)
class Deadline:
    """One armed clock: when it is due, when it reminds (None: never), and what the pack says of it (SO-25)."""

    name: str
    due_at: datetime
    remind_at: datetime | None
    why: dict[str, Any]


def pack_of(pack_id: str) -> Pack:
    """A pack by id. Raises ValueError for one that cannot be loaded: a merchant is never given such a pack."""
    loaded = load_pack(pack_id)
    if loaded.pack is None:
        raise ValueError(f"pack {pack_id!r}: {'; '.join(f'{p.path} {p.message}' for p in loaded.problems)}")
    return loaded.pack


@lru_cache(maxsize=256)
def calendar_of(
    opens: str = "09:00", closes: str = "21:00", open_on_holidays: bool = False, days_off: tuple[str, ...] = (), days_on: tuple[str, ...] = (),
) -> Calendar:
    """The merchant's calendar: service hours, the statutory days, and its own days off and on. Raises ValueError for a bad time or day."""
    base = cn_calendar(opens, closes, open_on_holidays=open_on_holidays)
    off, on = frozenset(map(date.fromisoformat, days_off)), frozenset(map(date.fromisoformat, days_on))
    return replace(base, holidays=(base.holidays | off) - on, makeup_workdays=(base.makeup_workdays - off) | on)


def calendar_from(settings: dict[str, Any]) -> Calendar:
    """The calendar named by a merchant's settings: `hours` [opens, closes], `open_on_holidays`, `days_off`, `days_on` (dates)."""
    opens, closes = settings.get("hours") or ("09:00", "21:00")
    days = (tuple(settings.get(name) or ()) for name in ("days_off", "days_on"))
    return calendar_of(opens, closes, bool(settings.get("open_on_holidays")), *days)


class Deadlines:
    """The clocks of one merchant: spans of its pack on its calendar. A batch arms the same clock at the same instant many times; it is worked out once."""

    def __init__(self, pack_id: str, settings: dict[str, Any]) -> None:
        self.pack = pack_of(pack_id)
        self.calendar = calendar_from(settings)
        self._armed: dict[tuple[str, str, datetime], Deadline] = {}

    def arm(self, name: str, type_: str, now: datetime) -> Deadline:
        """The clock `name` started at `now` for a case whose expectation is `type_`. Raises KeyError for a clock the pack lacks."""
        key = (name, type_, now)
        found = self._armed.get(key)
        if found is None:
            found = self._armed[key] = self._arm(name, type_, now)
        return found

    def promised(self, deadline: Deadline, until: datetime, now: datetime) -> Deadline:
        """The same clock, due at the instant that was promised within it (ST-K5)."""
        return replace(deadline, due_at=until, remind_at=self._reminder(self.pack.clocks[deadline.name], now, until))

    def _arm(self, name: str, type_: str, now: datetime) -> Deadline:
        clock = self.pack.clocks[name]
        span, then = clock.for_type(type_)  # type: ignore[arg-type]
        due_at = due(now, span, self.calendar)
        return Deadline(name, due_at, self._reminder(clock, now, due_at), {"clock": name, "then": then, "source": clock.source, "pack": self.pack.id, "version": self.pack.version})

    def _reminder(self, clock: Clock, now: datetime, due_at: datetime) -> datetime | None:
        if clock.remind_before is None:
            return None
        remind_at = due_at - timedelta(seconds=clock.remind_before)
        return remind_at if remind_at > now else None
