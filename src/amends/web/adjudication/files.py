"""Files of a dispute for the platform's people: as they were filed, never altered (DI-5)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from amends.store import files
from amends.store.connect import PLATFORM, scope
from amends.store.screens.adjudication import file_of_dispute
from amends.web import evidence_view
from amends.web.gate import platform


@platform("read")
@require_safe
def file(request: Any, merchant_id: Any, case_id: Any, file_id: Any) -> HttpResponse:
    """One file, if it belongs to this dispute."""
    merchant, name = str(merchant_id), str(file_id)
    if not file_of_dispute(request.house.pool, merchant, str(case_id), name):
        raise Http404
    with scope(request.house.pool, PLATFORM) as conn:
        found = files.read(conn, merchant, name)
    if found is None:
        raise Http404
    return evidence_view.send(request, found, name)
