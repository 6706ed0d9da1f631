"""What a mail is likely about (TI-4): told from its words by the house's keyword machinery, never more than a suggestion that an agent changes in one click.

No list of words of its own: the words are the names the pack gives its subjects and the scenarios of disputes have, and the keyword sets that are in force for the merchant (KW-1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from amends.core.keywords import Hit, KeywordSet
from amends.core.pack_disputes import SCENARIOS
from amends.core.pack_tickets import Subject, Tickets

OTHER = "other"
BY_SET: dict[str, tuple[str, ...]] = {
    "return": ("refund_late",), "reissue": ("logistics",), "exchange": ("quality",), "repair": ("technical", "quality"), "safety": ("quality",), "illness": ("quality",), "activist": ("service",), "threat": ("service",),
}
"""A keyword set that comes with the product → the subjects its words speak for, the first that the origin offers."""
BY_SCENARIO = {
    "goods_quality": "quality", "goods_counterfeit": "authenticity", "goods_missing": "logistics", "logistics_lost": "logistics", "logistics_no_movement": "logistics", "logistics_late": "late_shipping",
    "process_refund_late": "refund_late", "process_freight_unpaid": "refund_late", "attitude": "service", "promise": "service",
}
"""A scenario of disputes → the subject a ticket about the same has; its name lends words."""
NAMED, SET = 3, 1
"""How much a word of a subject's own name weighs, and one of a keyword set, which says what is wanted rather than what it is about."""
_PARTS, _LEAD = re.compile(r"[、，,/·]|\bor\b"), ("质疑", "怀疑", "商品", "suspected ")
SHORT = {"zh": 2, "en": 6}
"""Parts of names with fewer characters say too little."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The subject and the words of the mail that spoke for it, as they stand there, each once."""

    subject: str
    words: tuple[str, ...]


def named(tickets: Tickets, origin: str) -> tuple[KeywordSet, ...]:
    """The subjects of an origin as sets of their names' parts: 质疑重量、含量 → 重量, 含量."""
    sets = []
    for subject in tickets.of_origin(origin):
        if words := _words(subject):
            sets.append(KeywordSet(subject.code, "free", "", subject.zh, subject.en, words))
    return tuple(sets)


def _words(subject: Subject) -> tuple[str, ...]:
    if subject.code == OTHER:
        return ()
    names = [(subject.zh, subject.en), *((zh, en) for code, (zh, en, _) in SCENARIOS.items() if BY_SCENARIO.get(code) == subject.code)]
    found = [part for zh, en in names for part in (*_split(zh, "zh"), *_split(en.lower(), "en"))]
    return tuple(dict.fromkeys(found))


def _split(name: str, lang: str) -> list[str]:
    parts = []
    for part in _PARTS.split(name):
        part = part.strip()
        for lead in _LEAD:
            part = part.removeprefix(lead)
        part = part.removesuffix("问题").strip()
        if len(part) >= SHORT[lang]:
            parts.append(part)
    return parts


def guess(text: str, names: Iterable[Hit], sets: Iterable[Hit], tickets: Tickets, origin: str) -> Guess | None:
    """The subject most words speak for; None where none does. `names`: hits of `named` (their set is the subject), `sets`: hits of the merchant's keyword sets; offsets into `text`."""
    offered = {s.code: n for n, s in enumerate(tickets.of_origin(origin))}
    weight: dict[str, int] = {}
    words: dict[str, dict[str, None]] = {}
    wished = list(sets)
    own = [h for h in names if not any(w.start < h.end and h.start < w.end for w in wished)]  # 退款 is what is wanted, though it stands in a name as well
    for hit, of, worth in [*((h, h.set, NAMED) for h in own), *((h, next((s for s in BY_SET.get(h.set, ()) if s in offered), ""), SET) for h in wished)]:
        if of in offered:
            weight[of] = weight.get(of, 0) + worth
            words.setdefault(of, {})[text[hit.start : hit.end]] = None
    best = min(weight, key=lambda code: (-weight[code], offered[code]), default=None)
    return None if best is None else Guess(best, tuple(words[best]))
