"""Names of carriers as people write them on parcels, so that a parcel finds its connection (LO-1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import carriers
from amends.engine.connections import PERMISSION
from amends.store.carriers import named
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.settings_pages.ground import said


@platform(PERMISSION)
@require_safe
def listed(request: Any) -> HttpResponse:
    """Every connected carrier with its names."""
    return _page(request)


@platform(PERMISSION)
@require_POST
def names(request: Any, connection_id: str) -> HttpResponse:
    """The names of one, a line each."""
    refusal = carriers.set_names(request.house.pool, by(request), connection_id, request.POST.get("names", "").splitlines(), request.now)
    return _page(request, refusal, connection_id) if refusal else HttpResponseRedirect(reverse("platform-carriers") + "?done=named")


def _page(request: Any, refusal: Refusal | None = None, at: str = "") -> HttpResponse:
    context = {
        "rows": named(request.house.pool), "refusal": said(refusal, request.lang) if refusal else "", "at": at, "typed": request.POST.get("names", "") if refusal else "",
        "done": request.GET.get("done") == "named",
    }
    return render(request, "platform/carriers.html", context, refusal.status if refusal else 200)


urlpatterns: list[URLPattern] = [
    path("carriers", listed, name="platform-carriers"),
    path("carriers/<connection_id>/names", names, name="platform-carrier-names"),
]
NAVIGATION: list[Item] = [Item("parcels.nav_carriers", "platform", "ti-truck", "platform-carriers", permission=PERMISSION, party="platform", order=56)]
