"""When a clock is due: the pack's span, on the merchant's calendar, around the periods in which it stands still (PO-9, PO-15)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from amends.core.calendar import Calendar, cn_calendar, due
from amends.core.fast_review import begins
from amends.core.pack_flows import NO_TRAITS, Traits
from amends.core.pauses import Suspension, applying
from amends.core.policy import Clock, Pack, load_pack, parse_pack
from amends.core.retiming import Plain, moved, promised, times, to_facts
from amends.store import pack_documents
from amends.store.merchant_seen import MerchantSeen


@dataclass(slots=True)
class Deadline:
    """One armed clock: when it is due, when it reminds (None: never), and what the pack says of it (SO-25)."""

    name: str
    due_at: datetime
    remind_at: datetime | None
    why: dict[str, Any]


@lru_cache(maxsize=1024)
def pack_of(ref: str) -> Pack:
    """A pack by its name and version (`jd@2`); the name alone, or version 0, is the one that comes with the product.

    A version that nobody has any more gives way to that one. Raises ValueError for a pack that cannot be loaded: a merchant is never given such a pack.
    """
    name, _, version = ref.partition("@")
    loaded = load_pack(name)
    if int(version or 0) not in (0, loaded.pack.version if loaded.pack else 0) and (document := pack_documents.document(name, int(version))) is not None:
        loaded = parse_pack(document)
    if loaded.pack is None:
        raise ValueError(f"pack {ref!r}: {'; '.join(f'{p.path} {p.message}' for p in loaded.problems)}")
    return loaded.pack


def pack_opened_under(facts: dict[str, Any]) -> str:
    """The pack version a case was opened under, as `pack_of` takes it; empty for a case that names none."""
    return f"{facts['pack']}@{facts.get('pack_version') or 0}" if facts.get("pack") else ""


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

    def __init__(self, pack: str, settings: dict[str, Any], suspensions: tuple[Suspension, ...] = ()) -> None:
        self.pack = pack_of(pack)
        self.calendar = calendar_from(settings)
        self.suspensions = suspensions
        self._armed: dict[tuple[str, str, str, datetime, bool, Traits], Deadline] = {}

    @classmethod
    def of(cls, merchant: MerchantSeen, pack: str = "") -> Self:
        """Those of a merchant, under the pack version given or its present one."""
        return cls(pack or merchant.pack, merchant.settings, merchant.suspensions)

    def arm(self, name: str, type_: str, now: datetime, region: str = "", *, fast: bool = False, traits: Traits = NO_TRAITS) -> Deadline:
        """The clock `name` started at `now` for a case whose expectation is `type_`, of this carrier region. Raises KeyError for a clock the pack lacks.

        `fast`: the case was opened while its merchant took part in fast review, so the time to review is shorter (SO-31).
        `traits`: what else of the case the pack may look at (PO-8).
        """
        key = (name, type_, region if self.suspensions else "", now, fast, traits)
        found = self._armed.get(key)
        if found is None:
            found = self._armed[key] = self._arm(name, type_, now, region, fast, traits)
        return found

    def promised(self, deadline: Deadline, until: datetime, now: datetime, region: str = "") -> Deadline:
        """The same clock, due at the instant that was promised within it (ST-K5). A suspension that was known by then does not move it, a later one does."""
        stops = self.stops(deadline.name, region)
        plain = promised(now, until, self._reminder(self.pack.clocks[deadline.name], now, until), self.calendar, stops)
        came = times(plain, self.calendar, stops)
        return replace(deadline, due_at=came.due_at, remind_at=came.remind_at, why={**self._why(deadline.name, deadline.why["then"]), **to_facts(plain, came)})

    def stops(self, name: str, region: str) -> list[Suspension]:
        """What stops this kind of clock for a case of this region."""
        return applying(self.suspensions, name, region or None)

    def later(self, name: str, start: datetime, until: datetime, region: str = "") -> datetime:
        """The end of a window that opened at `start`, later by what of it was suspended under this name."""
        return moved(start, until, "all", self.calendar, self.stops(name, region))

    def _arm(self, name: str, type_: str, now: datetime, region: str, fast: bool, traits: Traits) -> Deadline:
        clock = self.pack.clocks[name]
        span, then, source = clock.for_case(type_, traits)
        began, more = now, {}
        if fast and name == "review" and (quick := self.pack.fast_review) is not None:
            began, span, source = begins(now, quick.else_span, self.calendar), quick.else_span, quick.source
            more = {"rule": "fast_review", **({"started_at": began.isoformat()} if began != now else {})}
        plain_due = due(began, span, self.calendar)
        plain = Plain(began, plain_due, span.tick, self._reminder(clock, now, plain_due))
        came = times(plain, self.calendar, self.stops(name, region))
        remind_at = came.remind_at if came.remind_at is not None and came.remind_at > now else None
        return Deadline(name, came.due_at, remind_at, {**self._why(name, then, source), **more, **to_facts(plain, came)})

    def _why(self, name: str, then: str, source: str = "") -> dict[str, Any]:
        return {"clock": name, "then": then, "source": source or self.pack.clocks[name].source, "pack": self.pack.id, "version": self.pack.version}

    def _reminder(self, clock: Clock, now: datetime, due_at: datetime) -> datetime | None:
        if clock.remind_before is None:
            return None
        remind_at = due_at - timedelta(seconds=clock.remind_before)
        return remind_at if remind_at > now else None
