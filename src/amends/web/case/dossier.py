"""A case's dossier for its merchant: the page with those made so far, and the downloads (DI-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.engine.dossier.copies import Copy
from amends.web import dossiers, page
from amends.web.case.page import read_or_404
from amends.web.door.account import by
from amends.web.gate import staff


@staff("read")
@require_safe
def shown(request: Any, case_id: Any) -> HttpResponse:
    """The page."""
    asked = _asked(request, case_id)
    context = dossiers.listing(request, asked) | {
        "back": reverse("case", args=[case_id]), "wholly": False,
        "now_as": lambda form: reverse("case-dossier-file", args=[case_id, form]), "kept_as": lambda row, form: reverse("case-dossier-kept", args=[case_id, row.id, form]),
    }
    return page.render(request, "dossier/page.html", context)


@staff("read")
@require_safe
def file(request: Any, case_id: Any, form: str) -> HttpResponse:
    """The dossier as the case stands now."""
    return dossiers.current(request, _asked(request, case_id), form, reverse("case-dossier", args=[case_id]))


@staff("read")
@require_safe
def kept(request: Any, case_id: Any, dossier_id: Any, form: str) -> HttpResponse:
    """One made before."""
    return dossiers.again(request, _asked(request, case_id), str(dossier_id), form, reverse("case-dossier", args=[case_id]))


def _asked(request: Any, case_id: Any) -> dossiers.Asked:
    seen = read_or_404(request, case_id).seen
    return dossiers.Asked(by(request), request.person.merchant_id, seen.case.id, Copy("merchant"), seen.case.number)
