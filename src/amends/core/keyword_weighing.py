"""Weighing a wish: what else a text says of whether its words of a type are meant, each sign with a weight learnt from labelled texts (KW-3; docs/keywords.md).

Words of a type that stand after every rule are weighed together, once a type: `base` and the weights of the signs that are there are added up, and below `least` they do not count;
nor do they with a sign of `never`, whatever the sum.
Only words that come with the product are weighed, and only in texts with Chinese characters: the weights were learnt from those. A type for which a merchant's own word stands is not weighed.
Weights and the phrases that make a sign are data of the starter file; `amends keywords fit` makes them again. Pure, on folded text.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from amends.core.keyword_telling import Sign, Story

SIGNS = {
    "two_words": ("有两个不同的词", "two different words of it"), "brief": ("只有一句短话", "a few words without a full stop"), "over_80": ("超过 80 字", "more than 80 characters"),
    "unasked": ("超过 40 字，所在小句既没有提要求，也不短", "more than 40 characters, and its clause asks for nothing and says more than the word"),
    "wish": ("同一小句里在提要求", "its clause asks for something"), "told": ("同一小句里在讲经过", "its clause tells of what was"), "question": ("小句以问号结尾", "its clause ends in a question mark"),
    "self": ("小句里有“我”", "its clause says “I”"), "done_later": ("小句后面有“了”", "“了” later in its clause"),
    "tells_elsewhere": ("文中在讲经过", "the text tells of what was"), "unreal_elsewhere": ("文中在讲假设", "the text tells of what would have been"),
    "is_return": ("要退货", "it is a return"), "is_exchange": ("要换货", "it is an exchange"), "is_repair": ("要维修", "it is a repair"), "is_reissue": ("要补发", "it is a reissue"),
    "also_return": ("同时有退货的词", "words of a return as well"), "also_exchange": ("同时有换货的词", "words of an exchange as well"), "also_repair": ("同时有维修的词", "words of a repair as well"),
    "also_reissue": ("同时有补发的词", "words of a reissue as well"),
}
"""Every sign, and how it is told in Chinese and English."""
PHRASES = ("self", "done_later")
"""Signs made of phrases that the starter file names."""
BRIEF, LONG, LONGER = 30, 40, 80
HAN = re.compile(r"[\u3400-\u9fff]")
_LOCAL = ("two_words", "brief", "wish", "told", "question", "self", "done_later")
_SHORT = "short"
_HERE = {Sign.WISH: "wish", Sign.TOLD: "told"}
_ANYWHERE = {Sign.TOLD: "tells_elsewhere", Sign.UNREAL: "unreal_elsewhere"}
_STOPS = re.compile(r"[。！!；;.]")


@dataclass(frozen=True, slots=True)
class Weights:
    """As the starter file has them. `signs`: sign → weight; `never`: signs that decide alone; `phrases`: for each of `PHRASES` the phrases that make it, folded. Raises ValueError for what is no sign."""

    base: float
    least: float
    signs: Mapping[str, float]
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := ((self.signs.keys() | self.never) - SIGNS.keys()) | (self.phrases.keys() ^ set(PHRASES)):
            raise ValueError(f"weights: no sign is called so, or its phrases are missing: {', '.join(sorted(unknown))}")

    def score(self, signs: Iterable[str]) -> float:
        """What these signs come to."""
        return self.base + sum(self.signs.get(sign, 0.0) for sign in signs)

    def sure(self, type_: str, others: Collection[str], told: Collection[Sign]) -> bool:
        """Whether words of this type count in every text of at most `LONG` characters with words of these other types and these signs of a story: most texts, whose clauses need no look then."""
        known = [f"is_{type_}", *(_ANYWHERE[sign] for sign in told if sign in _ANYWHERE)]
        against = sum(min(self.signs.get(sign, 0.0), 0.0) for sign in (*_LOCAL, *(f"also_{other}" for other in others if other != type_)))
        return self.never <= {"unasked"} and self.score(known) + against >= self.least

    def light(self, signs: Sequence[str]) -> bool:
        """Whether words with these signs do not count."""
        return not self.never.isdisjoint(signs) or self.score(signs) < self.least


class Place(NamedTuple):
    """A word of a type where it stands, folded."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """Words of one type that were weighed and do not count. `words` as written; `never`: the sign that decided alone, "" where the sum `score` was below `least`; `signs` with their weights, those against first."""

    type: str
    words: tuple[str, ...]
    score: float
    least: float
    signs: tuple[tuple[str, float], ...]
    never: str = ""

    def told(self, lang: int) -> str:
        """Why they do not count, in Chinese (0) or English (1)."""
        words = ", ".join(f"“{word}”" for word in self.words) if lang else "".join(f"「{word}」" for word in self.words)
        if self.never:
            return (f"{words}没有算，更像在讲述：{SIGNS[self.never][0]}", f"{words} not counted, it rather tells than asks: {SIGNS[self.never][1]}")[lang]
        reasons = ("；", "; ")[lang].join(f"{SIGNS[sign][lang]} {weight:+.1f}" for sign, weight in self.signs)
        if lang:
            return f"{words} not counted, it rather tells than asks: {reasons}; together with the base {self.score:.2f}, at least {self.least:.2f} is needed"
        return f"{words}没有算，更像在讲述：{reasons}；连同基数合计 {self.score:.2f}，至少要 {self.least:.2f}"


def weighed(type_: str, words: Iterable[str], signs: Sequence[str], weights: Weights) -> Weighed:
    """What is told of words that were found too light."""
    mine = sorted(((sign, weights.signs[sign]) for sign in signs if round(weights.signs.get(sign, 0.0), 1)), key=_weight)
    return Weighed(type_, tuple(dict.fromkeys(words)), weights.score(signs), weights.least, tuple(mine), next((sign for sign in signs if sign in weights.never), ""))


def _weight(pair: tuple[str, float]) -> float:
    return pair[1]


def signs_of(text: str, type_: str, places: Sequence[Place], others: Collection[str], story: Story, phrases: Mapping[str, Sequence[str]]) -> list[str]:
    """The signs of a type's words in a folded text. `others`: the other types that have words there."""
    out = {f"is_{type_}", *(f"also_{other}" for other in others)}
    for place in places:
        out |= _around(text, type_, place, story, phrases)
    if len({place.word for place in places}) > 1:
        out.add("two_words")
    out |= {_ANYWHERE[sign] for sign in story.signs if sign in _ANYWHERE}
    return sorted(_of_length(text, out))


def _of_length(text: str, signs: set[str]) -> set[str]:
    """The signs with those of a text's length; that a clause is short is no sign but in a long text, where it asks."""
    size, asks = len(text), not signs.isdisjoint(("wish", "question", "two_words", _SHORT))
    out = signs - {_SHORT}
    if size < BRIEF and not _STOPS.search(text):
        out.add("brief")
    if size > LONGER:
        out.add("over_80")
    if size > LONG and not asks:
        out.add("unasked")
    return out


def _around(text: str, type_: str, place: Place, story: Story, phrases: Mapping[str, Sequence[str]]) -> set[str]:
    """The signs in one word's clause."""
    first, last = story.clause(place.start, place.end)
    out = {_HERE[sign] for sign in story.within(first, last, type_) if sign in _HERE}
    if text[last : last + 1] in ("?", "？"):
        out.add("question")
    if last - first <= story.SHORT:
        out.add(_SHORT)
    if any(text.find(phrase, first, last) >= 0 for phrase in phrases["self"]):
        out.add("self")
    if any(text.find(phrase, place.end, last) >= 0 for phrase in phrases["done_later"]):
        out.add("done_later")
    return out
