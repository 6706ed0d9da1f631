"""The merchant's calls for help and the platform's answers (SO-30)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from amends.store.connect import scope
from amends.store.screens import calls as read
from amends.web import calls, page
from amends.web.gate import staff


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """/m/calls: those that wait, the longest first; `answered=1`: those answered, the newest first."""
    answered, merchant = request.GET.get("answered") == "1", request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = read.listed(conn, answered=answered, merchant=merchant, after=calls.cursor(request.GET.get("after", "")), limit=calls.PAGE + 1)
        waiting = read.counted(conn, merchant)
    rows, after = calls.page_of(found, answered)
    return page.render(request, "merchant/calls.html", {"rows": rows, "after": after, "answered": answered, "waiting": waiting, "most": read.COUNTED_TO, **calls.words(request)})
