"""What a person does to the keyword sets, one act each: add words, take one out, switch a set, make or remove one, take a file in (KW-1)."""

from __future__ import annotations

from datetime import datetime

from amends.core import keyword_choice as choice
from amends.core.keyword_choice import Chosen, Wrong
from amends.core.refusal import Refusal
from amends.engine import keywords
from amends.engine.audit import By
from amends.engine.keyword_file import Rows, Whole
from amends.engine.keyword_scan import fold
from amends.engine.keywords import Book
from amends.store.connect import Pool

Sets = tuple[Chosen, ...]


def add_words(pool: Pool, by: By, merchant: str, code: str, words: list[str], now: datetime) -> tuple[Book, list[Wrong]] | Refusal:
    """Add words to a set; what cannot be added is told word by word and does not hold up the others."""
    if not words:
        return Refusal("keywords_none", field="words")
    wrong: list[Wrong] = []

    def edit(sets: Sets) -> Sets | Refusal:
        if missing := _missing(sets, code):
            return missing
        made, refused = choice.with_words(sets, code, words, fold)
        wrong.extend(refused)
        return made

    kept = keywords.change(pool, by, merchant, edit, now)
    return kept if isinstance(kept, Refusal) else (kept, wrong)


def take_out(pool: Pool, by: By, merchant: str, code: str, word: str, now: datetime) -> Book | Refusal:
    """Take a word out of a set."""
    return keywords.change(pool, by, merchant, lambda sets: _missing(sets, code) or choice.without_word(sets, code, word), now)


def switch(pool: Pool, by: By, merchant: str, code: str, on: bool, now: datetime) -> Book | Refusal:
    """Switch a set on or off."""
    return keywords.change(pool, by, merchant, lambda sets: _missing(sets, code) or choice.switched(sets, code, on), now)


def make_set(pool: Pool, by: By, merchant: str, zh: str, en: str, type_: str, words: list[str], now: datetime) -> tuple[Book, list[Wrong]] | Refusal:
    """Make a set of the merchant's own, with its first words; `type_` "" is a free set."""
    wrong: list[Wrong] = []

    def edit(sets: Sets) -> Sets | Refusal:
        made, own = choice.with_set(sets, zh, en, type_)
        grown, refused = choice.with_words(made, own.set.code, words, fold)
        wrong.extend(refused)
        return grown

    kept = keywords.change(pool, by, merchant, edit, now)
    return kept if isinstance(kept, Refusal) else (kept, wrong)


def remove_set(pool: Pool, by: By, merchant: str, code: str, now: datetime) -> Book | Refusal:
    """Remove a set of the merchant's own; one that comes with the product is switched off instead."""

    def edit(sets: Sets) -> Sets | Refusal:
        if missing := _missing(sets, code):
            return missing
        one = next(c for c in sets if c.set.code == code)
        return Refusal("keyword_set_builtin", {"zh": one.set.zh, "en": one.set.en}) if one.builtin else choice.without_set(sets, code)

    return keywords.change(pool, by, merchant, edit, now)


def replace(pool: Pool, by: By, merchant: str, sets: Sets, now: datetime, *, seen: int | None = None, note: str = "") -> Book | Refusal:
    """Put these sets in place of all there are. A set that comes with the product and is left out is switched off, its words kept."""

    def edit(there: Sets) -> Sets:
        named = {c.set.code for c in sets}
        return (*(next(c for c in sets if c.set.code == t.set.code) if t.set.code in named else choice.switched((t,), t.set.code, False)[0] for t in there if t.builtin),
                *(c for c in sets if not any(t.builtin and t.set.code == c.set.code for t in there)))

    return keywords.change(pool, by, merchant, edit, now, seen=seen, note=note)


def take_file(pool: Pool, by: By, merchant: str, found: Rows | Whole, now: datetime) -> tuple[Book, list[Wrong]] | Refusal:
    """Take a file in: a table adds words to the sets it names, a whole export replaces everything."""
    if isinstance(found, Whole):
        kept = replace(pool, by, merchant, found.sets, now, note="import")
        return kept if isinstance(kept, Refusal) else (kept, [])
    wrong: list[Wrong] = []

    def edit(sets: Sets) -> Sets:
        named = {name: c.set.code for c in sets for name in (c.set.code, c.set.zh, c.set.en.lower())}
        by_set: dict[str, list[str]] = {}
        for line, name, word in found.rows:
            if code := named.get(name) or named.get(name.lower()):
                by_set.setdefault(code, []).append(word)
            else:
                wrong.append(Wrong(f"{line}: {name}", Refusal("keyword_set_unknown")))
        for code, words in by_set.items():
            sets, refused = choice.with_words(sets, code, words, fold)
            wrong.extend(w for w in refused if w.refusal.code != "keyword_there")
        return sets

    kept = keywords.change(pool, by, merchant, edit, now, note="import")
    return kept if isinstance(kept, Refusal) else (kept, wrong)


def _missing(sets: Sets, code: str) -> Refusal | None:
    return None if any(c.set.code == code for c in sets) else Refusal("keyword_set_unknown")
