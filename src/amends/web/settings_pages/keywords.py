"""Keyword alerts as a merchant sets them: sets with their words, trying a text, words from its own history, versions, files (KW-1 … KW-4)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe
from markupsafe import Markup

from amends.core.alerts import alert_of
from amends.core.keyword_choice import NAME_AT_MOST, WORD_AT_MOST, Wrong, in_force, split
from amends.core.keywords import TYPES, starter, warns
from amends.core.refusal import Refusal
from amends.engine import keyword_edits, keyword_file, keyword_suggestions, keywords
from amends.engine.keywords import Book
from amends.web.case.alert import marked
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import back, show

SHOWN_AT_FIRST, VERSIONS, TRY_AT_MOST = 36, 12, 500
DAYS = (30, 90, 180)


@dataclass(slots=True)
class Tried:
    """A text that was tried: marked, for each type chosen (and a cancellation) the alert it would raise, "" for none, and why words that were found do not count."""

    text: str
    marked: Markup
    answers: list[tuple[str, str]] = field(default_factory=list)
    light: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Left:
    """What could not be taken of an act: in which set, the words with their reasons, and what was typed."""

    code: str = ""
    wrong: list[Wrong] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)


@staff("manage_keywords")
@require_safe
def page(request: Any) -> HttpResponse:
    """All sets, as they stand."""
    return _page(request)


@staff("manage_keywords")
@require_POST
def attempt(request: Any) -> HttpResponse:
    """Try a text: nothing is kept."""
    text, book = request.POST.get("text", "")[:TRY_AT_MOST], keywords.book(request.house.pool, request.person.merchant_id, VERSIONS)
    live = keywords.compiled(in_force(book.sets), book.version)
    hits = live.scanner.scan(text)
    tried = Tried(text, marked(text, [{"start": h.start, "end": h.end, "text": text[h.start : h.end]} for h in hits]), light=[one.told(int(request.lang == "en")) for one in live.scanner.weighed(text)])
    for chosen in (*TYPES, ""):
        found = warns(hits, chosen)
        alert = alert_of(found, text, "description", 0, live.sets, chosen, {}) if found else {}
        tried.answers.append((chosen, str(alert.get(request.lang, ""))))
    return _page(request, tried=tried, book=book)


@staff("manage_keywords")
@require_POST
def words(request: Any) -> HttpResponse:
    """Add words to a set; what was not taken is told word by word, and stays in the box."""
    code, typed = request.POST.get("set", ""), request.POST.get("words", "")
    answer = _after(request, keyword_edits.add_words(request.house.pool, by(request), request.person.merchant_id, code, split(typed), request.now), Left(code, [], {"words": typed}))
    # A word taken from history: back to the list it was taken from, where the next one stands.
    if isinstance(answer, HttpResponseRedirect) and (days := request.POST.get("days", "")) in map(str, DAYS):
        return HttpResponseRedirect(f"{answer.url}&days={days}#history")
    return answer


@staff("manage_keywords")
@require_POST
def word(request: Any) -> HttpResponse:
    """Take a word out."""
    code = request.POST.get("set", "")
    return _after(request, keyword_edits.take_out(request.house.pool, by(request), request.person.merchant_id, code, request.POST.get("word", ""), request.now), Left(code))


@staff("manage_keywords")
@require_POST
def switch(request: Any) -> HttpResponse:
    """A set on or off."""
    code, on = request.POST.get("set", ""), request.POST.get("on") == "1"
    return _after(request, keyword_edits.switch(request.house.pool, by(request), request.person.merchant_id, code, on, request.now), Left(code))


@staff("manage_keywords")
@require_POST
def make(request: Any) -> HttpResponse:
    """A set of the merchant's own."""
    typed = {name: request.POST.get(name, "") for name in ("zh", "en", "type", "first")}
    made = keyword_edits.make_set(request.house.pool, by(request), request.person.merchant_id, typed["zh"], typed["en"], typed["type"], split(typed["first"]), request.now)
    # Once it is there, what was not taken stands in its own card.
    return _after(request, made, Left("new", [], typed) if isinstance(made, Refusal) else Left(made[0].sets[-1].set.code))


@staff("manage_keywords")
@require_POST
def remove(request: Any) -> HttpResponse:
    """Remove a set of the merchant's own."""
    code = request.POST.get("set", "")
    return _after(request, keyword_edits.remove_set(request.house.pool, by(request), request.person.merchant_id, code, request.now), Left(code))


@staff("manage_keywords")
@require_POST
def again(request: Any) -> HttpResponse:
    """An older version once more, as a new one."""
    version = request.POST.get("version", "")
    return _after(request, keywords.back_to(request.house.pool, by(request), request.person.merchant_id, int(version) if version.isdecimal() else -1, request.now), Left())


@staff("manage_keywords")
@require_POST
def take(request: Any) -> HttpResponse:
    """A file of words, or a whole export."""
    file = request.FILES.get("file")
    if file is None:
        return _page(request, Refusal("required", {"zh": "文件", "en": "File"}, "file"))
    if file.size > keyword_file.MOST_BYTES:
        return _page(request, Refusal("file_too_large", {"name": file.name, "most": keyword_file.MOST_BYTES // 2**20}, "file"))
    found = keyword_file.read(file.name, file.read())
    if isinstance(found, Refusal):
        return _page(request, found)
    return _after(request, keyword_edits.take_file(request.house.pool, by(request), request.person.merchant_id, found, request.now), Left("file"))


@staff("manage_keywords")
@require_safe
def export(request: Any, form: str) -> HttpResponse:
    """Everything as a table or as data."""
    if form not in ("csv", "json"):
        raise Http404
    book = keywords.book(request.house.pool, request.person.merchant_id)
    name = f"keywords-v{book.version}.{form}"
    if form == "csv":
        answer = HttpResponse(keyword_file.csv_of(book.sets), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(json.dumps({"version": book.version, "sets": keyword_file.data_of(book.sets)}, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _after(request: Any, done: Any, left: Left) -> HttpResponse:
    """Back to the page; with the reasons where something was not taken."""
    if isinstance(done, Refusal):
        return _page(request, done, left)
    if isinstance(done, tuple) and done[1]:
        left.wrong = done[1]
        left.typed["words"] = "\n".join(w.word for w in left.wrong)
        return _page(request, None, left)
    return back(request, "keywords", "saved")


def _page(request: Any, refusal: Refusal | None = None, left: Left | None = None, tried: Tried | None = None, book: Book | None = None) -> HttpResponse:
    merchant = request.person.merchant_id
    book = book or keywords.book(request.house.pool, merchant, VERSIONS)
    given = request.GET.get("days", "")
    days = int(given) if given in map(str, DAYS) else 0
    theirs = {s.code: frozenset(s.words) for s in starter().sets}
    context = {
        "book": book, "left": left or Left(), "tried": tried, "types": TYPES, "first": SHOWN_AT_FIRST, "theirs": theirs, "word_most": WORD_AT_MOST, "name_most": NAME_AT_MOST,
        "suggestions": keyword_suggestions.suggest(request.house.pool, merchant, days, request.now) if days else [], "set_of": {c.set.code: c.set for c in book.sets},
        "try_most": TRY_AT_MOST, "days": days, "choices": DAYS, "total": sum(len(c.set.words) for c in book.sets if c.on),
    }
    answer = show(request, "settings/keywords.html", context, refusal)
    if left and left.wrong:
        answer.status_code = 422
    return answer
