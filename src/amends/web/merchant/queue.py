"""The queue's page and its live refresh; on duty and off (UI-1, SO-9, ST-7)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from amends.core.effects_dispute import PLANS
from amends.core.order_fields import MODES
from amends.core.pack_disputes import SCENARIOS
from amends.engine import batches, duty, presence, staffing
from amends.engine.cancellation import SOURCES
from amends.engine.ids import new_id
from amends.store.screens.queue_filter import QUEUES
from amends.web.disputes import liability
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import labels, query, queue_page
from amends.web.merchant.desks import desk_of
from amends.web.page import render


@staff()
@require_POST
def change_duty(request: Any) -> HttpResponse:
    """/m/duty: on duty, or off with the claims given back (ST-7)."""
    if request.POST.get("on") == "1":
        duty.go_on(request.house.pool, by(request), request.now)
    else:
        duty.go_off(request.house.pool, by(request), request.now)
    return HttpResponseRedirect("/m/home")


@staff("read")
@require_safe
def page(request: Any, name: str) -> HttpResponse:
    """/m/q/<queue>: one page of a queue."""
    shown = queue_page.look(request, _asked(request, name))
    return render(request, "merchant/queue.html", {**_context(request, shown), "done": _done(request)})


@staff("read")
@require_safe
def live(request: Any, name: str) -> HttpResponse:
    """/m/q/<queue>/live: rows and counts again, or 304 when nothing has changed; says that this person is still there."""
    shown = queue_page.look(request, _asked(request, name))
    seal = f'"{shown.seal()}-{request.lang}"'
    if request.headers.get("If-None-Match") == seal:
        return HttpResponse(status=304, headers={"ETag": seal})
    answer = render(request, "merchant/queue_live.html", _context(request, shown))
    answer["ETag"] = seal
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _asked(request: Any, name: str) -> query.Asked:
    if name not in QUEUES:
        raise Http404
    return queue_page.asked_of(request, name)


def _context(request: Any, shown: queue_page.Shown) -> dict[str, Any]:
    asked, desk = shown.asked, desk_of(shown.asked.queue)
    return {
        "shown": shown, "asked": asked, "name": asked.queue, "desk": desk, "L": labels, "verbs": verbs(request, asked.queue), "lead": desk.leads.get(asked.queue, ""),
        "batch_id": new_id(), "columns": asked.columns, "types": labels.TYPES, "modes": MODES, "sources": SOURCES, "scenarios": SCENARIOS, "plans": ("none", *PLANS.values()),
        "place": presence.place_of(asked.queue), "people": staffing.people_of(request.house.pool, request.person.merchant_id),
        "reasons": _reasons(request, shown.reasons),
        "sorts": sorts(asked.queue), "waits": asked.want.waits,
        "seal": shown.seal(), "take": 10, **liability.of_queue(request, asked.queue),
    }


def _reasons(request: Any, found: list[tuple[str, str, str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Group → (code, words) in the reader's language, for the filter."""
    out: dict[str, list[tuple[str, str]]] = {}
    for group_zh, group_en, code, zh, en in found:
        out.setdefault(group_zh if request.lang == "zh" else group_en, []).append((code, zh if request.lang == "zh" else en))
    return out


def sorts(queue: str) -> tuple[str, ...]:
    """The orders a list can have: amounts only where cases are open, deadlines only where there are some."""
    own = QUEUES[queue]
    return ("due", "opened", "amount", "number") if own.states else ("opened", "number") if own.ended else ("due", "opened", "number")


def verbs(request: Any, queue: str) -> list[str]:
    """What this person may say to many cases of this queue, the primary one last (ui.md, Bulk bar)."""
    desk, actor = desk_of(queue), request.person.actor()
    return [v for v in desk.verbs(queue) if actor.may(desk.kind, v)]


def _done(request: Any) -> dict[str, Any] | None:
    """The batch this person comes back from: what the strip over the list says."""
    batch_id = request.GET.get("done", "")
    if len(batch_id) != 36:
        return None
    batch = batches.get(request.house.pool, request.person.merchant_id, batch_id)
    if batch is None or batch.person_id != request.person.id:
        return None
    undo = batch.command in batches.OPPOSITE and batch.done and "undoes" not in batch.filters and request.now - batch.started_at < batches.UNDO_WITHIN
    return {"batch": batch, "undo": undo}
