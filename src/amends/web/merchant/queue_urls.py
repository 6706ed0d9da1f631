"""Addresses and entries of the queues, batches, drafts and finding."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from amends.web.disputes import liability
from amends.web.merchant import batch, beside, calls, find, home, queue, queue_page, saved_views
from amends.web.navigation import Count, Item

urlpatterns: list[URLPattern] = [
    path("", home.first, name="merchant"),
    path("home", home.first, name="merchant-home"),
    path("home/live", home.live, name="merchant-home-live"),
    path("calls", calls.listed, name="merchant-calls"),
    path("duty", queue.change_duty, name="duty"),
    path("q/<str:name>", queue.page, name="queue"),
    path("q/<str:name>/live", queue.live, name="queue-live"),
    path("q/<str:name>/views", saved_views.change, name="views"),
    path("batch/look", batch.look, name="batch-look"),
    path("batch/effect", batch.effect, name="batch-effect"),
    path("batch/start", batch.start, name="batch-start"),
    path("batch/take", batch.take, name="batch-take"),
    path("batch/<str:batch_id>", batch.show, name="batch"),
    path("batch/<str:batch_id>/undo", batch.undo, name="batch-undo"),
    path("presence", beside.here, name="presence"),
    path("drafts", beside.draft, name="drafts"),
    path("find", find.find, name="merchant-search"),
    path("disputes/liability", liability.own, name="liability"),
]
_ICONS = {"review": "ti-clipboard-check", "receipt": "ti-package-import", "processing": "ti-tool", "waiting": "ti-hourglass", "done": "ti-checks", "all": "ti-list-search"}
_PLACES = {"review": 10, "receipt": 11, "processing": 12, "waiting": 13, "done": 28, "all": 29}
NAVIGATION: list[Item] = [
    Item(f"queue.q_{name}", "queues", icon, "queue", permission="read", order=_PLACES[name], kwargs=(("name", name),)) for name, icon in _ICONS.items()
] + [
    Item("queue.kind_cancellation", "queues", "ti-circle-x", "queue", permission="read", order=14, kwargs=(("name", "cancel-review"),), covers="/m/q/cancel-"),
    Item("queue.kind_dispute", "queues", "ti-scale", "queue", permission="read", order=15, kwargs=(("name", "dispute-answer"),), covers="/m/q/dispute-"),
    Item("queue.kind_ticket", "queues", "ti-ticket", "queue", permission="read", order=16, kwargs=(("name", "ticket-answer"),), covers="/m/q/ticket-"),
    Item("queue.home", "queues", "ti-calendar-due", "merchant-home", permission="read", order=5),
]
KEYS = {"cancel-review": "queue.kind_cancellation", "dispute-answer": "queue.kind_dispute", "ticket-answer": "queue.kind_ticket"}
"""Lists that stand in the navigation under another name than their own."""


def counts(request: Any) -> dict[str, Count]:
    """Counts of the queues for the navigation: all, within the hour, late."""
    if request.person is None or request.person.merchant_id is None:
        return {}
    found = queue_page.standing(request.house.pool, request.person.merchant_id, request.now)
    return {KEYS.get(name, f"queue.q_{name}"): Count(c.total, c.urgent, c.late) for name, c in found.items()}
