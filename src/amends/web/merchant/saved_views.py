"""/m/q/<queue>/views: keep, rename, move and remove saved views (UI-1). One's own always; shared ones with the right to manage staff."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from amends.core.refusal import Refusal
from amends.engine import views
from amends.store.screens.queue_filter import QUEUES
from amends.web.gate import staff
from amends.web.merchant import queue_page
from amends.web.merchant.query import clean
from amends.web.page import refused


@staff("read")
@require_POST
def change(request: Any, name: str) -> HttpResponse:
    """One change, then back to the list it is about."""
    if name not in QUEUES:
        raise Http404
    pool, person, said = request.house.pool, request.person, clean(request.POST.get("name", ""))
    view_id, do = request.POST.get("view", ""), request.POST.get("do", "")
    asked = queue_page.asked_of(request, name, QueryDict(request.POST.get("query", "")))
    if do == "add":
        made = views.add(pool, person, name, said, dict(asked.query), request.POST.get("shared") == "1")
        return refused(request, made) if isinstance(made, Refusal) else HttpResponseRedirect(asked.link(view=made.id))
    mine = [v.id for v in views.of(pool, person, name) if v.mine]
    if view_id not in mine:
        raise Http404
    if do == "rename":
        wrong = views.rename(pool, person, view_id, said)
        return refused(request, wrong) if wrong else HttpResponseRedirect(f"/m/q/{name}")
    if do == "remove":
        views.remove(pool, person, view_id)
    elif do == "earlier":
        at = mine.index(view_id)
        if at:
            mine[at - 1], mine[at] = mine[at], mine[at - 1]
        views.order(pool, person, mine)
    return HttpResponseRedirect(f"/m/q/{name}")
