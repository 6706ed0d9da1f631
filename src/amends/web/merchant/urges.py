"""Buyers' urges (催单): the longest waiting first, answered one by one or many at once (OR-9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import urges
from amends.engine.order_times import times_of
from amends.store.connect import scope
from amends.store.screens import order_work
from amends.web import page
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import order_page
from amends.web.merchant.orders import state_name

PAGE = 50


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """/m/urges"""
    return _page(request)


@staff("manage_orders")
@require_POST
def answer(request: Any) -> HttpResponse:
    """The same words to the chosen ones, or one's own to one (`only`)."""
    only = request.POST.get("only", "")
    chosen, words = ([only], request.POST.get(f"words-{only}", "")) if only else (request.POST.getlist("urge"), request.POST.get("words", ""))
    said = urges.answer(request.house.pool, by(request), request.person.merchant_id, chosen, words, request.now)
    refusal = said if isinstance(said, Refusal) else next((w.refusal for w in said if w.refusal), None)
    return _page(request, refusal, only) if refusal else HttpResponseRedirect(f"{reverse('urges')}?done={len(chosen)}")


def _page(request: Any, refusal: Refusal | None = None, only: str = "") -> HttpResponse:
    answered, merchant = request.GET.get("answered") == "1", request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        pack, still = order_work.pack_of(conn, merchant, request.now)
        times = times_of(pack, request.now, still=still)
        rows = order_work.urges(conn, merchant, times, answered=answered, after=_cursor(request.GET.get("after", "")), limit=PAGE + 1)
        waiting = order_work.counts(conn, merchant, times, ("urged",))["urged"]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": rows[:PAGE], "answered": answered, "waiting": waiting, "after": f"{((last.answered_at if answered else last.at) or last.at).isoformat()}~{last.id}" if last else "",
        "refusal": refusal, "only": only, "form": request.POST if refusal else {}, "chosen": request.POST.getlist("urge") if refusal else [], "state_name": state_name(request.lang), "told": order_page.told(request),
        "done": request.GET.get("done", "") if request.GET.get("done", "").isdigit() else "",
    }
    return page.render(request, "merchant/urges.html", context, refusal.status if refusal else 200)


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, id_ = text.replace(" ", "+").partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(id_))) if instant.tzinfo else None
    except ValueError:
        return None
