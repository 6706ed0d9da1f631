"""Answering with a template, and facts attached as pictures (DI-12): the menu, one chosen into the form, a picture drawn and kept like any other."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from amends.core.commands import inputs
from amends.core.refusal import Refusal
from amends.core.verbs.desk import Say
from amends.engine import fact_pictures, replies
from amends.engine.photos import take_photo
from amends.web import page
from amends.web.case.acting import opened
from amends.web.case.do import command_of
from amends.web.case.page import Doing, Read, read_or_404, show_case
from amends.web.catalogue import say
from amends.web.gate import staff

DRAWN = {"trace": (fact_pictures.trace, Refusal("no_trace_to_draw")), "refund": (fact_pictures.refund, Refusal("no_refund_to_draw"))}
"""What can be attached: how it is drawn, and what is said where the case has nothing to draw."""


@staff("read")
@require_safe
def menu(request: Any, case_id: Any) -> HttpResponse:
    """The templates for this case, those of its scenario first; a fragment for the page, a page of its own without scripts."""
    given = read_or_404(request, case_id)
    found = _filled(request, given)
    groups = [(say(request.lang, f"replies.scenario_{code}"), list(rows)) for code, rows in groupby(found, key=lambda f: f.scenario)]
    template = "case/reply_menu.html" if request.headers.get("HX-Request") else "case/reply_page.html"
    return page.render(request, template, {"groups": groups, "case": given.seen.case})


@staff("read")
@require_safe
def use(request: Any, case_id: Any, template_id: str) -> HttpResponse:
    """The page with the message's form open and the template in it, to be changed and sent."""
    given = read_or_404(request, case_id)
    chosen = next((f for f in _filled(request, given) if f.id == template_id), None)
    if chosen is None:
        raise Http404
    if not chosen.text:
        between = say(request.lang, "case.and")
        refusal = Refusal("template_lacks", {"name": chosen.name, "lacks": between.join(chosen.lacks)}, "words")
        return show_case(request, given, doing=Doing(Say, wrong=[refusal]), status=409)
    return show_case(request, given, doing=Doing(Say, {"words": chosen.text}))


@staff("read")
@require_POST
def attach(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """Draw what `attach` names and show the form of this command with the picture among its photos and everything typed still there."""
    command, given = command_of(verb), read_or_404(request, case_id)
    if request.POST.get("attach") not in DRAWN or all(i.metadata["kind"] != "photos" for i in inputs(command)):
        raise Http404
    doing = opened(request, command)
    draw, nothing = DRAWN[request.POST["attach"]]
    picture = draw(given.seen, request.person.merchant_name or "", request.lang, request.zone)
    kept = _keep(request, doing, picture) if picture else nothing
    if isinstance(kept, Refusal):
        doing.wrong = [kept]
        return show_case(request, given, doing=doing, status=kept.status)
    if kept not in doing.photos:
        doing.photos.append(kept)
    return show_case(request, given, doing=doing)


def _keep(request: Any, doing: Doing, picture: bytes) -> str | Refusal:
    return take_photo(request.house.pool, request.person.merchant_id, picture, request.person.id, request.now, once=doing.command_id)


def _filled(request: Any, given: Read) -> list[replies.Filled]:
    return replies.for_case(request.house.pool, request.person.merchant_id, given.seen, request.person.merchant_name or "", request.lang, request.zone)
