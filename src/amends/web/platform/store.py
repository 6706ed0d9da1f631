"""Where the platform's spare-parts store is: receiver, phone, three levels of place (PO-8)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core import divisions
from amends.core.refusal import Refusal
from amends.engine import platform_store
from amends.engine.addresses import Typed
from amends.engine.platform_store import PERMISSION
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.navigation import Item
from amends.web.page import render
from amends.web.settings_pages.addresses import names_below
from amends.web.settings_pages.ground import said

FIELDS = ("receiver", "phone", "province", "city", "district", "detail")


@platform(PERMISSION)
@require_http_methods(("GET", "HEAD", "POST"))
def store(request: Any) -> HttpResponse:
    """The address as a form; `step` only asks for the next level's choices, which is how it works without scripts."""
    if request.method != "POST":
        return _form(request, platform_store.place(request.house.pool, by(request)) or dict.fromkeys(FIELDS, ""))
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if "step" in request.POST:
        return _form(request, typed)
    refusal = platform_store.keep(request.house.pool, by(request), Typed(**typed), request.now)
    return _form(request, typed, refusal) if refusal else HttpResponseRedirect(reverse("platform-store") + "?done=saved")


def _form(request: Any, typed: dict[str, str], refusal: Refusal | None = None) -> HttpResponse:
    cities = divisions.cities(typed["province"])
    typed["city"] = cities[0] if len(cities) == 1 else typed["city"] if typed["city"] in cities else ""
    names = {"provinces": divisions.provinces(), "cities": cities, "districts": divisions.districts(typed["province"], typed["city"])}
    context = {"typed": typed, "names": names, "refusal": refusal, "done": request.GET.get("done") == "saved", "say": lambda r: said(r, request.lang)}
    return render(request, "platform/store.html", context, refusal.status if refusal else 200)


@platform(PERMISSION)
@require_safe
def below(request: Any) -> HttpResponse:
    """The next level's names as JSON, for the form's script."""
    return names_below(request)


urlpatterns: list[URLPattern] = [path("store", store, name="platform-store"), path("store/divisions", below, name="platform-store-divisions")]
NAVIGATION: list[Item] = [Item("platform_store.nav", "platform", "ti-building-warehouse", "platform-store", permission=PERMISSION, party="platform", order=57)]
