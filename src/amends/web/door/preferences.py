"""Language and theme, kept in cookies; the language of somebody signed in also with the account."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from amends.engine import people
from amends.web import language, page
from amends.web.door.account import by
from amends.web.gate import anyone
from amends.web.way_back import way_back


@anyone
@require_POST
def preferences(request: Any) -> HttpResponse:
    """Keep what was chosen and go back to where it was chosen."""
    response = HttpResponseRedirect(way_back(request, drop="lang"))
    if (lang := request.POST.get("language")) in language.LANGUAGES:
        language.remember(response, lang, secure=request.is_secure())
        if request.person:
            people.choose_language(request.house.pool, by(request), language.TAGS[lang], request.real_now)
    if (theme := request.POST.get("theme")) in page.THEMES:
        response.set_cookie(page.THEME_COOKIE, theme, max_age=language.YEAR, samesite="Lax", secure=request.is_secure())
    return response
