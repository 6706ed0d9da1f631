"""Connections to payment providers, carriers and ERPs: list, add, address, secret shown once, on and off, messages nobody could read (MO-5, LO-1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.refusal import Refusal
from amends.engine import connections
from amends.engine.connections import KINDS, PERMISSION, Shown
from amends.store import connections as reads
from amends.store import inbox
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.settings_pages.ground import Filled, said

OVERLAPS = (0, 24, 168)


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def listed(request: Any) -> HttpResponse:
    """The list, and the form for a new one; its secret is on the answer and nowhere else."""
    if request.method != "POST":
        return _page(request)
    given = request.POST
    made = connections.add(request.house.pool, by(request), given.get("name", ""), given.get("kind", ""), given.get("base_url", ""), request.now)
    return _page(request, made, "new") if isinstance(made, Refusal) else _page(request, shown=made)


@platform(PERMISSION)
@require_POST
def rotate(request: Any, connection_id: str) -> HttpResponse:
    """Another secret, shown on the answer; the old one counts for messages that come in for the hours chosen."""
    hours = request.POST.get("overlap", "0")
    overlap = timedelta(hours=int(hours) if hours.isdecimal() and int(hours) in OVERLAPS else 0)
    made = connections.rotate(request.house.pool, by(request), connection_id, request.now, request.real_now, overlap=overlap)
    return _page(request, made, connection_id) if isinstance(made, Refusal) else _page(request, shown=made)


@platform(PERMISSION)
@require_POST
def change(request: Any, connection_id: str) -> HttpResponse:
    """Another address, or in use and out of use."""
    active = request.POST.get("active") == "1"
    refusal = connections.change(request.house.pool, by(request), connection_id, request.POST.get("base_url", ""), active, request.now)
    return _page(request, refusal, connection_id) if refusal else _done("changed")


@platform(PERMISSION)
@require_POST
def read_again(request: Any, connection_id: str) -> HttpResponse:
    """Read a message again that was given up."""
    refusal = connections.read_again(request.house.pool, by(request), connection_id, request.POST.get("message", ""), request.now)
    return _page(request, refusal, "message") if refusal else _done("read_again")


def _done(what: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("platform-connections") + f"?done={what}")


def _page(request: Any, refusal: Refusal | None = None, at: str = "", shown: Shown | None = None) -> HttpResponse:
    """`at`: where the refusal belongs: `new`, a connection's id, or `message`."""
    rows = reads.listed(request.house.pool)
    for row in rows:
        row["hook"] = request.build_absolute_uri(f"/api/hooks/{row['id']}")
        row["old_counts"] = bool(row["old_secret_until"] and row["old_secret_until"] > request.real_now)
    done = request.GET.get("done", "")
    context = {
        "rows": rows, "dead": inbox.dead(request.house.pool), "kinds": KINDS, "overlaps": OVERLAPS, "shown": shown, "refusal": refusal, "at": at,
        "typed": Filled(request.POST.dict() if refusal else {}), "done": done if done in ("changed", "read_again") else "", "say": lambda r: said(r, request.lang),
        "shown_hook": request.build_absolute_uri(f"/api/hooks/{shown.id}") if shown else "",
    }
    return render(request, "platform/connections.html", context, refusal.status if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("connections", listed, name="platform-connections"),
    path("connections/<connection_id>/rotate", rotate, name="platform-connection-rotate"),
    path("connections/<connection_id>/change", change, name="platform-connection-change"),
    path("connections/<connection_id>/read-again", read_again, name="platform-connection-read"),
]
NAVIGATION: list[Item] = [Item("connections.nav", "platform", "ti-plug-connected", "platform-connections", permission=PERMISSION, party="platform", order=55)]
