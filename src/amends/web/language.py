"""Which language a reader gets: ?lang=, then the cookie, then the person's own, then the browser's, else Chinese."""

from __future__ import annotations

import functools
from typing import Any

from django.http import HttpResponse

LANGUAGES = ("zh", "en")
TAGS = {"zh": "zh-CN", "en": "en"}
COOKIE = "amends_lang"
YEAR = 31_536_000


def of(request: Any) -> str:
    """`zh` or `en` for this request."""
    person = request.person.language if request.person else None
    for wish in (request.GET.get("lang"), request.COOKIES.get(COOKIE), person):
        if wish and wish[:2] in LANGUAGES:
            return str(wish[:2])
    return accepted(request.headers.get("Accept-Language", ""))


@functools.lru_cache(maxsize=256)
def accepted(header: str) -> str:
    """The first of our languages in an Accept-Language header by weight; Chinese when none is there."""
    wishes = []
    for place, part in enumerate(header.split(",")):
        tag, _, q = part.strip().partition(";q=")
        try:
            wishes.append((-float(q or 1), place, tag[:2].lower()))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(wishes) if tag in LANGUAGES), "zh")


def remember(response: HttpResponse, lang: str, *, secure: bool) -> None:
    """Keep the choice in a cookie for a year."""
    response.set_cookie(COOKIE, lang, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
