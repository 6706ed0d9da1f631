"""The first page: to one's own desk, or, for who is not signed in, the way in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from amends.web import navigation
from amends.web.gate import anyone


@anyone
@require_safe
def first(request: Any) -> HttpResponse:
    """The first entry of the person's navigation; the account page for who has none; the sign-in page for a stranger."""
    if request.person is None:
        return HttpResponseRedirect("/sign-in")
    entries = [entry for section in navigation.sections(request) for entry in section["items"]]
    return HttpResponseRedirect(entries[0]["url"] if entries else "/me")
