"""How many points a merchant's breaches come to in a year, and what follows (PO-13, CC-1). Pure."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from amends.core.pack_conduct import Act, Conduct, Threshold


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach that was found: which act, when (aware), and on which deal (empty: on none)."""

    act: str
    at: datetime
    deal: str = ""


def act_of(conduct: Conduct, code: str) -> Act | None:
    """The pack's row for an act; None for one it does not know."""
    return next((a for a in conduct.acts if a.code == code), None)


def counted(conduct: Conduct, breaches: Iterable[Breach], year: int, tz: str) -> list[Breach]:
    """Those that count in a calendar year of the wall clock: an act that is counted by the deal counts once for each, the first time."""
    zone, out, seen = ZoneInfo(tz), [], set()
    for breach in sorted(breaches, key=lambda b: b.at):
        act = act_of(conduct, breach.act)
        if act is None or breach.at.astimezone(zone).year != year:
            continue
        key = (breach.act, breach.deal)
        if act.per == "deal" and breach.deal and key in seen:
            continue
        seen.add(key)
        out.append(breach)
    return out


def points(conduct: Conduct, breaches: Iterable[Breach], year: int, tz: str) -> int:
    """The points of a year."""
    found = [act_of(conduct, b.act) for b in counted(conduct, breaches, year, tz)]
    return sum(act.points for act in found if act is not None)


def reached(conduct: Conduct, so_many: int) -> list[Threshold]:
    """Every threshold that so many points have reached, the lowest first."""
    return [t for t in conduct.thresholds if so_many >= t.points]
