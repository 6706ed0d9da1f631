"""How long personal data is kept, what is due, and erasing it: orders with their cases, mails and dossiers, one by one or all that is due (ST-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.core.retention import LEAST, MOST
from amends.engine import buyer_erasure, erasure
from amends.engine.erasure import PERMISSION
from amends.engine.mailboxes import is_address
from amends.store import buyer_matters
from amends.store import erasure as store
from amends.store.connect import PLATFORM, scope
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.settings_pages.ground import said

SHOWN = 100


@platform(PERMISSION)
@require_safe
def shown(request: Any) -> HttpResponse:
    """The page; with `find`, what is kept of an address or a case, and until when."""
    return _page(request)


@platform(PERMISSION)
@require_POST
def settings(request: Any) -> HttpResponse:
    """Other days; by itself or not."""
    refusal = erasure.set_retention(request.house.pool, by(request), request.POST.get("days", "").strip(), request.POST.get("by_itself") == "1", request.now, second_person=request.POST.get("second_person") == "1")
    return _page(request, refusal) if refusal else _done("saved")


@platform(PERMISSION)
@require_POST
def due(request: Any) -> HttpResponse:
    """Everything that is due, up to A_TURN mails and dossiers and AT_ONCE orders at a time."""
    done = erasure.erase_due(request.house.pool, by(request), request.now)
    if not isinstance(done, Refusal):
        buyer_erasure.erase_due(request.house.pool, by(request), request.now, buyer_erasure.AT_ONCE)
    return _page(request, done) if isinstance(done, Refusal) else _done("erased")


@platform(PERMISSION)
@require_POST
def one(request: Any) -> HttpResponse:
    """One mail or dossier."""
    refusal = erasure.erase_one(request.house.pool, by(request), request.POST.get("what", ""), request.POST.get("id", ""), request.now)
    return _page(request, refusal) if refusal else HttpResponseRedirect(f"{reverse('platform-erasure')}?done=erased")


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('platform-erasure')}?done={what}")


def _page(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    asked = (request.POST if refusal else request.GET).get("find", "").strip()[:120]
    pool, done = request.house.pool, request.GET.get("done", "")
    with scope(pool, PLATFORM) as conn:
        kept = store.retention(conn)
        counts, matters_erased = store.counts(conn, kept.days, request.now), buyer_matters.erased(conn)
        found = ([] if not asked else store.of_address(conn, asked.lower(), SHOWN) if is_address(asked.lower()) else store.of_case(conn, asked.upper(), SHOWN))
    matters_due = buyer_erasure.erase_due(pool, by(request), request.now, buyer_erasure.AT_ONCE, dry=True)
    matters_due = 0 if isinstance(matters_due, Refusal) else matters_due
    rows = [(row, erasure.why_kept(row, kept.days, request.now)) for row in found]
    context = {
        "kept": kept, "counts": counts, "due": sum(n for _, n, _ in counts.values()) + matters_due, "matters_due": matters_due, "matters_erased": matters_erased, "most": buyer_erasure.AT_ONCE, "asked": asked, "rows": rows, "least_days": LEAST, "most_days": MOST, "refusal": refusal,
        "typed": request.POST.get("days", "") if refusal and refusal.field == "days" else kept.days, "by_itself": request.POST.get("by_itself") == "1" if refusal and refusal.field == "days" else kept.by_itself,
        "second_person": request.POST.get("second_person") == "1" if refusal and refusal.field == "days" else kept.second_person,
        "done": done if done in ("saved", "erased") else "", "say": lambda r: said(r, request.lang),
    }
    return render(request, "platform/erasure.html", context, refusal.status if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("erasure", shown, name="platform-erasure"), path("erasure/settings", settings, name="platform-erasure-settings"), path("erasure/due", due, name="platform-erasure-due"),
    path("erasure/one", one, name="platform-erasure-one"),
]
NAVIGATION: list[Item] = [Item("erasure.nav", "platform", "ti-eraser", "platform-erasure", permission=PERMISSION, party="platform", order=58)]
