"""Where the platform writes to the shop, and the shop's own mailboxes as the platform keeps them (TI-4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from amends.core.refusal import Refusal
from amends.engine import mailboxes as engine
from amends.store import mailboxes as store
from amends.store.connect import scope
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import back, show


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def mail(request: Any) -> HttpResponse:
    """The contact address as a form; the mailboxes to look at."""
    if request.method != "POST":
        return _page(request)
    typed = request.POST.get("contact", "")
    refusal = engine.set_contact(request.house.pool, by(request), typed, request.now)
    return _page(request, refusal, typed) if refusal else back(request, "mail", "mail")


def _page(request: Any, refusal: Refusal | None = None, typed: str | None = None) -> HttpResponse:
    merchant = request.person.merchant_id
    with scope(request.house.pool, by(request).scope) as conn:
        kept, rows = store.contact(conn, merchant), store.listed(conn, merchant)
    return show(request, "settings/mail.html", {"contact": kept if typed is None else typed, "rows": rows}, refusal)
