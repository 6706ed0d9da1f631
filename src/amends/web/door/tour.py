"""The first visit to a demo (UI-8): sign in as a merchant, review one return, let 48 hours pass, see why the system approved."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import demo_entry
from amends.web import navigation, page
from amends.web.door.sign_in import welcome
from amends.web.gate import anyone
from amends.web.rights import may
from amends.web.way_back import way_back


@anyone
@require_safe
def tour(request: Any) -> HttpResponse:
    """The four steps, and everybody one can come in as."""
    if not request.house.demo:
        raise Http404
    done = demo_entry.progress(request.house, request.person)
    context = {
        "done": done, "guests": demo_entry.guests(request.house), "desk": first_entry(request), "waiting": done.watched and request.person is not None and done.moved is None,
        "at": next(n for n, is_done in enumerate((done.signed_in, done.acted, done.watched, False), 1) if not is_done),
    }
    return page.render(request, "door/tour.html", context)


@anyone
@require_POST
def come_in(request: Any) -> HttpResponse:
    """Become one of the demo's people."""
    if not request.house.demo:
        raise Http404
    answer = demo_entry.come_in(
        request.house, request.POST.get("merchant") or None, request.POST.get("person", ""), request.address, request.headers.get("User-Agent", ""), request.real_now
    )
    return page.refused(request, answer) if isinstance(answer, Refusal) else welcome(request, answer.token, way_back(request))


WORK: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("service_order.approve_return", "queue", {"name": "review"}), ("service_order.register_receipt", "warehouse", {}),
    ("service_order.refund", "queue", {"name": "processing"}), ("service_order.record_transfer", "finance", {}),
    ("cancellation.approve_cancellation", "queue", {"name": "cancel-review"}),
)
"""A reviewer begins with the review queue, a clerk at the dock, who processes with what is to be processed, finance with transfers."""


def first_entry(request: Any) -> str:
    """Where this person's work is: by the first of the permissions they hold; else the first entry of the navigation, or their account."""
    for permission, name, where in WORK:
        if request.person and request.person.merchant_id and may(request.person, permission):
            return str(reverse(name, kwargs=where))
    entries = [entry for section in navigation.sections(request) for entry in section["items"]]
    return str(entries[0]["url"]) if entries else "/me"
