"""What a pack forbids its merchants, with the points each breach costs and what follows from them (PO-13, CC-1). Worked out by `core/conduct.py`."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amends.core.reasons import Problem


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that must not be done. `points` 0: forbidden, without points. `per`: counted once for a deal, or each time. `handling`: what to do instead."""

    code: str
    zh: str
    en: str
    points: int
    per: Literal["deal", "time"]
    handling_zh: str
    handling_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """From so many points in a year on: what follows, for how many days (0: until it is lifted)."""

    points: int
    code: str
    zh: str
    en: str
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Conduct:
    """The section `conduct`. Points count within the calendar year of the pack's wall clock;"""

    acts: tuple[Act, ...]
    thresholds: tuple[Threshold, ...]
    year: Literal["calendar"]
    year_source: str
    source: str


def problems(conduct: Conduct | None) -> list[Problem]:
    """What is wrong with the section; thresholds rise."""
    if conduct is None:
        return []
    codes = [a.code for a in conduct.acts]
    found = [Problem(f"conduct.acts[{i}].points", "must not be negative") for i, a in enumerate(conduct.acts) if a.points < 0]
    if not codes or len(set(codes)) < len(codes):
        found.append(Problem("conduct.acts", "needs acts, each code once"))
    edges = [t.points for t in conduct.thresholds]
    if edges != sorted(set(edges)) or any(e < 1 for e in edges):
        found.append(Problem("conduct.thresholds", "rise from 1 point on, each once"))
    return found
