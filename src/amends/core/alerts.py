"""What an alert is once it is raised: which hits are new to the case, where they stand, and how it is told (KW-2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from amends.core.keywords import Hit, KeywordSet, warns

TYPE_MATTERS = {"service_order": frozenset({"reviewing", "awaiting_buyer", "awaiting_return", "in_transit", "processing"})}
"""Where words of another type still warn: until it is decided what the buyer gets. Free sets warn in every open state."""
NAMES = {"return": ("退货", "a return"), "exchange": ("换货", "an exchange"), "repair": ("维修", "a repair"), "reissue": ("补发", "a reissue")}
WHERE = {"description": ("描述", "description"), "message": ("消息", "message")}
BY_HAND = "by_hand"
"""The set of an alert that a person or a strategy raised in its own words."""
WORDS_TOLD = 6


def new_hits(hits: Iterable[Hit], kind: str, state: str, type_: str, facts: Mapping[str, Any]) -> list[Hit]:
    """The hits that raise an alert on this case now: of sets that are neither in an open alert nor acknowledged before."""
    chosen = type_ if state in TYPE_MATTERS.get(kind, ()) else ""
    known = set(facts.get("alert_seen") or ())
    if facts.get("alert_open"):
        known |= set((facts.get("alert") or {}).get("sets", ()))
    return [h for h in warns(hits, chosen) if h.set not in known]


def alert_of(
    hits: Sequence[Hit], text: str, where: str, at: int, sets: Mapping[str, KeywordSet], chosen: str, refs: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The alert as a fact of the case. `where`: description or message, `at`: the version of the case whose event has the text.

    `refs` names the versions that found it; `before` is an alert that is still open, which this one goes on from.
    """
    marks = [{"set": h.set, "type": h.type, "word": h.word, "text": text[h.start : h.end], "start": h.start, "end": h.end, "in": where, "at": at} for h in hits]
    kept = [m for m in (before or {}).get("hits", ()) if not (where == "description" and m["in"] == "description")]
    marks = [*kept, *marks]
    names = {**(before or {}).get("names", {}), **{h.set: [sets[h.set].zh, sets[h.set].en] for h in hits}}
    out = {
        "sets": sorted({*(before or {}).get("sets", ()), *(h.set for h in hits)}), "hits": marks, "names": names, "chosen": chosen, "suggest": suggested(marks), **refs,
        "free": any(not m["type"] for m in marks),
    }
    return {**out, "zh": told(marks, names, chosen, 0), "en": told(marks, names, chosen, 1)}


def by_hand(words: str, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The alert that somebody raised in their own words."""
    old = before or {}
    return {
        "sets": sorted({*old.get("sets", ()), BY_HAND}), "hits": list(old.get("hits", ())), "names": {**old.get("names", {}), BY_HAND: ["人工告警", "raised by hand"]},
        "chosen": old.get("chosen", ""), "suggest": old.get("suggest", ""), "free": True, "zh": words, "en": words,
    }


def suggested(marks: Iterable[Mapping[str, Any]]) -> str:
    """The type the words ask for: that of most hits, the first of equals; "" where only free sets were found."""
    types = [m["type"] for m in marks if m["type"]]
    return max(dict.fromkeys(types), key=types.count, default="")


def told(marks: Sequence[Mapping[str, Any]], names: Mapping[str, Sequence[str]], chosen: str, lang: int) -> str:
    """One sentence for each place and kind of words, in Chinese (0) or English (1)."""
    out = []
    for where in WHERE:
        for types in (True, False):
            here = [m for m in marks if m["in"] == where and bool(m["type"]) == types]
            if here:
                out.append(_of_types(here, where, chosen, lang) if types else _of_free(here, names, where, lang))
    whole = ("；", "; ")[lang].join(out)
    return whole[:1].upper() + whole[1:]


def _of_types(marks: Sequence[Mapping[str, Any]], where: str, chosen: str, lang: int) -> str:
    asked = [NAMES[t][lang] for t in dict.fromkeys(m["type"] for m in marks)]
    mine = NAMES.get(chosen, (chosen, chosen))[lang]
    if lang:
        return f"the buyer chose {mine}, the {WHERE[where][1]} speaks of {' and '.join(asked)}: {_words(marks, 1)}"
    return f"客户选择{mine}，{WHERE[where][0]}里出现{'、'.join(asked)}的词 {len(marks)} 处：{_words(marks, 0)}"


def _of_free(marks: Sequence[Mapping[str, Any]], names: Mapping[str, Sequence[str]], where: str, lang: int) -> str:
    sets = [names[s][lang] for s in dict.fromkeys(m["set"] for m in marks)]
    if lang:
        return f"the {WHERE[where][1]} has words of “{'” and “'.join(sets)}”: {_words(marks, 1)}"
    return f"{WHERE[where][0]}里出现「{'」「'.join(sets)}」的词：{_words(marks, 0)}"


def _words(marks: Sequence[Mapping[str, Any]], lang: int) -> str:
    words = list(dict.fromkeys(m["text"] for m in marks))
    more = ("等", " …")[lang] if len(words) > WORDS_TOLD else ""
    return ("、", ", ")[lang].join(words[:WORDS_TOLD]) + more
