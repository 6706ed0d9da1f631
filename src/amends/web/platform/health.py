"""Health of clocks and effects; what was given up can be sent again (UI-5, OP-5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine.dead_letters import resend
from amends.store.screens import platform as reads
from amends.web.catalogue import words
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.page import render
from amends.web.settings_pages.ground import said

BEHIND = timedelta(minutes=1)
"""A clock overdue for longer means that no worker runs, or that it cannot keep up."""


@platform("read")
@require_safe
def health(request: Any) -> HttpResponse:
    """The page."""
    return _page(request)


@platform("resend_effects")
@require_POST
def send_again(request: Any) -> HttpResponse:
    """Send one dead effect again."""
    refusal = resend(request.house.pool, by(request), request.POST.get("merchant", ""), request.POST.get("effect", ""), request.now)
    return _page(request, refusal) if refusal else HttpResponseRedirect(reverse("platform-health") + "?done=resent")


def _page(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    found = reads.health(request.house.pool, request.now)
    oldest = found["clocks"]["oldest"]
    behind = oldest is not None and request.now - oldest > BEHIND
    context = found | {"refusal": refusal, "done": request.GET.get("done") == "resent", "behind": behind, "knows": lambda key: key in words(), "say": lambda r: said(r, request.lang)}
    return render(request, "platform/health.html", context, refusal.status if refusal else 200)
