"""Telling or wishing: what stands around a keyword says whether its writer wants something or tells of what was (KW-3).

"They made me return it, I exchanged it, it broke again" has every word of a wish. Which words mark a story, a wish, a thing that might have been
or a thing given up is data of the starter file (`core.keywords.Negations`); this is how they are weighed. Pure, on folded text.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple


class Sign(Enum):
    """What a phrase is a sign of."""

    TOLD = auto()
    """In the keyword's clause: what was, or what somebody else said; a wish in the same clause is stronger."""
    WISH = auto()
    """In the keyword's clause: the writer asks."""
    UNREAL = auto()
    """Before the keyword in the same sentence: what would have been, whatever else stands there."""
    OTHER = auto()
    """In the keyword's clause, or in the one before a short one that only asks to change or to send: it is about something else than the goods (an invoice, an address), whatever else stands there."""


class Mark(NamedTuple):
    """A sign at `[start, end)`; `type`: of which type's words, "" of every one's."""

    sign: Sign
    start: int
    end: int
    type: str = ""


_SENTENCE = re.compile(r"[。！？!?；;]|…+|\.(?!\d)")
_NAMED = re.compile("[货机]")
_WRITTEN = re.compile(r"[。!！;；…]|\.(?!\d)")
_CLAUSE = re.compile(r"[。！？!?；;，,：:、~]|…+|\.(?!\d)|(?<![a-z0-9])\s|\s(?![a-z0-9])")


class Story:
    """One text's signs, to be asked about each of its keywords. Costs nothing where the only signs are wishes; never more than its reach for one keyword."""

    REACH = 80
    """Characters on either side of a keyword within which a sign counts."""

    LONG, SHORT = 40, 8
    """More characters than LONG make a text in which things are told; a clause of at most SHORT says its keyword and little else."""

    POINTS_BACK = ("exchange", "reissue")
    """Types whose words can do without an object, which then stands in the clause before: the invoice is wrong, can it be changed."""

    calm: bool
    """Whether the text has no sign but wishes."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self._text = text
        self._all = marks
        self._wishes = [m for m in marks if m.sign is Sign.WISH]
        self._marks = sorted(marks, key=_start) if len(self._wishes) < len(marks) else []
        self.calm = not self._marks

    def tells(self, start: int, end: int, type_: str) -> bool:
        """Whether the keyword of `type_` at `[start, end)` belongs to a story and not to a wish. What stands within the keyword itself is no sign of a story: somebody chose it as a keyword."""
        if not self._marks:
            return False
        near = self._marks[bisect_left(self._marks, start - self.REACH, key=_start) : bisect_left(self._marks, end + self.REACH, key=_start)]
        mine = [m for m in near if (not m.type or m.type == type_) and (m.sign is Sign.WISH or m.start < start or m.end > end)]
        return bool(mine) and (self._might_have_been(mine, start) or self._told(mine, start, end))

    def unasked(self, start: int, end: int, type_: str) -> bool:
        """Whether a bare name of an after-sales act (退货, 维修) at `[start, end)` stands in a long text written in sentences, in a clause of some length that asks for nothing.

        Who talks with the shop puts no full stops, and what is named there is mostly meant; who writes in sentences tells.
        """
        if len(self._text) <= self.LONG or not _WRITTEN.search(self._text):
            return False
        first, last = self.clause(start, end)
        if last - first <= self.SHORT or self._text[last : last + 1] in ("?", "？"):
            return False
        return not any(first <= m.start and m.end <= last and (not m.type or m.type == type_) for m in self._wishes)

    @property
    def signs(self) -> frozenset[Sign]:
        """Every sign that the text has anywhere; none where there are only wishes."""
        return frozenset([m.sign for m in self._marks])

    def within(self, first: int, last: int, type_: str) -> set[Sign]:
        """The signs for words of `type_` that stand in `[first, last)`."""
        return {m.sign for m in self._all if first <= m.start and m.end <= last and (not m.type or m.type == type_)}

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause that the keyword at `[start, end)` stands in, as far as its reach."""
        # One character further than the keyword's first: whether the space before it parts clauses depends on what follows.
        first = max((m.end() for m in _CLAUSE.finditer(self._text, max(0, start - self.REACH), start + 1) if m.end() <= start), default=0)
        after = _CLAUSE.search(self._text, end, end + self.REACH)
        return first, after.start() if after else len(self._text)

    def _might_have_been(self, marks: Sequence[Mark], start: int) -> bool:
        return any(m.sign is Sign.UNREAL and m.start <= start and not _SENTENCE.search(self._text, m.end, start) for m in marks)

    def _told(self, marks: Sequence[Mark], start: int, end: int) -> bool:
        first, last = self.clause(start, end)
        here = [m for m in marks if first <= m.start and m.end <= last]
        if any(m.sign is Sign.OTHER for m in here) or self._points_back(marks, first, last):
            return True
        told = [m for m in here if m.sign is Sign.TOLD]
        return bool(told) and not any(m.sign is Sign.WISH and not _inside(m, told) for m in here)

    def _points_back(self, marks: Sequence[Mark], first: int, last: int) -> bool:
        """Whether the short clause `[first, last)` names no goods, and the one before it says that something else is meant."""
        named = [m for m in marks if m.sign is Sign.OTHER and m.type in self.POINTS_BACK and m.end < first]
        if not named or last - first > self.SHORT or _NAMED.search(self._text, first, last):
            return False
        before = self.clause(first - 1, first - 1)[0]
        return any(before <= m.start for m in named)


def _start(mark: Mark) -> int:
    return mark.start


def _inside(mark: Mark, others: Sequence[Mark]) -> bool:
    return any(one.start <= mark.start and mark.end <= one.end for one in others)
