"""Keyword sets over HTTP: what is in force, replacing it, trying a text, words that history offers (KW-1 … KW-4)."""

from __future__ import annotations

from typing import Any

from amends.api.door import Call, Refused, Reply, refuse
from amends.api.keyword_shapes import (
    SET_FIELDS,
    TEXT_AT_MOST,
    KeywordAnswer,
    KeywordHit,
    KeywordLight,
    KeywordSets,
    KeywordSetShown,
    KeywordsTried,
    KeywordSuggestion,
    KeywordSuggestions,
)
from amends.core.alerts import alert_of
from amends.core.keyword_choice import Chosen, in_force, problems
from amends.core.keywords import TYPES, warns
from amends.core.refusal import Refusal
from amends.engine import keyword_edits, keyword_file, keyword_suggestions, keywords
from amends.engine.audit import By
from amends.engine.keywords import Book

KEYWORD_BYTES = 4 * 2**20
MOST_DAYS, DAYS = 180, 90
SETS = {"zh": "词组", "en": "Sets"}


def shown(call: Call) -> Reply:
    """GET the sets in force."""
    call.needs("read")
    call.known_queries()
    return _reply(keywords.book(call.house.pool, call.merchant()))


def replace(call: Call) -> Reply:
    """PUT others in their place; with If-Match, only if nobody changed them since."""
    call.needs("manage_keywords")
    call.known_queries()
    merchant, seen = call.merchant(), call.seen_version()
    done = keyword_edits.replace(call.house.pool, By(call.caller), merchant, _sets(call.json()), call.now, seen=seen)
    if isinstance(done, Refusal):
        raise Refused(done)
    return _reply(done)


def attempt(call: Call) -> Reply:
    """POST a text to try."""
    call.needs("manage_keywords")
    call.known_queries()
    body, merchant = call.json(), call.merchant()
    refuse([Refusal("field_unknown", {"name": name}, name) for name in body if name != "text"])
    text = body.get("text")
    if not isinstance(text, str) or "\x00" in text:
        raise Refused(Refusal("wrong_kind", {"zh": "一段话", "en": "Text"}, "text"))
    if len(text) > TEXT_AT_MOST:
        raise Refused(Refusal("too_long", {"zh": "一段话", "en": "Text", "most": TEXT_AT_MOST, "now": len(text)}, "text"))
    live = keywords.compiled(in_force(keywords.book(call.house.pool, merchant).sets))
    hits, answers = live.scanner.scan(text), []
    for chosen in (*TYPES, ""):
        found = warns(hits, chosen)
        alert: dict[str, Any] = alert_of(found, text, "description", 0, live.sets, chosen, {}) if found else {"sets": [], "zh": "", "en": ""}
        answers.append(KeywordAnswer(chosen or None, bool(found), alert["sets"], alert["zh"], alert["en"]))
    light = [KeywordLight(one.type, list(one.words), one.told(0), one.told(1)) for one in live.scanner.weighed(text)]
    return Reply(KeywordsTried([KeywordHit(h.set, h.type or None, h.word, text[h.start : h.end], h.start, h.end) for h in hits], answers, light))


def suggested(call: Call) -> Reply:
    """GET words that the merchant's own history offers for its sets."""
    call.needs("manage_keywords")
    call.known_queries("days")
    merchant, days = call.merchant(), call.query("days", _days, DAYS)
    types = {c.set.code: c.set.type for c in keywords.book(call.house.pool, merchant).sets}
    found = keyword_suggestions.suggest(call.house.pool, merchant, days, call.now)
    return Reply(KeywordSuggestions(days, [KeywordSuggestion(s.word, s.set, types[s.set], s.fits, s.right, s.wrong, s.lean, list(s.examples)) for s in found]))


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST_DAYS):
        raise ValueError(text)
    return int(text)


def _reply(book: Book) -> Reply:
    sets = [KeywordSetShown(**row) for row in keyword_file.data_of(book.sets)]
    return Reply(KeywordSets(book.version, book.starter, book.made_by or None, book.made_at, sets), version=book.version)


def _sets(body: dict[str, Any]) -> tuple[Chosen, ...]:
    """The sets as sent. Raises Refused."""
    refuse([Refusal("field_unknown", {"name": name}, name) for name in body if name != "sets"])
    rows = body.get("sets")
    if not isinstance(rows, list):
        raise Refused(Refusal("required", SETS, "sets"))
    wrong = [Refusal("field_unknown", {"name": f"sets[{n}].{name}"}, f"sets[{n}].{name}") for n, row in enumerate(rows) if isinstance(row, dict) for name in row if name not in SET_FIELDS]
    kinds: dict[str, Any] = {"type": (str, type(None)), "zh": str, "en": str, "on": bool, "builtin": bool}
    wrong += [
        Refusal("wrong_kind", SETS, f"sets[{n}].{name}") for n, row in enumerate(rows) if isinstance(row, dict) for name, kind in kinds.items() if name in row and not isinstance(row[name], kind)
    ]
    refuse(wrong)
    sets = keyword_file.sets_of(rows)
    if sets is None:
        raise Refused(Refusal("wrong_kind", SETS, "sets"))
    refuse(problems(sets))
    return sets
