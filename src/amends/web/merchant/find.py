"""The command bar's other half: cases by number, order, waybill, phone ending or buyer, as JSON for the script and as a page without one (UI-1a)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from amends.store.screens.finding import find as find_cases
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.merchant import labels
from amends.web.merchant.query import clean
from amends.web.page import render
from amends.web.settings_pages.ground import tabs

LEAST = 2
"""Characters before pages of the settings are looked for: what is typed is a number, mostly."""


@staff("read")
@require_safe
def find(request: Any) -> HttpResponse:
    """/m/find?q=…: a page, or JSON for the command bar when that is asked for: {"items": [{"words", "icon", "href"}]}."""
    text = clean(request.GET.get("q", ""))
    found = find_cases(request.house.pool, request.person.merchant_id, text, request.now)
    cases = [
        {"href": labels.case_address(c.id), "number": c.number, "title": c.title, "state": labels.state(c.state, request.lang, c.kind), "by": how(c, request.lang), "icon": labels.KIND_ICONS[c.kind]} for c in found
    ]
    if "json" in request.headers.get("Accept", ""):
        items = [{"words": f"{c['number']} · {c['title']} · {c['state']}", "icon": c["icon"], "href": c["href"]} for c in cases]
        return JsonResponse({"items": [*_settings(request, text), *items]})
    return render(request, "merchant/find.html", {"text": text, "cases": cases})


def how(found: Any, lang: str) -> str:
    """By what a case was found."""
    return say(lang, "queue.find_by_order", order=found.order_number) if found.by == "order" else say(lang, f"queue.find_by_{found.by}")


def _settings(request: Any, text: str) -> list[dict[str, str]]:
    """Pages of the settings by their names, and the card of fast review, which stands on one of them: {"group", "words", "icon", "href"}."""
    if len(text) < LEAST:
        return []
    lang, pages = request.lang, {tab["name"]: tab["url"] for tab in tabs(request)}
    named = [(say(lang, f"settings.tab_{name}"), url) for name, url in pages.items()]
    if "shop" in pages:
        named.append((say(lang, "fast_review.title"), f"{pages['shop']}#fast-review"))
    return [{"group": "places", "words": f"{say(lang, 'settings.nav')} › {words}", "icon": "ti-settings", "href": url} for words, url in named if text.casefold() in words.casefold()]
