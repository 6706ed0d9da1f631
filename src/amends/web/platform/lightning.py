"""The platform switches lightning refunds on or off for a merchant (SO-32)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from amends.engine.lightning_switch import switch
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.platform import merchants


@platform("manage_settings")
@require_POST
def set_switch(request: Any, merchant_id: str) -> HttpResponse:
    """On or off for goods below the pack's figure."""
    refusal = switch(request.house.pool, by(request), merchant_id, request.POST.get("on") == "1", request.now)
    if refusal:
        return merchants.page_of(request, merchant_id, refusal)
    return HttpResponseRedirect(reverse("platform-merchant", kwargs={"merchant_id": merchant_id}) + "?done=saved")
