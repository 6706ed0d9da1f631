"""The matcher behind keyword alerts: folding that keeps every offset, and an automaton that finds any number of words in one pass (KW-3)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import opencc
from ahocorasick_rs import AhoCorasick, MatchKind

from amends.core.keyword_telling import Mark, Sign, Story
from amends.core.keyword_weighing import HAN, LONG, Place, Weighed, Weights, signs_of, weighed
from amends.core.keywords import TYPES, Denial, Hit, KeywordSet, Negations, Starter, is_latin

APOSTROPHES = "\u2018\u2019\u02bc\u2032\uff07\u0060\u00b4"
IDEOGRAPHS = ((0x3400, 0xA000), (0xF900, 0xFB00))
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
    numbers = [n for first, last in IDEOGRAPHS for n in range(first, last)]
    converted = opencc.OpenCC("t2s").convert("\n".join(table[n] for n in numbers)).split("\n")
    for n, simple in zip(numbers, converted, strict=True):
        if len(simple) == 1:
            table[n] = simple


class WordScanner:
    """A `core.keywords.Scanner` over any number of words. The same word may stand in several sets; each gets its hit.

    `weights` weigh the words of types that are in `starter`, given as (code of the set, word); all others count wherever they stand undenied.
    """

    def __init__(self, sets: Sequence[KeywordSet], negations: Negations, weights: Weights | None = None, starter: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._weights, self._starter = weights, starter
        self._calm = frozenset(("", *(type_ for type_ in TYPES if weights and weights.sure(type_, (), ()))))
        self._unsure: dict[tuple[frozenset[str], frozenset[Sign]], list[str]] = {}
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
        self._price, self._requests = folded_negations.price, folded_negations.requests
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
        """Every hit in order of place; denied ones and those that are too light are left out."""
        hits, light = self._weighing(text)
        return [hit for hit in hits if hit.type not in light] if light else hits

    def weighed(self, text: str) -> list[Weighed]:
        """What stands in the text and was found too light to count, a type each, with the reasons."""
        hits, light = self._weighing(text)
        return [weighed(type_, (text[hit.start : hit.end] for hit in hits if hit.type == type_), signs, self._weights) for type_, signs in light.items() if self._weights]

    def overlapping(self, text: str) -> list[Hit]:
        """Every hit, also one inside another, denied ones left out and none weighed: for judging each word by itself (KW-4)."""
        return self._standing(folded := fold(text), self._all(folded))[0] if self._words and text else []

    def signs(self, text: str, hits: Sequence[Hit], also: frozenset[str]) -> dict[str, list[str]]:
        """For each type among these hits the signs it would be weighed by; `also`: the types that have words in the text. For learning the weights."""
        folded = fold(text)
        story = Story(folded, self._marks(folded))
        return {type_: self._signs_of(folded, hits, type_, also, story) for type_ in dict.fromkeys(hit.type for hit in hits if hit.type)}

    def _weighing(self, text: str) -> tuple[list[Hit], dict[str, list[str]]]:
        """What stands, and of it the types that are too light with their signs."""
        if self._one_pass is None or not text:
            return [], {}
        folded = fold(text)
        places = self._one_pass.find_matches_as_indexes(folded)
        if not places:
            return [], {}
        if any(not self._whole(folded, *place) for place in places):
            places = self._whole_words(folded)
        hits, story = self._standing(folded, places)
        return hits, self._too_light(folded, hits, story) if self._weights and story and hits else {}

    def _too_light(self, folded: str, hits: Sequence[Hit], story: Story) -> dict[str, list[str]]:
        if len(hits) == 1 and hits[0].type in self._calm and len(folded) <= LONG and story.calm:
            return {}  # most texts
        types = frozenset([hit.type for hit in hits if hit.type])
        if not types or self._weights is None:
            return {}
        if len(folded) > LONG:
            unsure = sorted(types)
        elif (key := (types, story.signs)) in self._unsure:
            unsure = self._unsure[key]
        else:
            unsure = self._unsure[key] = [type_ for type_ in sorted(types) if not self._weights.sure(type_, *key)]
        if not unsure or not HAN.search(folded):
            return {}
        heavy = {hit.type for hit in hits if (hit.set, hit.word) not in self._starter}
        signs_by = {type_: self._signs_of(folded, hits, type_, types, story) for type_ in unsure if type_ not in heavy}
        return {type_: signs for type_, signs in signs_by.items() if self._weights.light(signs)}

    def _signs_of(self, folded: str, hits: Sequence[Hit], type_: str, types: frozenset[str], story: Story) -> list[str]:
        phrases = self._weights.phrases if self._weights else {}
        mine = [Place(folded[hit.start : hit.end], hit.start, hit.end) for hit in hits if hit.type == type_]
        if len(types) > 1:  # a word that stands for two types (退换) says nothing against either
            places = {(place.start, place.end) for place in mine}
            twice = {hit.type for hit in hits if (hit.start, hit.end) in places} - {hit.type for hit in hits if (hit.start, hit.end) not in places}
            types = types - twice
        return signs_of(folded, type_, mine, [one for one in TYPES if one in types and one != type_], story, phrases)

    def _standing(self, folded: str, places: Sequence[tuple[int, int, int]]) -> tuple[list[Hit], Story | None]:
        """The hits at these places that no rule strikes out, and the text's story where one was asked for."""
        looks = [(start, end) for _, start, end in self._looks.find_matches_as_indexes(folded, overlapping=True)] if self._looks else []
        places = [(n, start, end) for n, start, end in places if not _only_looks(start, end, looks) and not self._denied(folded, n, start, end)]
        if not places:
            return [], None
        last = self._last_withdrawal(folded)
        places = self._about_the_goods(folded, places, bool(last))
        if not places:
            return [], None
        typed = any(self._typed[n] for n, _, _ in places)
        story = Story(folded, self._marks(folded) if typed else ())
        hits = [
            Hit(one.code, word, start, end, one.type)
            for n, start, end in places for one, word in self._owners[self._words[n]]
            if start >= last.get(one.type, 0) and not (one.type and (story.tells(start, end, one.type) or (self._words[n] in self._bare and story.unasked(start, end, one.type))))
        ]
        return hits, story if typed else None

    def _about_the_goods(self, text: str, places: Sequence[tuple[int, int, int]], taken_back: bool) -> Sequence[tuple[int, int, int]]:
        """Without the words for money where the money is a difference in price, and without those that call off where what is called off is a wish taken back or a request for service."""
        words = [self._words[n] for n, _, _ in places]
        lowered = not self._money.isdisjoint(words) and any(sign in text for sign in self._price)
        called_off = not self._cancels.isdisjoint(words) and (taken_back or any(request in text for request in self._requests))
        if not lowered and not called_off:  # most texts
            return places
        return [place for word, place in zip(words, places, strict=True) if not (lowered and word in self._money) and not (called_off and word in self._cancels)]

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


def of_starter(starter: Starter, sets: Iterable[KeywordSet] | None = None) -> WordScanner:
    """A scanner of these sets (None: the starter's own) by the rules and weights of the starter file; only words that are the file's are weighed."""
    theirs = frozenset((one.code, word) for one in starter.sets if one.type for word in one.words)
    weights = starter.weights
    if weights:
        weights = replace(weights, phrases={sign: tuple(fold(phrase) for phrase in phrases) for sign, phrases in weights.phrases.items()})
    return WordScanner(tuple(starter.sets if sets is None else sets), starter.negations, weights, theirs)


def _folded(negations: Negations) -> Negations:
    parts: dict[str, Any] = {
        part.name: tuple(fold(one) if isinstance(one, str) else (one[0], fold(one[1])) for one in getattr(negations, part.name)) for part in fields(Negations)
    }
    return Negations(**parts)


def _typed(sign: str | tuple[str, str]) -> tuple[str, str]:
    """The type a sign is for, "" for every one, and its phrase."""
    return ("", sign) if isinstance(sign, str) else sign
