"""POST /api/hooks/<connection id>: what providers, carriers and ERPs tell us. Signed, kept, answered at once; the worker reads it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from amends.api.door import Open, log
from amends.engine.hooks import MOST_BYTES, Received, receive

STATUS: dict[Received, int] = {"kept": 202, "known": 202, "unknown": 404, "unsigned": 401, "unreadable": 400, "locked": 503}


def _hook(request: HttpRequest, id: Any) -> HttpResponse:
    if request.method != "POST":
        return JsonResponse({"error": "method"}, status=405, headers={"Allow": "POST"})
    length = request.headers.get("Content-Length", "")
    body = b"" if length.isdecimal() and int(length) > MOST_BYTES else request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES or (length.isdecimal() and int(length) > MOST_BYTES):
        return JsonResponse({"error": "too_large"}, status=413)
    house, asked = request.META["amends.house"], request
    headers = {name.lower(): value for name, value in request.headers.items()}
    received = receive(house.pool, str(id), headers, body, asked.now, asked.real_now)
    if received == "locked":
        log.warning("connection_locked", connection=str(id))
    return JsonResponse({"received": received} if STATUS[received] == 202 else {"error": received}, status=STATUS[received], headers={"Retry-After": "300"} if received == "locked" else {})


hook: Any = csrf_exempt(_hook)
hook.gate = Open()
