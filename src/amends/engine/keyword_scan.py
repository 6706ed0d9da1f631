"""The matcher behind keyword alerts: folding that keeps every offset, and an automaton that finds any number of words in one pass (KW-3)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import opencc
from ahocorasick_rs import AhoCorasick, MatchKind

from amends.core.keyword_telling import Mark, Sign, Story
from amends.core.keywords import TYPES, Denial, Hit, KeywordSet, Negations, is_latin

APOSTROPHES = "\u2018\u2019\u02bc\u2032\uff07\u0060\u00b4"
HAN = ((0x3400, 0xA000), (0xF900, 0xFB00))
CACHED = 0x10000
_SIGNS = ((Sign.TOLD, "told"), (Sign.WISH, "wishes"), (Sign.UNREAL, "unreal"), (Sign.OTHER, "other"))


def fold(text: str) -> str:
    """The text in one width, one case and simplified characters; as long as it was, character for character."""
    return text.translate(_table())


@cache
def _table() -> str:
    """For each character of the basic plane the one it is read as; characters outside it stay as they are."""
    table = [chr(n) for n in range(CACHED)]
    for n in range(CACHED):
        if 0xD800 <= n < 0xE000:  # half of a pair is no text; it reads as what stands for such in Unicode
            table[n] = "\ufffd"
            continue
        wide = unicodedata.normalize("NFKC", table[n])
        small = (wide if len(wide) == 1 else table[n]).lower()
        if len(small) == 1:
            table[n] = small
    for char in APOSTROPHES:
        table[ord(char)] = "'"
    _simplify(table)
    return "".join(table)


def _simplify(table: list[str]) -> None:
    """Traditional characters by OpenCC's table of characters; each alone, so that no phrase changes how many there are."""
    numbers = [n for first, last in HAN for n in range(first, last)]
    converted = opencc.OpenCC("t2s").convert("\n".join(table[n] for n in numbers)).split("\n")
    for n, simple in zip(numbers, converted, strict=True):
        if len(simple) == 1:
            table[n] = simple


class WordScanner:
    """A `core.keywords.Scanner` over any number of words. The same word may stand in several sets; each gets its hit."""

    def __init__(self, sets: Sequence[KeywordSet], negations: Negations) -> None:
        self._owners: dict[str, list[tuple[KeywordSet, str]]] = {}
        for one in sets:
            for word in dict.fromkeys(one.words):
                if folded := fold(word).strip():
                    self._owners.setdefault(folded, []).append((one, word))
        self._words = list(self._owners)
        self._typed = [any(one.type for one, _ in owners) for owners in self._owners.values()]
        self._latin = [(is_latin(w[0]), is_latin(w[-1])) for w in self._words]
        self._one_pass = AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest, store_patterns=False) if self._words else None
        self._every: AhoCorasick | None = None
        folded_negations = _folded(negations)
        self._bare, self._money, self._cancels = (frozenset(part) for part in (folded_negations.bare, folded_negations.money, folded_negations.cancels))
        self._price = folded_negations.price
        self._denial = Denial(folded_negations)
        self._wish_denial = Denial(replace(
            folded_negations, before=folded_negations.before + folded_negations.before_wish, after=folded_negations.after + folded_negations.after_wish,
        ))
        looks = [phrase for phrase in dict.fromkeys(folded_negations.exceptions) if phrase.strip()]
        self._looks = AhoCorasick(looks, store_patterns=False) if looks else None
        self._withdraws = [kind for kind, _ in folded_negations.withdrawn]
        self._withdrawn = AhoCorasick([phrase for _, phrase in folded_negations.withdrawn], store_patterns=False) if self._withdraws else None
        self._signs = [(sign, *_typed(one)) for sign, part in _SIGNS for one in getattr(folded_negations, part)]
        self._marked = AhoCorasick([phrase for *_, phrase in self._signs], store_patterns=False) if self._signs else None

    def scan(self, text: str) -> list[Hit]:
        """Every hit in order of place, denied ones left out."""
        if self._one_pass is None or not text:
            return []
        folded = fold(text)
        places = self._one_pass.find_matches_as_indexes(folded)
        if not places:
            return []
        if any(not self._whole(folded, *place) for place in places):
            places = self._whole_words(folded)
        return self._standing(folded, places)

    def overlapping(self, text: str) -> list[Hit]:
        """Every hit, also one inside another, denied ones left out: for judging each word by itself (KW-4)."""
        return self._standing(folded := fold(text), self._all(folded)) if self._words and text else []

    def _standing(self, folded: str, places: Sequence[tuple[int, int, int]]) -> list[Hit]:
        looks = [(start, end) for _, start, end in self._looks.find_matches_as_indexes(folded, overlapping=True)] if self._looks else []
        places = [(n, start, end) for n, start, end in places if not _only_looks(start, end, looks) and not self._denied(folded, n, start, end)]
        if not places:
            return []
        last = self._last_withdrawal(folded)
        places = self._about_the_goods(folded, places, bool(last))
        if not places:
            return []
        story = Story(folded, self._marks(folded) if any(self._typed[n] for n, _, _ in places) else ())
        return [
            Hit(one.code, word, start, end, one.type)
            for n, start, end in places for one, word in self._owners[self._words[n]]
            if start >= last.get(one.type, 0) and not (one.type and (story.tells(start, end, one.type) or (self._words[n] in self._bare and story.unasked(start, end, one.type))))
        ]

    def _about_the_goods(self, text: str, places: Sequence[tuple[int, int, int]], taken_back: bool) -> list[tuple[int, int, int]]:
        """Without the words for money where the money is a difference in price, and without those that call off where what is called off is a wish taken back."""
        lowered = any(self._words[n] in self._money for n, _, _ in places) and any(sign in text for sign in self._price)
        return [place for place in places if not (lowered and self._words[place[0]] in self._money) and not (taken_back and self._words[place[0]] in self._cancels)]

    def _denied(self, text: str, n: int, start: int, end: int) -> bool:
        return (self._wish_denial if self._typed[n] else self._denial).denied(text, start, end)

    def _last_withdrawal(self, text: str) -> dict[str, int]:
        """For each type that is taken back in the text, where this is said last."""
        found = self._withdrawn.find_matches_as_indexes(text, overlapping=True) if self._withdrawn else []
        last: dict[str, int] = {}
        for n, _, end in found:
            for kind in (self._withdraws[n],) if self._withdraws[n] else TYPES:
                last[kind] = max(end, last.get(kind, 0))
        return last

    def _marks(self, text: str) -> list[Mark]:
        """Every sign of a story or of a wish in the text."""
        found = self._marked.find_matches_as_indexes(text, overlapping=True) if self._marked else []
        return [Mark(self._signs[n][0], start, end, self._signs[n][1]) for n, start, end in found]

    def _whole(self, text: str, n: int, start: int, end: int) -> bool:
        """A Latin word is not a part of another one."""
        left, right = self._latin[n]
        return not (left and start and is_latin(text[start - 1])) and not (right and end < len(text) and is_latin(text[end]))

    def _whole_words(self, text: str) -> list[tuple[int, int, int]]:
        """The rare way: a long match was a part of a Latin word and may hide a shorter one, so all matches are looked at."""
        out: list[tuple[int, int, int]] = []
        for place in sorted(self._all(text), key=lambda p: (p[1], -p[2])):
            if not out or place[1] >= out[-1][2]:
                out.append(place)
        return out

    def _all(self, text: str) -> list[tuple[int, int, int]]:
        """Every place of every word, whole words only."""
        if self._every is None:
            self._every = AhoCorasick(self._words, store_patterns=False)
        return [place for place in self._every.find_matches_as_indexes(text, overlapping=True) if self._whole(text, *place)]


def _only_looks(start: int, end: int, looks: Sequence[tuple[int, int]]) -> bool:
    """Whether the word at `[start, end)` shares characters with one of these phrases; a word that is longer than the phrase and holds it all still counts."""
    return any(a < end and start < b and not (start <= a and b <= end and b - a < end - start) for a, b in looks)


def compile(sets: Iterable[KeywordSet], negations: Negations | None = None) -> WordScanner:
    """A scanner of these sets. Building costs about a microsecond a word; keep it."""
    return WordScanner(tuple(sets), negations or Negations())


def _folded(negations: Negations) -> Negations:
    parts: dict[str, Any] = {
        part.name: tuple(fold(one) if isinstance(one, str) else (one[0], fold(one[1])) for one in getattr(negations, part.name)) for part in fields(Negations)
    }
    return Negations(**parts)


def _typed(sign: str | tuple[str, str]) -> tuple[str, str]:
    """The type a sign is for, "" for every one, and its phrase."""
    return ("", sign) if isinstance(sign, str) else sign
