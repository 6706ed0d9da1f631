"""For those who watch the process (OP-10): is it alive, can it serve."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse

from amends.store import pulse
from amends.web.gate import anyone


@anyone
def health(request: Any) -> HttpResponse:
    """200 while the process answers at all; `now` is the house's time, which a demo moves forward."""
    return JsonResponse({"status": "ok", "now": request.now.isoformat()})


@anyone
def ready(request: Any) -> HttpResponse:
    """200 when the database answers and is up to date; otherwise 503 with the reason."""
    trouble = pulse.trouble(request.house.pool, request.house.database.url)
    return JsonResponse({"status": "unready", "why": trouble}, status=503) if trouble else JsonResponse({"status": "ready"})
