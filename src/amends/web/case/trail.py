"""Where somebody came from: the queue and its filter, carried from page to page so that the next case is of the same list (UI-1a)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from amends.engine.nextcase import next_case
from amends.store.screens.queue_filter import QUEUES
from amends.web.merchant.queue_page import asked_of


def carried(request: Any) -> dict[str, str]:
    """`q` (a queue) and `f` (its filter as a query string), as they came; nothing for a case opened by itself."""
    given = request.POST if request.method == "POST" else request.GET
    queue = given.get("q", "")
    if queue not in QUEUES:
        return {}
    return {"q": queue, **({"f": given["f"][:1000]} if given.get("f") else {})}


def back(request: Any) -> str:
    """The address of the list one came from, else the first page."""
    trail = carried(request)
    if not trail:
        return str(reverse("first"))
    return str(reverse("queue", args=[trail["q"]])) + (f"?{trail['f']}" if "f" in trail else "")


def following(request: Any, case_id: str) -> str | None:
    """The id of the next case of that list, or None when there is no list or nothing is left in it."""
    trail = carried(request)
    if not trail:
        return None
    person, asked = request.person, asked_of(request, trail["q"], QueryDict(trail.get("f", "")))
    return next_case(request.house.pool, person.merchant_id, trail["q"], asked.want, person.id, case_id, request.now)


def address(name: str, case_id: str, trail: dict[str, str], *more: str, **extra: str) -> str:
    """An address of a case that carries the trail on."""
    said = urlencode({**trail, **extra})
    return str(reverse(name, args=[case_id, *more])) + (f"?{said}" if said else "")
