"""What is wrong with a pack, in the reader's words: the checks of `core/policy.py` speak English to whoever writes files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from amends.core.pack_shape import Shape, pack_shape, shape_at, steps
from amends.core.policy import Problem
from amends.web import pack_words as words
from amends.web.catalogue import say

_WAYS: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(pattern), key) for pattern, key in (
    (r"must be int, is .*", "packs.wrong_number"), (r"must be (?:str|bool), is .*|must be an? (?:object|list).*", "packs.wrong_kind"), (r"must not be empty", "packs.wrong_empty"),
    (r"missing.*", "packs.wrong_missing"), (r"unknown field", "packs.wrong_unknown"), (r"must be one of (?P<what>.*)", "packs.wrong_choice"),
    (r"bad_amount: [1-9]\d*", "packs.wrong_long"), (r"must be more than 0.*|bad_amount: .*", "packs.wrong_positive"), (r"must be 1 or more|must not be negative", "packs.wrong_negative"), (r"no such source: '?(?P<what>[^']*)'?", "packs.wrong_source"),
    (r"no such outcome: '?(?P<what>[^']*)'?", "packs.wrong_outcome"), (r"no such .*: ?'?(?P<what>[^']*)'?", "packs.wrong_no_such"), (r"twice: ?'?(?P<what>[^']*)'?|twice.*", "packs.wrong_twice"),
    (r"needs at least one (?:group|reason)", "packs.wrong_no_reasons"), (r"a no-reason request is the buyer's", "packs.wrong_no_reason"), (r"longer than the window with a fault", "packs.wrong_window"),
    (r"not a date.*", "packs.wrong_date"), (r"no such time zone", "packs.wrong_zone"), (r"bad_cutoff.*", "packs.wrong_cutoff"), (r"unknown_span.*", "packs.wrong_span"),
    (r"pays at zero without a rule.*", "packs.wrong_pays"), (r"at most \d+ (?:days|seconds)", "packs.wrong_long"), (r"at most (?P<what>\d+) characters", "packs.wrong_name_long"), (r"at most \d+.*", "packs.wrong_large"),
    (r"a code is small letters.*", "packs.wrong_code"), (r"must be less than the clock's own length", "packs.wrong_remind"),
))


def told(problem: Problem, lang: str) -> str:
    """One sentence; a check without words of its own is quoted."""
    for pattern, key in _WAYS:
        if found := pattern.fullmatch(problem.message):
            what, shape = found.groupdict().get("what") or "", shape_at(problem.path)
            key = "packs.wrong_money" if key == "packs.wrong_number" and shape is not None and shape.unit == "minor" else key
            return say(lang, key, what=what) if "{what}" in say(lang, key) else say(lang, key)
    return say(lang, "packs.wrong_other", what=problem.message)


def listed(problems: Sequence[Problem], lang: str) -> list[dict[str, Any]]:
    """Every problem with its place in words and the part of the editor it is put right in."""
    out = []
    for p in problems:
        at = steps(p.path)
        out.append({"path": p.path, "where": " › ".join(place(at, lang)), "said": told(p, lang), "at": at})
    return out


def place(at: Sequence[str | int], lang: str) -> list[str]:
    """A place by its steps: names in words, rows by their number."""
    said: list[str] = []
    here: Shape | None = pack_shape()
    for step in at:
        if here is None:
            said.append(str(step))
        elif isinstance(step, int):
            said.append(say(lang, "packs.row", n=step + 1))
            here = here.item if here.kind == "list" else None
        elif here.kind == "object":
            said.append(words.label(step, here.cls, lang))
            here = here.inside.get(step)
        else:
            said.append(words.key(here.name, step, lang))
            here = here.item if here.kind == "table" else None
    return said
