"""A case's dossier for the platform: masked like its page, or whole for a court by who may see personal data, each time on record (DI-10, ST-10)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.making import LANGUAGES, make
from amends.store.screens.case import read_case
from amends.web import dossiers, page
from amends.web.door.account import by
from amends.web.gate import platform


@platform("read")
@require_safe
def shown(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """The page, with the button for a whole copy where this person may."""
    m, c = str(merchant_id), str(case_id)
    context = dossiers.listing(request, _asked(request, m, c)) | {
        "back": reverse("platform-case", args=[m, c]), "wholly": True, "whole": reverse("platform-dossier-whole", args=[m, c]),
        "now_as": lambda form: reverse("platform-dossier-file", args=[m, c, form]), "kept_as": lambda row, form: reverse("platform-dossier-kept", args=[m, c, row.id, form]),
    }
    return page.render(request, "dossier/page.html", context)


@platform("read")
@require_safe
def file(request: Any, merchant_id: Any, case_id: Any, form: str) -> HttpResponse:
    """The masked dossier as the case stands now."""
    return dossiers.current(request, _asked(request, str(merchant_id), str(case_id)), form, _page(merchant_id, case_id))


@platform("read")
@require_safe
def kept(request: Any, merchant_id: Any, case_id: Any, dossier_id: Any, form: str) -> HttpResponse:
    """One made before, masked or whole."""
    return dossiers.again(request, _asked(request, str(merchant_id), str(case_id)), str(dossier_id), form, _page(merchant_id, case_id))


@platform("reveal_personal_data")
@require_POST
def whole(request: Any, merchant_id: Any, case_id: Any) -> HttpResponse:
    """Make a whole copy; it stands in the list afterwards."""
    asked = _asked(request, str(merchant_id), str(case_id))
    made = make(request.house, asked.by, asked.merchant_id, asked.case_id, Copy("platform", unmasked=True), request.now, language=request.POST.get("paper", LANGUAGES[0]))
    return page.refused(request, made) if isinstance(made, Refusal) else HttpResponseRedirect(_page(merchant_id, case_id), status=303)


def _page(merchant_id: Any, case_id: Any) -> str:
    return str(reverse("platform-dossier", args=[merchant_id, case_id]))


def _asked(request: Any, merchant_id: str, case_id: str) -> dossiers.Asked:
    seen = read_case(request.house.pool, merchant_id, case_id, request.now)
    if seen is None:
        raise Http404
    return dossiers.Asked(by(request), merchant_id, case_id, Copy("platform"), seen.case.number)


urlpatterns: list[URLPattern] = [
    path("cases/<uuid:merchant_id>/<uuid:case_id>/dossier", shown, name="platform-dossier"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>/dossier.<slug:form>", file, name="platform-dossier-file"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>/dossier/whole", whole, name="platform-dossier-whole"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>/dossiers/<uuid:dossier_id>.<slug:form>", kept, name="platform-dossier-kept"),
]
