"""The merchant's messages: what happened on which case, newest first; one side reads as one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from amends.engine import notices
from amends.store.connect import scope
from amends.store.screens import notices as read
from amends.web import told
from amends.web.gate import staff
from amends.web.navigation import Count, Item
from amends.web.page import render

PAGE = 50


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """/m/notices"""
    after = _cursor(request.GET.get("after", ""))
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        rows = read.of_merchant(conn, merchant, after, PAGE + 1)
        unread = read.unread(conn, merchant)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "rows": [(n, told.sentence(n, "merchant", request), told.icon(n), told.link(n, "merchant")) for n in rows[:PAGE]], "paged": after is not None, "unread": unread,
        "older": "?" + urlencode({"after": f"{last.at.isoformat()}~{last.id}"}) if last else "", "seen": request.now.isoformat(),
    }
    return render(request, "merchant/notices.html", context)


@staff("read")
@require_POST
def read_all(request: Any) -> HttpResponse:
    """All that was there when the page was made is read."""
    try:
        until = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        until = request.now
    notices.read_all(request.house.pool, request.person.merchant_id, request.now, until if until.tzinfo else request.now)
    return HttpResponseRedirect(reverse("notices"))


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, last = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(last))) if instant.tzinfo else None
    except ValueError:
        return None


urlpatterns: list[URLPattern] = [path("notices", listed, name="notices"), path("notices/read", read_all, name="notices-read")]
NAVIGATION: list[Item] = [Item("notices.title", "queues", "ti-bell", "notices", permission="read", order=6)]


def counts(request: Any) -> dict[str, Count]:
    """Unread messages, beside the bell; nothing where there are none."""
    if request.person is None or request.person.merchant_id is None:
        return {}
    with scope(request.house.pool, UUID(request.person.merchant_id)) as conn:
        unread = read.unread(conn, request.person.merchant_id)
    return {"notices.title": Count(unread, most=read.COUNTED_TO - 1)} if unread else {}
