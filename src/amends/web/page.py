"""Pages out of templates: what every template can say, and the pages for what cannot be done."""

from __future__ import annotations

import functools
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from markupsafe import Markup

from amends.core.masking import mask_address, mask_name, mask_phone
from amends.core.refusal import Refusal
from amends.engine.evidence_files import ACCEPTS
from amends.web import assets, catalogue, language, navigation, pauses, rights, show, wording
from amends.web.courier import courier

TEMPLATES = Path(__file__).parent / "templates"
THEME_COOKIE = "amends_theme"
THEMES = ("auto", "light", "dark")


@functools.cache
def environment() -> jinja2.Environment:
    """The templates: escaping on, unknown names are errors."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.globals.update(
        static=assets.address, url=lambda name, *args, **kwargs: reverse(name, args=args, kwargs=kwargs),
        money=show.money, number=show.number, tint=show.tint, initials=show.initials, device=show.device, mask_name=mask_name, mask_phone=mask_phone, mask_address=mask_address, courier=courier, evidence_accepts=ACCEPTS, ticket_title=wording.ticket_title,
    )
    return made


def render(request: Any, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A page. Besides `context` every template has what `standing` gives."""
    return HttpResponse(text(request, template, context), status=status)


def render_unless_same(request: Any, template: str, context: dict[str, Any], seal: str) -> HttpResponse:
    """A fragment that is asked for again and again: 304 when the asker has this `seal` already."""
    tag = f'"{seal}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    answer = render(request, template, context)
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


def text(request: Any, template: str, context: dict[str, Any] | None = None) -> str:
    """The same as text, for a fragment inside another answer."""
    return environment().get_template(template).render({**standing(request), **(context or {})})


def standing(request: Any) -> dict[str, Any]:
    """What ui.md's words, times and money need, and who is looking; the list is in the function."""
    lang, now, zone = request.lang, request.now, request.zone

    def csrf() -> Markup:
        return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))

    return {
        "request": request, "lang": lang, "tag": language.TAGS[lang], "person": request.person, "buyer": request.buyer, "now": now, "csrf": csrf,
        "t": functools.partial(catalogue.say, lang),
        "may": functools.partial(rights.may, request.person),
        "moment": lambda instant: show.moment(instant, now, zone, lang),
        "full": lambda instant: show.full(instant, zone, lang),
        "day": lambda on: show.day(on.astimezone(zone).date() if isinstance(on, datetime) else on, now.astimezone(zone).date(), lang),
        "span": lambda length: show.span(length, lang),
        "countdown": lambda due, clock=None, region="", **options: show.countdown(due, now, zone, lang, stop=pauses.stop_of(request, clock, region, due), **options),
        "standing_still": functools.partial(pauses.mark, request), "clock_word": lambda name: wording.clock(name, lang),
        "say": lambda refusal: refusal.say(lang),
        "search_url": search_url(request),
        "theme": theme(request), "path": request.get_full_path(), "house_demo": request.house.demo,
        "navigation": functools.partial(navigation.sections, request),
        "js_words": functools.partial(js_words, lang),
    }


def search_url(request: Any) -> str:
    """Where the command bar asks for cases: the address named `merchant-search` or `platform-search`, when there is one."""
    try:
        return reverse("merchant-search" if request.person and request.person.merchant_id else "platform-search") if request.person else ""
    except NoReverseMatch:
        return ""


def theme(request: Any) -> str:
    """auto, light or dark."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


@functools.cache
def js_words(lang: str) -> str:
    """The words that scripts need (catalogue js.toml), as JSON for an attribute."""
    at = 0 if lang == "zh" else 1
    return json.dumps({k.removeprefix("js."): pair[at] for k, pair in catalogue.words().items() if k.startswith("js.")}, ensure_ascii=False)


def trouble(request: Any, status: int, key: str | None = None, **facts: Any) -> HttpResponse:
    """A page for what could not be done: the status's own words, or the sentence of `key`."""
    context = {"status": status, "sentence": catalogue.say(request.lang, key or f"trouble.s{status}", **facts), "came": _came(request)}
    return render(request, "door/trouble.html", context, status)


def _came(request: Any) -> str:
    """The page of this site that the request was sent from, to go back to after signing in; empty for none."""
    there = urlsplit(request.headers.get("Referer", ""))
    return there.path if there.netloc == request.get_host() and there.path.startswith("/") else ""


def refused(request: Any, refusal: Refusal) -> HttpResponse:
    """A page that says why a command was refused; prefer showing it beside the form when there is one."""
    return render(request, "door/trouble.html", {"status": refusal.status, "sentence": refusal.say(request.lang)}, refusal.status)


def today(request: Any) -> date:
    """The reader's calendar day."""
    there: datetime = request.now.astimezone(request.zone)
    return there.date()
