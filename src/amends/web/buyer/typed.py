"""What a buyer typed into a form of a case and has not sent: kept while typing, there again on return (UI-1a)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from amends.core.cases import TABLES
from amends.core.commands import Command, inputs
from amends.engine import drafts
from amends.web.buyer import visit as visits
from amends.web.buyer.case import VERBS, Opened, open_case
from amends.web.gate import buyer

TEXTS = ("text", "long", "choice", "count", "instant")
"""Kinds of fields that are kept; photos are kept when the form is sent."""


@buyer
@require_POST
def keep(request: Any, number: str, verb: str) -> HttpResponse:
    """Keep what stands in the form now; an empty one is forgotten."""
    opened = open_case(request, number) if verb in VERBS else None
    command = TABLES[opened.case.kind].commands.get(verb) if opened else None
    if opened is None or command is None:
        return visits.missing(request)
    body = {name: request.POST.get(name, "") for name in _texts(command)}
    drafts.save(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id, verb, body, opened.case.version, request.now)
    return HttpResponse(status=204)


def kept(request: Any, opened: Opened, verb: str) -> dict[str, Any]:
    """What was typed before, by field; empty when nothing was."""
    found = drafts.load(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id).get(verb)
    return dict(found.body) if found else {}


def forget(request: Any, opened: Opened, verb: str) -> None:
    """It has been sent."""
    drafts.drop(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id, verb)


def _texts(command: type[Command]) -> list[str]:
    return [f.name for f in inputs(command) if f.metadata["kind"] in TEXTS]


def _who(opened: Opened) -> str:
    return f"buyer:{opened.visit.buyer_id}"
