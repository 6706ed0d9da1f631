"""Keyword alerts: what a set of words is, what a hit is, which hits warn, and when a word is denied (KW-1 … KW-3).

Pure and without a matcher of its own: the automaton and the table of characters live in `engine/keyword_scan.py` and come in as a `Scanner`.
Everything is matched on folded text (`engine.keyword_scan.fold`): one character for one, so every offset counts in the text as it was written.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from amends.core.keyword_weighing import Weighed, Weights

TYPES = ("return", "exchange", "repair", "reissue")
KINDS = ("type", "free")
STARTER = Path(__file__).with_name("keywords_starter.json")


@dataclass(frozen=True, slots=True)
class KeywordSet:
    """Words that belong together. `kind` type: they ask for `type`, and warn where another was chosen; free: they warn wherever they stand (`type` is then "")."""

    code: str
    kind: str
    type: str
    zh: str
    en: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One word found, not denied. `word` as the set has it; `[start, end)` in characters of the text as written; `type` is "" for a free set."""

    set: str
    word: str
    start: int
    end: int
    type: str = ""


class Scanner(Protocol):
    """What finds words. Made by `engine.keyword_scan.compile(sets, negations)`; safe to share between threads."""

    def scan(self, text: str) -> list[Hit]:
        """Every hit in order of place: leftmost first, the longest where several begin together, none inside another; denied words and those that are too light are left out."""
        ...

    def weighed(self, text: str) -> list[Weighed]:
        """What stands in the text and was found too light to count, a type each, with the reasons."""
        ...


@dataclass(frozen=True, slots=True)
class Negations:
    """Words that deny a keyword beside them, as data of the starter file; all are folded before use.

    before: deny it even with fillers (`between`) in the gap (不用给我换, don't want to return). direct: deny it only when they touch it (不换).
    after: deny it from behind (退货就不用了). before_wish, after_wish: the same for words of a type only (懒得退, 退货时居然): what caught fire has done so
    whether or not it is told. asking: when one of these stands right before a direct one, it is a question or a wish (为什么不换, 要不换一个).
    exceptions: phrases in which a keyword does not mean what it says (换季, 退货率, 补发发票); a keyword that shares characters with one does not count,
    unless it is the longer one and holds the phrase (申请无理由退货 over 无理由退货). withdrawn: (type, phrase) that take a wish back; every word of
    that type that stands before the phrase is denied (已经申请退款 … 那我不退了), what stands after it is not: the last word counts; type "" means
    every type (凑合用吧). told, wishes, unreal, other: signs of a story, of a wish, of what would have been and of another matter (`core.keyword_telling`); a sign given as
    (type, phrase) is one for words of that type only. Free sets have no wishes and are not asked. bare: keywords that only name an act (退货, 维修); in a long text written in
    sentences they count where their clause asks, or says little else. money: keywords that only say that money comes back (退钱, 能退, 什么时候退); where
    the text speaks of a lowered price (one of `price`), that is the money they mean. cancels: keywords that only say that something is called off
    (帮我取消, 能取消); where the text takes a wish back, or names a request for after-sales service (one of `requests`: 换货申请, 申请了维修), that is what they call off.
    """

    before: tuple[str, ...] = (
        "不想", "不要", "不用", "不需要", "不必", "无需", "不打算", "不考虑", "不是要", "不是想", "不是为了", "没想", "没要", "没说要", "别", "先别", "不愿意", "不愿",
        "don't want", "dont want", "do not want", "don't need", "dont need", "do not need", "don't wish", "do not wish", "no need", "rather not", "not looking", "not asking",
        "not going", "not interested in", "didn't ask", "did not ask", "wouldn't like", "won't", "will not", "without", "instead of", "no",
    )
    direct: tuple[str, ...] = ("不",)
    after: tuple[str, ...] = ("就不用", "就不必", "就算了", "就免了", "不用了", "不必了", "不需要了", "is not needed", "isn't needed", "not necessary")
    between: tuple[str, ...] = (
        "再", "给", "帮", "我", "去", "办理", "办", "申请", "做", "想", "要", "来", "进行", "直接", "这个", "你们", "麻烦", "了", "的话", "货",
        "to", "a", "an", "any", "the", "it", "this", "for", "have", "get", "my",
    )
    asking: tuple[str, ...] = ("为什么", "为何", "怎么", "凭什么", "要", "不得", "不能")
    before_wish: tuple[str, ...] = ()
    after_wish: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    withdrawn: tuple[tuple[str, str], ...] = ()
    told: tuple[str | tuple[str, str], ...] = ()
    wishes: tuple[str | tuple[str, str], ...] = ()
    unreal: tuple[str | tuple[str, str], ...] = ()
    bare: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    other: tuple[str | tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Starter:
    """The sets that come with the product: `keywords_starter.json`. `weights`: how words of its types are weighed; None: every word that stands counts."""

    version: int
    sets: tuple[KeywordSet, ...]
    negations: Negations = field(default_factory=Negations)
    weights: Weights | None = None


def starter_of(document: Mapping[str, Any]) -> Starter:
    """The starter file as read: {version, sets: [{code, kind, type, zh, en, words}], negations: {a list for each part of `Negations`},
    weights: {base, least, never: [sign], signs: {sign: weight}, phrases: {sign: [phrase]}}}.

    A part of `negations` that is missing keeps the default above. Raises KeyError or ValueError where the file is not of this shape.
    """
    sets = tuple(KeywordSet(s["code"], s["kind"], s.get("type") or "", s["zh"], s["en"], tuple(s["words"])) for s in document["sets"])
    for one in sets:
        if one.kind not in KINDS or (one.kind == "type") != (one.type in TYPES) or not one.words:
            raise ValueError(f"set {one.code}: kind {one.kind}, type {one.type!r}, {len(one.words)} words")
    if len({one.code for one in sets}) != len(sets):
        raise ValueError("two sets share a code")
    given = document.get("negations") or {}
    if unknown := given.keys() - {part.name for part in fields(Negations)}:
        raise ValueError(f"negations: no part is called {', '.join(sorted(unknown))}")
    parts: dict[str, Any] = {name: tuple(_phrase(w) for w in words) for name, words in given.items()}
    weights = document.get("weights")
    return Starter(int(document["version"]), sets, Negations(**parts), weights_of(weights) if weights else None)


def weights_of(document: Mapping[str, Any]) -> Weights:
    """Weights as the starter file has them. Raises KeyError or ValueError where they are not of its shape."""
    signs = {str(sign): float(weight) for sign, weight in document["signs"].items()}
    return Weights(float(document["base"]), float(document["least"]), signs, {str(sign): tuple(words) for sign, words in document["phrases"].items()}, frozenset(document.get("never", ())))


def _phrase(given: str | list[str]) -> str | tuple[str, ...]:
    return given if isinstance(given, str) else tuple(given)


@cache
def starter() -> Starter:
    """The sets that come with the product."""
    return starter_of(json.loads(STARTER.read_text(encoding="utf-8")))


def mismatch(hits: Iterable[Hit], chosen_type: str) -> list[Hit]:
    """Hits that ask for another type than the one chosen (KW-2)."""
    return [h for h in hits if h.type and h.type != chosen_type]


def warns(hits: Iterable[Hit], chosen_type: str) -> list[Hit]:
    """Hits that raise an alert: of another type, or of a free set. `chosen_type` "" (a cancellation has none): free sets only."""
    return [h for h in hits if not h.type or (chosen_type in TYPES and h.type != chosen_type)]


class Denial:
    """Says of a place in folded text whether the word there is denied. Built once from folded `Negations`."""

    REACH = 48
    """Characters looked at on either side."""

    def __init__(self, negations: Negations) -> None:
        gap, pag = _gap(negations.between), _gap(tuple(w[::-1] for w in negations.between))
        # What stands before is read backwards from the word, so that one attempt is enough wherever the clause began.
        self._before = re.compile(f"{pag}(?:{_any_of([w[::-1] for w in negations.before])})") if negations.before else None
        self._after = re.compile(f"{gap}(?:{_any_of(negations.after)})") if negations.after else None
        self._direct, self._asking = negations.direct, negations.asking

    def denied(self, text: str, start: int, end: int) -> bool:
        """Whether the word at `[start, end)` of the folded text is denied by what stands beside it in the same clause."""
        head = text[max(0, start - self.REACH) : start]
        if head:
            found = self._before.match(head[::-1]) if self._before else None
            if found and not self._asks(head + text[start], len(head) - found.end(), False):
                return True
            near = next((w for w in self._direct if head.endswith(w)), "")
            if near and not self._asks(head + text[start], len(head) - len(near), True):
                return True
        return bool(self._after and self._after.match(text, end, end + self.REACH))

    def _asks(self, text: str, at: int, direct: bool) -> bool:
        """A不A is a question (要不要换, 换不换), and so is 为什么不换; 要不换一个 is a wish."""
        a_not_a = text[at : at + 1] == "不" and 0 < at < len(text) - 1 and text[at - 1] == text[at + 1]
        return a_not_a or (direct and text[:at].endswith(self._asking))


def _any_of(words: Sequence[str]) -> str:
    """The words as alternatives, longest first; Latin ones only as whole words."""
    return "|".join(_bounded(w) for w in sorted(words, key=len, reverse=True))


def _gap(between: Sequence[str]) -> str:
    return f"(?:\\s|{_any_of(between)})*" if between else "\\s*"


def _bounded(word: str) -> str:
    left = r"(?<![a-z0-9])" if is_latin(word[:1]) else ""
    right = r"(?![a-z0-9])" if is_latin(word[-1:]) else ""
    return left + re.escape(word) + right


def is_latin(char: str) -> bool:
    """A folded letter or digit of a script that writes words apart: a keyword that ends with one must end a word."""
    return "a" <= char <= "z" or "0" <= char <= "9"
