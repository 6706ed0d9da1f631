"""Joining and leaving fast review, from its card on the shop's settings (SO-31)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from amends.engine import fast_review as engine
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages import shop
from amends.web.settings_pages.ground import back


@staff("manage_settings")
@require_POST
def change(request: Any) -> HttpResponse:
    """`act`: join or leave."""
    leaving = request.POST.get("act") == "leave"
    refusal = (engine.leave if leaving else engine.join)(request.house.pool, by(request), request.now)
    return shop.page(request, refusal) if refusal else back(request, "shop", "fast_left" if leaving else "fast_joined", at="fast-review")
