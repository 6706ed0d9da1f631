"""The first settings page a person may open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from amends.web.gate import person
from amends.web.page import trouble
from amends.web.settings_pages.ground import tabs


@person
@require_safe
def home(request: Any) -> HttpResponse:
    """On to the first page, or the words that there is none for this person."""
    found = tabs(request)
    return HttpResponseRedirect(found[0]["url"]) if found else trouble(request, 403)
