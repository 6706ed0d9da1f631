"""How large the figures of a pack may be and how codes are written: what is typed wrong by some digits must not reach a calendar (PO-9, PO-14).

A window of ten million days is a date that no calendar has: every page that tells it would fail. Asked of what is going to be released; what is released already is
loaded as it was, since its cases keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from amends.core.pack import Clock, Leaf, Pack, ReasonGroup, StaffLeaf, StaffReasons
from amends.core.pack_shape import unit_of
from amends.core.policy import parse_pack
from amends.core.reasons import Problem
from amends.core.spans import Span, check_span

MOST_DAYS = 3660
"""Ten years; as long as a clock may run (`core/spans.py`)."""
MOST = {"days": MOST_DAYS, "seconds": MOST_DAYS * 86_400}
MOST_OF_ALL = 10**12
"""Money in minor units, pieces, bytes and the rest."""
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
MOST_NAME = 60
"""Characters of a reason's name: it stands in lists, chips and on a phone."""
CODES = frozenset({"code", "tag", "finding"})


def check(document: object) -> tuple[Problem, ...]:
    """Everything wrong with a document that is to be released: what cannot be read, else what is beyond its bounds."""
    read = parse_pack(document)
    return read.problems if read.pack is None else tuple(problems(read.pack))


def problems(pack: Pack) -> list[Problem]:
    """Every figure beyond its bound, code that is none, reason that cannot be told from another, span outside a clock that cannot be, and reminder that would come before its clock begins."""
    trees = ((f"{name}.{key}", groups) for name in ("reasons", "review_reasons", "platform_reasons") for key, groups in getattr(pack, name).items())
    return [*_walked("", "", pack), *(p for path, groups in trees for p in _named(path, groups)), *(p for key, clock in pack.clocks.items() for p in _reminder(f"clocks.{key}", clock))]


def _walked(path: str, name: str, held: Any) -> Iterator[Problem]:
    if isinstance(held, Span):
        # Clocks look at their own spans (`core/policy.py`).
        yield from () if path.startswith("clocks.") else (Problem(path, f"{p.code}: {p.detail}") for p in check_span(held))
    elif is_dataclass(held):
        for f in fields(held):
            yield from _walked(f"{path}.{f.name}" if path else f.name, f.name, getattr(held, f.name))
    elif isinstance(held, dict):
        for key, inner in held.items():
            yield from _walked(f"{path}.{key}", name, inner)
    elif isinstance(held, tuple):
        for n, inner in enumerate(held):
            yield from _walked(f"{path}[{n}]", name, inner)
    elif isinstance(held, str):
        if name in CODES and not CODE.fullmatch(held):
            yield Problem(path, "a code is small letters, digits and _, a letter first")
    elif isinstance(held, int) and not isinstance(held, bool):
        unit = unit_of(name)
        if abs(held) > (most := MOST.get(unit, MOST_OF_ALL)):
            yield Problem(path, f"at most {most} {unit}".rstrip())


def _named(path: str, groups: Sequence[ReasonGroup | StaffReasons]) -> Iterator[Problem]:
    """Names that are blank, too long, or the same as another's that may stand in the same list: whoever chooses could not tell them apart."""
    seen: list[tuple[tuple[str, str], frozenset[str]]] = []
    for i, group in enumerate(groups):
        about = frozenset(getattr(group, "categories", ()))
        leaves: tuple[Leaf | StaffLeaf, ...] = group.leaves
        named = [(f"{path}[{i}]", group.zh, group.en), *((f"{path}[{i}].leaves[{j}]", leaf.zh, leaf.en) for j, leaf in enumerate(leaves))]
        for n, (at, zh, en) in enumerate(named):
            for lang, name in (("zh", zh.strip()), ("en", en.strip())):
                if not name:
                    yield Problem(f"{at}.{lang}", "must not be empty")
                elif len(name) > MOST_NAME:
                    yield Problem(f"{at}.{lang}", f"at most {MOST_NAME} characters")
                elif n:
                    others = [categories for said, categories in seen if said == (lang, name.casefold())]
                    if any(not about or not other or about & other for other in others):
                        yield Problem(f"{at}.{lang}", f"twice: {name!r}")
                    seen.append(((lang, name.casefold()), about))


def _reminder(path: str, clock: Clock) -> Iterator[Problem]:
    """A reminder is for whoever can still act: it comes after the clock has begun. Clocks of working time are longer on the wall than their figure says and are not looked at."""
    length = {"elapsed": clock.span.amount, "calendar_days": clock.span.amount * 86_400}.get(clock.span.kind)
    if clock.remind_before is not None and length is not None and clock.remind_before >= length > 0:
        yield Problem(f"{path}.remind_before", "must be less than the clock's own length")
