"""Learning the weights of `core.keyword_weighing` from labelled texts: logistic regression, and the line of precision and recall on texts each weight was not learnt from (KW-5).

One row a text and type that has words of it, also where a rule strikes them out (`struck`): these teach what a story looks like. Texts that begin alike stay together in one of ten parts,
each weighed by weights learnt from the nine others. Newton's method, in plain numbers: the same texts give the same weights on every machine, to the digits that are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from amends.core.keyword_weighing import HAN, Weights
from amends.core.keywords import TYPES, Negations, Starter
from amends.engine.keyword_evaluation import Labelled, Tally
from amends.engine.keyword_scan import compile, fold, of_starter

PARTS, ROUNDS, STRENGTH = 10, 25, 2.0
"""How many parts; rounds of Newton's method; how strongly weights are drawn towards nothing."""
ALIKE = 24
"""Texts that begin with the same characters, as many as these, are in one part."""
KEPT = 0.947
"""Of the right warnings that the rules alone give, at least this share is to be kept: as much recall as may be given for precision (docs/keywords.md)."""
STEPS = tuple(n / 20 for n in range(41))


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one type in one text. `stands`: no rule struck them out; `part`: which of the parts the text is in."""

    text: int
    type: str
    signs: tuple[str, ...]
    stands: bool
    wanted: bool
    part: int


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold gives on texts that were not learnt from."""

    least: float
    alert: Tally


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights, the line they were chosen from, and what the rules alone give."""

    weights: Weights
    line: tuple[Point, ...]
    rules: Tally


def fit(labelled: Sequence[Labelled], starter: Starter, kept: float = KEPT) -> Fitted:
    """Weights for the starter's words. `least` is the highest step at which, on texts not learnt from, `kept` of the rules' right warnings stay. Raises ValueError without phrases or rows to learn from."""
    if starter.weights is None:
        raise ValueError("the sets name no phrases to weigh by (weights.phrases)")
    rows = rows_of(labelled, starter)
    if len({row.wanted for row in rows}) < 2:
        raise ValueError("to learn from, some words must be meant and some not")
    never = starter.weights.never
    rules = _tally(labelled, rows, [0.0] * len(rows), 0.0)
    alone = [not never.isdisjoint(row.signs) for row in rows]
    rows = [replace(row, signs=tuple(sign for sign in row.signs if sign not in never)) for row in rows]
    scores = [float("-inf") if decided else score for decided, score in zip(alone, out_of_fold(rows), strict=True)]
    line = tuple(Point(least, _tally(labelled, rows, scores, least)) for least in STEPS)
    chosen = max((point.least for point in line if point.alert.right >= kept * rules.right), default=STEPS[0])
    base, signs = learn(rows)
    rounded = {sign: round(weight, 3) for sign, weight in signs.items()}
    return Fitted(replace(starter.weights, base=round(base, 3), least=chosen, signs=rounded), line, rules)


def rows_of(labelled: Sequence[Labelled], starter: Starter) -> list[Row]:
    """Every text and type with words of it; texts without Chinese characters are not weighed and left out."""
    loose = compile((one for one in starter.sets if one.type), Negations(before=(), direct=(), after=(), exceptions=starter.negations.exceptions))
    strict = of_starter(replace(starter, weights=replace(starter.weights, least=float("-inf"), never=frozenset()) if starter.weights else None))
    out = []
    for number, one in enumerate(labelled):
        if not HAN.search(one.text):
            continue
        standing = [hit for hit in strict.scan(one.text) if hit.type]
        types = frozenset(hit.type for hit in standing)
        struck = [hit for hit in loose.scan(one.text) if hit.type not in types]
        part = int(hashlib.sha256(fold(one.text)[:ALIKE].encode()).hexdigest()[:6], 16) % PARTS
        for type_, signs in strict.signs(one.text, [*standing, *struck], types).items():
            out.append(Row(number, type_, tuple(dict.fromkeys(signs)), type_ in types, type_ in one.wants, part))
    return out


def out_of_fold(rows: Sequence[Row]) -> list[float]:
    """For each row the score by weights that were learnt from the other parts."""
    learnt = {part: learn([row for row in rows if row.part != part]) for part in sorted({row.part for row in rows})}
    return [learnt[row.part][0] + sum(learnt[row.part][1].get(sign, 0.0) for sign in row.signs) for row in rows]


def learn(rows: Sequence[Row]) -> tuple[float, dict[str, float]]:
    """The base and the weight of each sign for words that stand; what being struck out weighs is learnt beside them and dropped."""
    names = ["", "struck", *sorted({sign for row in rows for sign in row.signs})]
    at = {name: n for n, name in enumerate(names)}
    data = [([0, *([] if row.stands else [1]), *(at[sign] for sign in row.signs)], row.wanted) for row in rows]
    weights = [0.0] * len(names)
    for _ in range(ROUNDS):
        slope, curve = _derivatives(data, weights)
        step = _solved(curve, slope)
        weights = [weight - change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-9:
            break
    return weights[0], {name: weights[n] for n, name in enumerate(names) if n > 1}


def _derivatives(data: Iterable[tuple[list[int], bool]], weights: Sequence[float]) -> tuple[list[float], list[list[float]]]:
    """First and second derivatives of what is made small: the surprise at the labels, and the weights' squares; the base is not drawn to nothing."""
    size = len(weights)
    slope = [0.0, *(STRENGTH * weight for weight in weights[1:])]
    curve = [[(STRENGTH if n else 1e-9) if n == m else 0.0 for m in range(size)] for n in range(size)]
    for signs, wanted in data:
        likely = 1 / (1 + exp(-max(-30.0, min(30.0, sum(weights[n] for n in signs)))))
        bend = likely * (1 - likely)
        for n in signs:
            slope[n] += likely - wanted
            row = curve[n]
            for m in signs:
                row[m] += bend
    return slope, curve


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Gauss with the largest pivot."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for n in range(size):
        pivot = max(range(n, size), key=lambda m: abs(rows[m][n]))
        rows[n], rows[pivot] = rows[pivot], rows[n]
        for m in range(n + 1, size):
            if factor := rows[m][n] / rows[n][n]:
                rows[m] = [a - factor * b for a, b in zip(rows[m], rows[n], strict=True)]
    out = [0.0] * size
    for n in reversed(range(size)):
        out[n] = (rows[n][size] - sum(rows[n][m] * out[m] for m in range(n + 1, size))) / rows[n][n]
    return out


def _tally(labelled: Sequence[Labelled], rows: Sequence[Row], scores: Sequence[float], least: float) -> Tally:
    """The alert, counted as `keyword_evaluation.measure` counts it."""
    found: dict[int, set[str]] = {}
    for row, score in zip(rows, scores, strict=True):
        if row.stands and score >= least:
            found.setdefault(row.text, set()).add(row.type)
    tally = Tally()
    for number, one in enumerate(labelled):
        for chosen in TYPES:
            tally.count(bool(found.get(number, set()) - {chosen}), bool(one.wants - {chosen}))
    return tally


def document_of(weights: Weights) -> Mapping[str, object]:
    """The weights as the starter file has them."""
    return {"base": weights.base, "least": weights.least, "never": sorted(weights.never), "signs": dict(sorted(weights.signs.items())), "phrases": {sign: list(phrases) for sign, phrases in weights.phrases.items()}}
