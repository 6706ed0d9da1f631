"""What a pack measures shops by, and the single figures it names: all of them data, worked out by `core/measures.py` (PO-10 … PO-13, QU-5).

Shares are basis points (1/100 of a percent), times are seconds, scores are whole points. Nothing here means: the pack does not measure.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amends.core.reasons import Problem


@dataclass(frozen=True, slots=True)
class Passes:
    """When a measure is passed: any one of these is enough (fewer than 4, *or* at most 0.35 %). Null: not asked for."""

    source: str
    count_below: int | None = None
    rate_at_most: int | None = None
    rate_at_least: int | None = None
    seconds_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `counts`: what is added up (pieces, or seconds for a duration); `over`: what it is shared out on, null for a plain count.

    `between`: for a duration, the pairs of events whose distances are added. `leaves_out`: cases that are not looked at. `days`: the period, in days up to today.
    """

    code: str
    zh: str
    en: str
    kind: Literal["rate", "count", "duration"]
    counts: tuple[str, ...]
    over: str | None
    days: int
    days_source: str
    source: str
    between: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    passes: Passes | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """A measure that is not passed holds the score points of others down to `points`."""

    when_failed: str
    measures: tuple[str, ...]
    points: int
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: full points at the target; below it `lost_per_percent` hundredths of a point for every percent short, in proportion.

    With at most `few` in the period each bad one costs `each_bad` points instead. `above`: the measure must not lie above the target; then all points are lost at once.
    `hours`: the clock of the measure runs only between these times. `target` in basis points.
    """

    code: str
    zh: str
    en: str
    points: int
    target: int
    target_source: str
    source: str
    lost_per_percent: int = 0
    few: int = 0
    each_bad: int = 0
    within: int | None = None
    hours: tuple[str, ...] = ()
    above: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """From this score on (and below the band above): what follows. `fine` in minor units of CNY."""

    at_least: int
    zh: str
    en: str
    fine: int
    months_to_improve: int
    source: str


@dataclass(frozen=True, slots=True)
class Score:
    """A monthly score: its parts, and what follows from the sum, best band first."""

    parts: tuple[Part, ...]
    bands: tuple[Band, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A single figure the pack names for what is measured elsewhere (conversations, tickets): its value and unit."""

    code: str
    zh: str
    en: str
    value: int
    unit: Literal["seconds", "days", "basis_points", "times", "minor"]
    source: str


def problems(measures: tuple[Measure, ...], caps: tuple[Cap, ...], score: Score | None, standards: tuple[Standard, ...]) -> list[Problem]:
    """What is wrong with these sections; sources are checked with the rest of the file."""
    found: list[Problem] = []
    codes = [m.code for m in measures]
    found += [Problem("measures", f"twice: {code!r}") for code in sorted({c for c in codes if codes.count(c) > 1})]
    for i, m in enumerate(measures):
        here = f"measures[{i}]"
        if m.days < 1:
            found.append(Problem(f"{here}.days", "must be 1 or more"))
        if not m.counts or (m.over is None) != (m.kind == "count"):
            found.append(Problem(here, "a count is not shared out, everything else is, and something is counted"))
        if m.passes is not None and all(v is None for v in (m.passes.count_below, m.passes.rate_at_most, m.passes.rate_at_least, m.passes.seconds_at_most)):
            found.append(Problem(f"{here}.passes", "names nothing"))
    for i, cap in enumerate(caps):
        found += [Problem(f"caps[{i}]", f"no such measure: {code!r}") for code in (cap.when_failed, *cap.measures) if code not in codes]
    if score is not None:
        edges = [b.at_least for b in score.bands]
        if not score.parts or not edges or edges != sorted(set(edges), reverse=True) or edges[-1] != 0:
            found.append(Problem("service_score", "needs parts, and bands from the best down to 0"))
        found += [Problem(f"service_score.parts[{i}].target", "lies between 0 and 10000") for i, p in enumerate(score.parts) if not 0 <= p.target <= 10_000]
    names = [s.code for s in standards]
    return found + [Problem("standards", f"twice: {code!r}") for code in sorted({c for c in names if names.count(c) > 1})]
