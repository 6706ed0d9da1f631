"""What a pack's measures and scores come to, exactly: counts in, fractions out (PO-10 … PO-13, QU-1, QU-2). Pure; whoever counts is elsewhere.

Shares are compared as fractions, never as rounded numbers; a shortfall of part of a percent counts in proportion (QU-1).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from amends.core.pack_measures import Band, Cap, Measure, Part, Score

Counts = Mapping[str, int]
"""How many of each, or how many seconds, by the names a measure counts."""
WHOLE = 10_000
"""Basis points of everything."""


def value(measure: Measure, counts: Counts) -> Fraction | None:
    """A rate as a fraction of one, a duration in seconds on average, a count as it is; None where nothing was counted to share out on."""
    total = sum(counts.get(name, 0) for name in measure.counts)
    if measure.over is None:
        return Fraction(total)
    shared = counts.get(measure.over, 0)
    return Fraction(total, shared) if shared > 0 else None


def passes(measure: Measure, counts: Counts) -> bool | None:
    """Whether a shop passes; None where the pack names no target, or there was nothing to judge and no count alone decides."""
    target = measure.passes
    if target is None:
        return None
    total, found = sum(counts.get(name, 0) for name in measure.counts), value(measure, counts)
    if target.count_below is not None and total < target.count_below:
        return True
    if found is None:
        return None if target.count_below is None else False
    if target.rate_at_most is not None and found * WHOLE <= target.rate_at_most:
        return True
    if target.rate_at_least is not None and found * WHOLE >= target.rate_at_least:
        return True
    return target.seconds_at_most is not None and found <= target.seconds_at_most


def capped(caps: tuple[Cap, ...], measures: tuple[Measure, ...], counts: Counts, points: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The points of each measure with what failed measures hold down."""
    by_code = {m.code: m for m in measures}
    out = dict(points)
    for cap in caps:
        if passes(by_code[cap.when_failed], counts) is False:
            out.update({code: min(out[code], Fraction(cap.points)) for code in cap.measures if code in out})
    return out


@dataclass(frozen=True, slots=True)
class Counted:
    """What one part of a score is worked out from: how many were good, how many there were, and how many were bad (who rated neither way is neither)."""

    good: int
    of: int
    bad: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A score: points by part, their sum, and what follows from it."""

    parts: dict[str, Fraction] = field(default_factory=dict)
    total: Fraction = Fraction(0)
    band: Band | None = None


def part_points(part: Part, counted: Counted) -> Fraction:
    """The points of one part: never below 0, all of them where nothing was counted.

    `above` parts take points away from the rest: 0 at or below the target, minus all of them above it.
    """
    rate = Fraction(counted.good * WHOLE, counted.of) if counted.of else None
    if part.above:
        return Fraction(-part.points) if rate is not None and rate > part.target else Fraction(0)
    if rate is None:
        return Fraction(part.points)
    if part.few and counted.of <= part.few:
        return max(Fraction(0), Fraction(part.points - counted.bad * part.each_bad))
    short = max(Fraction(0), part.target - rate)
    return max(Fraction(0), part.points - short / 100 * part.lost_per_percent / 100)


def score(spec: Score, counted: Mapping[str, Counted]) -> Scored:
    """The whole score. A part nobody counted has its full points."""
    parts = {p.code: part_points(p, counted.get(p.code, Counted(0, 0, 0))) for p in spec.parts}
    total = max(Fraction(0), sum(parts.values(), Fraction(0)))
    return Scored(parts, total, next((b for b in spec.bands if total >= b.at_least), None))
