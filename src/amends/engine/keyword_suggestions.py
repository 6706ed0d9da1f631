"""Words a merchant's own history offers for its keyword sets (KW-4).

From what customers wrote and what each case was settled as (the type chosen, unless somebody changed it), words are looked for that stand with one type much
more often than with the others: log-odds with an informative prior (the word's share in all texts), as a number of standard deviations. Each comes with how
often it would have warned rightly (another type was chosen, and the case was settled as the word says) and wrongly (another was chosen, and it stayed).
Nothing is offered that could name a person or a thing: no numbers, no names or places, no words of the goods' titles, nothing fewer than three buyers wrote.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from math import log, sqrt
from uuid import UUID

import jieba
import jieba.posseg

from amends.core.keywords import TYPES, KeywordSet, Scanner, starter
from amends.engine import keywords
from amends.engine.keyword_scan import WordScanner, compile, fold
from amends.store.connect import Pool, scope
from amends.store.screens.keyword_history import Told, told

BUYERS = 3
"""Fewest different buyers who wrote the word where it fits."""
PRIOR = 20.0
"""Weight of the prior, in texts."""
APART = 1.96
"""Fewest standard deviations by which a word must lean to its type."""
TRUST = 0.5
"""Least share of the cases with the word that were settled as it says."""
SHORTEST, LONGEST = 2, 8
CANDIDATES = 200
"""Words looked at in the texts, for each type."""
OFFERED = 30
EXAMPLES = 5
NAMES = ("nr", "ns", "nt", "nz", "m", "t", "eng", "x")
"""Parts of speech that are never offered: people, places, organisations, other names, numbers, times, foreign words in Chinese text, marks."""
COURTESY = frozenset((
    "麻烦", "谢谢", "你好", "您好", "请问", "客服", "可以", "可不可以", "时候", "什么", "怎么", "为什么", "这个", "那个", "现在", "已经", "一下", "没有", "因为", "所以", "但是", "就是", "还是",
    "不是", "我们", "你们", "please", "thanks", "thank", "hello", "would", "could", "have", "this", "that", "with", "the", "and", "for", "you", "are", "was", "not",
))
"""What people write whatever they want; never offered, alone or beside another word."""
PARTICLES = frozenset("吧吗呢啊的地得了着过呀嘛哦嗯就都也很还又我你您他它是在有和与把被这那")
"""Single characters that make no word with what stands beside them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word for a set. `fits`: cases of that type, rightly chosen, that had it; `right`, `wrong`: cases it would have warned on, by how they were settled.

    `examples`: ids of cases, those it would have warned on rightly first. `lean`: standard deviations from standing with every type alike.
    """

    word: str
    set: str
    fits: int
    right: int
    wrong: int
    lean: float
    examples: tuple[str, ...]


def suggest(pool: Pool, merchant: str, days: int, now: datetime) -> list[Suggestion]:
    """Words of the last `days` days that the merchant's sets do not have yet, the most useful first; at most `OFFERED`."""
    with scope(pool, UUID(merchant)) as conn:
        history = told(conn, merchant, now - timedelta(days=days), now)
    sets = [c.set for c in keywords.book(pool, merchant).sets if c.set.kind == "type"]
    return found(history, sets)


def found(history: Sequence[Told], sets: Sequence[KeywordSet]) -> list[Suggestion]:
    """The same from rows already read: pure but for the dictionary of the segmenter."""
    rows = [row for row in history if row.settled in TYPES]
    words = _candidates(rows, _known(sets))
    targets = {one.type: one.code for one in reversed(sets)}
    looked_for = [KeywordSet(type_, "type", type_, type_, type_, tuple(word for word, _ in offered)) for type_, offered in words.items() if offered and type_ in targets]
    if not looked_for:
        return []
    leans = {(type_, word): lean for type_, offered in words.items() for word, lean in offered}
    counted = _counted(rows, compile(looked_for, starter().negations))
    out = [one for key, cases in counted.items() if (one := _weighed(key, cases, leans[key], targets[key[0]]))]
    out.sort(key=lambda s: (-s.right, -(s.fits + s.right - 2 * s.wrong), -s.lean, s.word))
    return out[:OFFERED]


def _candidates(rows: Sequence[Told], known: Scanner) -> dict[str, list[tuple[str, float]]]:
    """For each type the words that lean to it, with by how much; those the sets find already, and those that might name somebody, are left out."""
    texts: dict[str, set[str]] = {}
    here: dict[str, Counter[str]] = defaultdict(Counter)
    buyers: dict[tuple[str, str], set[str]] = defaultdict(set)
    titles = "\n".join({fold(row.title) for row in rows})
    sizes = Counter(row.settled for row in rows)
    for row in rows:
        if row.text not in texts:
            texts[row.text] = _words(row.text)
        here[row.settled].update(texts[row.text])
        for word in texts[row.text]:
            if len(buyers[row.settled, word]) < BUYERS:
                buyers[row.settled, word].add(row.buyer_id)
    everywhere: Counter[str] = sum(here.values(), Counter())
    out: dict[str, list[tuple[str, float]]] = {}
    for type_ in TYPES:
        leaning = [
            (word, lean) for word, count in here[type_].items()
            if len(buyers[type_, word]) >= BUYERS and (lean := _lean(count, sizes[type_], everywhere[word] - count, len(rows) - sizes[type_], everywhere[word] / len(rows))) >= APART
        ]
        leaning.sort(key=lambda pair: (-round(pair[1], 3), -len(pair[0]), pair[0]))
        out[type_] = _without_parts((w, lean) for w, lean in leaning if w not in titles and not any(h.type == type_ for h in known.scan(w)) and not _names(w))
    return out


def _lean(count: int, size: int, others: int, rest: int, share: float) -> float:
    """Log-odds of the word among the type's texts against all others, over its standard deviation, both drawn towards the word's share in all texts."""
    prior = PRIOR * share
    a, b = count + prior, others + prior
    odds = log(a / (size + PRIOR - a)) - log(b / (rest + PRIOR - b)) if a < size + PRIOR and b < rest + PRIOR else 0.0
    return odds / sqrt(1 / a + 1 / b)


def _counted(rows: Sequence[Told], scanner: WordScanner) -> dict[tuple[str, str], list[Told]]:
    """(type, word) → the cases in whose text it stands undenied."""
    hits: dict[str, set[tuple[str, str]]] = {}
    out: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for row in rows:
        if row.text not in hits:
            hits[row.text] = {(hit.type, hit.word) for hit in scanner.overlapping(row.text)}
        for key in hits[row.text]:
            out[key].append(row)
    return out


def _weighed(key: tuple[str, str], cases: Sequence[Told], lean: float, code: str) -> Suggestion | None:
    """The suggestion, or None where the word is wrong too often to be of use."""
    type_, word = key
    fits = [row for row in cases if row.chosen == type_ == row.settled]
    right = [row for row in cases if row.chosen != type_ == row.settled]
    wrong = [row for row in cases if row.chosen != type_ != row.settled]
    agreed = len(fits) + len(right)
    if len({row.buyer_id for row in (*fits, *right)}) < BUYERS or agreed < TRUST * (agreed + len(wrong)) or len(wrong) > len(right) + agreed // 50:
        return None
    return Suggestion(word, code, len(fits), len(right), len(wrong), round(lean, 2), tuple(row.id for row in (*right, *wrong, *fits)[:EXAMPLES]))


def _without_parts(leaning: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """The first `CANDIDATES` of them, none a part of another: of two such words the one that leans more."""
    out: list[tuple[str, float]] = []
    for word, lean in leaning:
        if not any(word in kept or kept in word for kept, _ in out):
            out.append((word, lean))
        if len(out) == CANDIDATES:
            break
    return out


def _words(text: str) -> set[str]:
    """The words of a text, folded, and each two that stand together: 想 + 退货 says more than either. Only words of the dictionary: guessed ones are mostly names."""
    pieces = [piece for piece in _segmenter().cut(fold(text), HMM=False) if piece.strip()]
    pairs = (a + b if not (_latin(a) and _latin(b)) else f"{a} {b}" for a, b in pairwise(pieces) if not {a, b} & (COURTESY | PARTICLES))
    return {word for word in (*pieces, *pairs) if SHORTEST <= len(word) <= LONGEST * (3 if _latin(word) else 1) and _speaks(word)}


def _speaks(word: str) -> bool:
    """Letters or characters only: no digits, no marks, nothing masked."""
    return word not in COURTESY and all(char.isalpha() or char in " '" for char in word)


def _latin(word: str) -> bool:
    return word.isascii()


def _names(word: str) -> bool:
    """Whether a part of the word may be a name, a place, a number or a time."""
    return not _latin(word) and any(part.flag.startswith(NAMES) for part in _tagger().cut(word))


def _known(sets: Sequence[KeywordSet]) -> Scanner:
    return compile(sets, None)


@cache
def _segmenter() -> jieba.Tokenizer:
    """Reads its dictionary here rather than by `initialize`, which would keep and trust a cache file in the machine's common temporary folder."""
    one = jieba.Tokenizer()
    one.FREQ, one.total = one.gen_pfdict(one.get_dict_file())
    one.initialized = True
    return one


@cache
def _tagger() -> jieba.posseg.POSTokenizer:
    return jieba.posseg.POSTokenizer(_segmenter())
