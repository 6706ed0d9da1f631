"""A case's dossier for its buyer, by the link that let the buyer in (DI-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from amends.engine.audit import By
from amends.engine.dossier.copies import Copy
from amends.store.connect import scope
from amends.store.screens import dossier as screen
from amends.web import dossiers, page
from amends.web.buyer import visit as visits
from amends.web.gate import buyer


@buyer
@require_safe
def shown(request: Any, number: str) -> HttpResponse:
    """The page: what it is, and what was made so far."""
    asked = _asked(request, number)
    if asked is None:
        return visits.missing(request)
    context = dossiers.listing(request, asked) | {
        "back": reverse("buyer-ticket" if asked.kind == "ticket" else "buyer-case", args=[number]),
        "now_as": lambda form: reverse("buyer-dossier-file", args=[number, form]), "kept_as": lambda row, form: reverse("buyer-dossier-kept", args=[number, row.id, form]),
    }
    return page.render(request, "buyer/dossier.html", context)


@buyer
@require_safe
def file(request: Any, number: str, form: str) -> HttpResponse:
    """The dossier as the case stands now."""
    asked = _asked(request, number)
    return visits.missing(request) if asked is None else dossiers.current(request, asked, form, reverse("buyer-dossier", args=[number]))


@buyer
@require_safe
def kept(request: Any, number: str, dossier_id: Any, form: str) -> HttpResponse:
    """One made before."""
    asked = _asked(request, number)
    return visits.missing(request) if asked is None else dossiers.again(request, asked, str(dossier_id), form, reverse("buyer-dossier", args=[number]))


def _asked(request: Any, number: str) -> dossiers.Asked | None:
    visit = visits.enter(request)
    if visit is None:
        return None
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        found = screen.of_buyer(conn, visit.merchant_id, visit.buyer_id, number)
    asker = By(request.buyer.actor(), request.address, request.correlation)
    return dossiers.Asked(asker, visit.merchant_id, found[0], Copy("buyer"), number, found[1]) if found else None


urlpatterns: list[URLPattern] = [
    path("cases/<str:number>/dossier", shown, name="buyer-dossier"),
    path("cases/<str:number>/dossier.<slug:form>", file, name="buyer-dossier-file"),
    path("cases/<str:number>/dossiers/<uuid:dossier_id>.<slug:form>", kept, name="buyer-dossier-kept"),
]
