"""The talk between buyer and merchant on a case, with photos (SO-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from amends.core.commands import build
from amends.core.verbs.desk import Say
from amends.engine import reading
from amends.engine.ids import new_id
from amends.web import page
from amends.web.buyer import typed

if TYPE_CHECKING:
    from amends.web.buyer.case import Opened


def talk(request: Any, opened: Opened) -> HttpResponse:
    """The messages, and the form for one more; looking at them marks the other side's as read."""
    from amends.web.buyer import act  # the posting of all commands, which leads here for this one

    case = opened.case
    filled = typed.kept(request, opened, "say") if request.method != "POST" else {}
    said: list[str] = []
    status = 200
    if request.method == "POST":
        filled, refusals = act.body_of(request, opened, Say)
        built, wrong = build(Say, filled)
        refusals += wrong
        answer = None if refusals or built is None else act.send(request, opened, built)
        if answer is not None:
            refusals.append(answer)
        if not refusals:
            typed.forget(request, opened, "say")
            return HttpResponseRedirect(reverse("buyer-act", args=[case.number, "say"]) + "#last")
        said = [act.told(r, request, case.kind) for r in refusals if not (r.field == "photos" and request.photos_wrong)]
        status = refusals[0].status
    elif opened.unread:
        reading.read_by_buyer(request.house.pool, opened.visit.merchant_id, case.id, request.now)
    context = {
        "o": opened, "case": case, "shop": opened.visit.shop, "messages": opened.messages, "typed": filled, "said": said,
        "photos_wrong": getattr(request, "photos_wrong", []), "photo_limit": opened.visit.pack.photos.bytes_below, "command_id": new_id(),
    }
    return page.render(request, "buyer/talk.html", context, status)
