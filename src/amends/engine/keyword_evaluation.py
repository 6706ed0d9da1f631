"""How well keyword sets warn: precision and recall on labelled texts (KW-5).

A label says what the writer wants now (`wants`: return, exchange, repair, reissue, or refund, which counts as return: money back) and what else should
raise an alarm (`raises`: codes of free sets). Two things are counted. *A set*: was something of it found, and should it have been. *The alert*: each text
is taken once with each of the four types chosen; it should warn if the writer wants a type other than the chosen one (KW-2).
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amends.core.keywords import TYPES, KeywordSet, Scanner, mismatch
from amends.engine import keyword_texts

ALERT = "alert"
ALL_TYPES = "types"
ALL_FREE = "free"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with its labels. `name`: its id, or its line in a file of one's own; `split` "" where the file tells none."""

    name: str
    text: str
    wants: frozenset[str]
    raises: frozenset[str]
    split: str = ""


@dataclass(slots=True)
class Tally:
    """How often it was found rightly, found wrongly, and missed. Ratios are 1 where there was nothing to be wrong about."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def count(self, found: bool, expected: bool) -> None:
        """One more text."""
        self.right += found and expected
        self.wrong += found and not expected
        self.missed += expected and not found


@dataclass(frozen=True, slots=True)
class Mistake:
    """A set that was found wrongly (`words`: what was found) or missed (no words) in a text."""

    name: str
    code: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Measured:
    """What came out: a tally for each set by code, the totals over types and free sets, and the alert's own."""

    texts: int
    tallies: dict[str, Tally] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def alert(self) -> Tally:
        return self.tallies[ALERT]


def measure(labelled: Sequence[Labelled], sets: Sequence[KeywordSet], scanner: Scanner) -> Measured:
    """Scan every text once and count. Sets of one type count together under the type's name; labels of free sets that `sets` lacks are left out."""
    free = [one.code for one in sets if one.kind == "free"]
    out = Measured(len(labelled), {name: Tally() for name in (*TYPES, ALL_TYPES, *free, ALL_FREE, ALERT)})
    for one in labelled:
        hits = scanner.scan(one.text)
        for code in (*TYPES, *free):
            words = tuple(dict.fromkeys(hit.word for hit in hits if (hit.type or hit.set) == code))
            expected = code in one.wants or code in one.raises
            for name in (code, ALL_TYPES if code in TYPES else ALL_FREE):
                out.tallies[name].count(bool(words), expected)
            if bool(words) != expected:
                out.mistakes.append(Mistake(one.name, code, words))
        for chosen in TYPES:
            out.alert.count(bool(mismatch(hits, chosen)), bool(one.wants - {chosen}))
    return out


def kappa(pairs: Sequence[tuple[object, object]]) -> float:
    """Cohen's kappa of two readers' labels, one pair a text: how far they agree beyond what chance alone would give. 1 where both only ever say the same one thing."""
    alike = sum(one == other for one, other in pairs) / len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(count * others[label] for label, count in ones.items()) / len(pairs) ** 2
    return (alike - chance) / (1 - chance) if chance < 1 else 1.0


def read(file: Path, data: Path | None, split: str = "") -> list[Labelled]:
    """Labelled texts of a CSV or JSON-lines file with `wants`, `raises` and either `text` or `id`; ids are looked up under `data`.

    `split` keeps one part. Raises ValueError, saying what is wrong, where a text or a label is not to be had.
    """
    rows = [row for row in _rows(file) if not split or row.get("split") == split]
    ids = [str(row["id"]) for row in rows if not row.get("text") and row.get("id")]
    texts: dict[str, str] = {}
    if ids:
        if data is None or not (data / keyword_texts.REVIEWS).exists():
            raise ValueError(f"{file}: {len(ids)} texts are given by id only; name the folder that holds them with --data")
        texts = keyword_texts.found(data, ids)
    out = [_labelled(row, n, texts) for n, row in enumerate(rows, start=1)]
    if not out:
        raise ValueError(f"{file}: no labelled text" + (f" of the part {split!r}" if split else ""))
    return out


def _rows(file: Path) -> Iterable[dict[str, object]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        if file.suffix == ".csv":
            return [dict(row) for row in csv.DictReader(lines)]
        return [json.loads(line) for line in lines if line.strip()]


def _labelled(row: dict[str, object], number: int, texts: dict[str, str]) -> Labelled:
    name = str(row.get("id") or number)
    text = str(row.get("text") or texts.get(name) or "")
    wants = {"return" if label == "refund" else label for label in _labels(row.get("wants"))}
    if not text:
        raise ValueError(f"{name}: no text, and the data folder has none under this id")
    if unknown := wants - set(TYPES):
        raise ValueError(f"{name}: {', '.join(sorted(unknown))} is no type; known are {', '.join(TYPES)} and refund")
    return Labelled(name, text, frozenset(wants), frozenset(_labels(row.get("raises"))), str(row.get("split") or ""))


def _labels(given: object) -> list[str]:
    return [str(one) for one in given] if isinstance(given, list) else str(given or "").split()
