"""What the platform's command bar finds: merchants by name, cases by number (UI-1a)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends.store.screens import platform as reads
from amends.web import wording
from amends.web.gate import platform
from amends.web.merchant.labels import KIND_ICONS
from amends.web.platform.addresses import case_address

SHOWN = 8


@platform("read")
@require_safe
def find(request: Any) -> HttpResponse:
    """JSON for the command bar; without it, on to the list of cases of that number, or of merchants of that name."""
    text, pool = request.GET.get("q", "").strip()[:60], request.house.pool
    cases = reads.cases(pool, reads.Wanted(number=text, open=False), request.now, SHOWN)[:SHOWN] if text else []
    if "json" not in request.headers.get("Accept", ""):
        name, query = ("platform-cases", {"f": "1", "number": text}) if cases else ("platform-merchants", {"name": text})
        return HttpResponseRedirect(f"{reverse(name)}?{urlencode(query)}")
    merchants = reads.merchants(pool, request.now, text, None, SHOWN)[:SHOWN] if text else []
    items = [
        {"words": f"{c['number']} · {c['merchant']} · {wording.state(c['state'], request.lang, c['kind'])}", "icon": KIND_ICONS.get(c["kind"], "ti-clipboard-list"), "href": case_address(c)} for c in cases
    ] + [{"words": m["name"], "icon": "ti-building-store", "href": reverse("platform-merchant", kwargs={"merchant_id": m["id"]})} for m in merchants]
    return JsonResponse({"items": items})
