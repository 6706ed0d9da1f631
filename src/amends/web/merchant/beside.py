"""Small answers to scripts: who is here, what was typed (UI-1a). Refused quietly, since nobody waits for them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from amends.engine import drafts, presence
from amends.web.gate import staff
from amends.web.merchant.query import clean

BESIDE = frozenset({"csrfmiddlewaretoken", "draft_case", "draft_command", "draft_version", "batch", "command", "queue", "query", "cases", "case", "whole", "next", "version"})
"""Fields of a form that nobody types."""


@staff("read")
@require_POST
def here(request: Any) -> HttpResponse:
    """/m/presence: `case`, and `doing` looking, typing or gone."""
    case, doing, person = request.POST.get("case", ""), request.POST.get("doing", ""), request.person
    if not is_id(case) or doing not in ("looking", "typing", "gone"):
        return HttpResponse(status=400)
    if doing == "gone":
        presence.leave(request.house.pool, person.merchant_id, case, person.id)
    else:
        presence.look(request.house.pool, person.merchant_id, case, person.id, person.name, doing, request.now)
    others = presence.who(request.house.pool, person.merchant_id, [case], request.now, but=person.id).get(case, [])
    return JsonResponse({"here": [{"id": w.person_id, "name": w.name, "doing": w.doing} for w in others]})


@staff("read")
@require_POST
def draft(request: Any) -> HttpResponse:
    """/m/drafts: the fields of a form that was not sent yet, kept for this person, case and command."""
    case, command, version = request.POST.get("draft_case", ""), request.POST.get("draft_command", ""), request.POST.get("draft_version", "")
    if not is_id(case) or not re.fullmatch(r"[a-z_]{1,64}", command):
        return HttpResponse(status=400)
    body = {clean(k): clean(v) for k, v in request.POST.items() if k not in BESIDE}
    kept = drafts.save(request.house.pool, request.person.merchant_id, request.person.id, case, command, body, int(version) if version.isdigit() else None, request.now)
    return HttpResponse(status=204 if kept else 413)


def is_id(text: str) -> bool:
    """Whether this is a UUID as we write them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
