"""The first page: to one's own desk; a stranger to the tour of a demo, or to the sign-in page."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from amends.web.door.tour import first_entry
from amends.web.gate import anyone


@anyone
@require_safe
def first(request: Any) -> HttpResponse:
    """Nothing to see here, only the way on."""
    if request.person is None:
        return HttpResponseRedirect("/tour" if request.house.demo else "/sign-in")
    return HttpResponseRedirect(first_entry(request))
