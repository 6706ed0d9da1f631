"""What a merchant made of the keyword sets: which are on, words added and taken out, sets of its own (KW-1). A version of it never changes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from amends.core.keywords import KINDS, TYPES, KeywordSet, Starter
from amends.core.refusal import Refusal

WORD_AT_MOST, NAME_AT_MOST, WORDS_AT_MOST, SETS_AT_MOST = 40, 20, 10_000, 60
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
OWN = "own_"
"""How the code of a merchant's own set begins."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set as the merchant has it. `builtin`: it came with the product; of those `added` and `removed` say how it was changed."""

    set: KeywordSet
    on: bool = True
    builtin: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """A word that was not taken, and why."""

    word: str
    refusal: Refusal


def chosen_of(starter: Starter, document: Mapping[str, Any]) -> tuple[Chosen, ...]:
    """Every set in order, those that come with the product first. An empty document: all of those on, as they come."""
    off, changes = frozenset(document.get("off", ())), document.get("changes", {})
    out = []
    for one in starter.sets:
        change = changes.get(one.code, {})
        added, removed = tuple(change.get("added", ())), tuple(change.get("removed", ()))
        words = (*(w for w in one.words if w not in removed), *(w for w in added if w not in one.words))
        out.append(Chosen(replace(one, words=words), one.code not in off, True, added, removed))
    for own in document.get("own", ()):
        made = KeywordSet(own["code"], own["kind"], own.get("type") or "", own["zh"], own["en"], tuple(own["words"]))
        out.append(Chosen(made, made.code not in off))
    return tuple(out)


def document_of(starter: Starter, chosen: Iterable[Chosen]) -> dict[str, Any]:
    """The same as data: only what differs from the sets that come with the product, so that their later words reach everybody."""
    theirs = {s.code: s for s in starter.sets}
    off, changes, own = [], {}, []
    for c in chosen:
        if not c.on:
            off.append(c.set.code)
        if c.set.code not in theirs:
            own.append({"code": c.set.code, "kind": c.set.kind, "type": c.set.type, "zh": c.set.zh, "en": c.set.en, "words": list(c.set.words)})
            continue
        words = theirs[c.set.code].words
        change = {"added": [w for w in c.set.words if w not in words], "removed": [w for w in words if w not in c.set.words]}
        if change["added"] or change["removed"]:
            changes[c.set.code] = change
    return {"off": sorted(off), "changes": changes, "own": own}


def in_force(chosen: Iterable[Chosen]) -> tuple[KeywordSet, ...]:
    """The sets that warn: switched on, with a word in them."""
    return tuple(c.set for c in chosen if c.on and c.set.words)


def split(text: str) -> list[str]:
    """Words as they were pasted: one a line, or with commas, semicolons or tabs between them (Chinese ones too)."""
    for mark in ",，;；、\t\r":
        text = text.replace(mark, "\n")
    return list(dict.fromkeys(w.strip() for w in text.split("\n") if w.strip()))


def with_words(chosen: Iterable[Chosen], code: str, words: Iterable[str], fold: Any) -> tuple[tuple[Chosen, ...], list[Wrong]]:
    """The sets with words added to one of them, and each word that was not taken with its reason. `fold` is how words are compared (KW-3)."""
    out: list[Chosen] = []
    wrong: list[Wrong] = []
    for c in chosen:
        if c.set.code == code:
            c, wrong = _grown(c, words, fold)
        out.append(c)
    return tuple(out), wrong


def _grown(c: Chosen, words: Iterable[str], fold: Any) -> tuple[Chosen, list[Wrong]]:
    known, taken, wrong = {fold(w) for w in c.set.words}, list(c.set.words), []
    for word in words:
        if refusal := word_wrong(word):
            wrong.append(Wrong(word, refusal))
        elif fold(word) in known:
            wrong.append(Wrong(word, Refusal("keyword_there", {"word": word, "zh": c.set.zh, "en": c.set.en})))
        else:
            known.add(fold(word))
            taken.append(word)
    return replace(c, set=replace(c.set, words=tuple(taken))), wrong


def without_word(chosen: Iterable[Chosen], code: str, word: str) -> tuple[Chosen, ...]:
    """The sets with one word taken out of one of them."""
    return tuple(replace(c, set=replace(c.set, words=tuple(w for w in c.set.words if w != word))) if c.set.code == code else c for c in chosen)


def switched(chosen: Iterable[Chosen], code: str, on: bool) -> tuple[Chosen, ...]:
    """The sets with one of them switched."""
    return tuple(replace(c, on=on) if c.set.code == code else c for c in chosen)


def without_set(chosen: Iterable[Chosen], code: str) -> tuple[Chosen, ...]:
    """The sets without one of the merchant's own; those that come with the product stay and can be switched off."""
    return tuple(c for c in chosen if c.builtin or c.set.code != code)


def with_set(chosen: Iterable[Chosen], name_zh: str, name_en: str, type_: str) -> tuple[tuple[Chosen, ...], Chosen]:
    """The sets with a new, empty one of the merchant's own; `type_` "" makes it a free set."""
    chosen = tuple(chosen)
    taken = {c.set.code for c in chosen}
    code = next(f"{OWN}{n}" for n in range(1, len(taken) + 2) if f"{OWN}{n}" not in taken)
    made = Chosen(KeywordSet(code, "type" if type_ else "free", type_, name_zh.strip(), name_en.strip() or name_zh.strip(), ()))
    return (*chosen, made), made


def word_wrong(word: str) -> Refusal | None:
    """What is wrong with one word."""
    if not word.strip() or not word.isprintable():
        return Refusal("keyword_unreadable", {"word": word}, "words")
    if len(word) > WORD_AT_MOST:
        return Refusal("keyword_too_long", {"word": word[:WORD_AT_MOST], "most": WORD_AT_MOST, "now": len(word)}, "words")
    return Refusal("keyword_too_short", {"word": word}, "words") if len(word) < 2 and word.isascii() else None


def problems(chosen: Iterable[Chosen]) -> list[Refusal]:
    """What stands against keeping these sets."""
    chosen, out = tuple(chosen), []
    if len(chosen) > SETS_AT_MOST:
        out.append(Refusal("keyword_sets_many", {"most": SETS_AT_MOST}, "sets"))
    if (total := sum(len(c.set.words) for c in chosen)) > WORDS_AT_MOST:
        out.append(Refusal("keywords_many", {"most": WORDS_AT_MOST, "now": total}, "words"))
    for n, c in enumerate(chosen):
        if not _CODE.fullmatch(c.set.code):
            out.append(Refusal("keyword_set_code", {"code": c.set.code[:NAME_AT_MOST]}, f"sets[{n}].code"))
        if c.set.kind not in KINDS or (c.set.kind == "type") != (c.set.type in TYPES):
            out.append(Refusal("keyword_kind_wrong", {"choices": [*TYPES, "free"]}, f"sets[{n}].type"))
        if not c.set.zh or len(c.set.zh) > NAME_AT_MOST or len(c.set.en) > 2 * NAME_AT_MOST or not (c.set.zh + c.set.en).isprintable():
            out.append(Refusal("keyword_set_name", {"most": NAME_AT_MOST}, f"sets[{n}].zh"))
        out += [Refusal(r.code, r.facts, f"sets[{n}].words[{i}]") for i, w in enumerate(c.set.words) if (r := word_wrong(w))]
    if len({c.set.code for c in chosen}) != len(chosen):
        out.append(Refusal("keyword_set_twice", field="sets"))
    return out
