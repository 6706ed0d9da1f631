"""Many cases at once (SO-7, SO-33): look first, then do; results case by case; undo where undoing is possible. All of it works without scripts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.views.decorators.http import require_POST, require_safe

from amends.core.commands import Command, inputs
from amends.core.refusal import Refusal
from amends.engine import batches, drafts, staffing
from amends.engine.ids import new_id
from amends.store.screens.queue_filter import QUEUES
from amends.web import page as pages
from amends.web.catalogue import say
from amends.web.gate import staff
from amends.web.merchant import labels, queue_page
from amends.web.merchant.beside import is_id
from amends.web.merchant.desks import desk_of
from amends.web.merchant.query import Asked
from amends.web.page import render
from amends.web.rights import may, name_of

TAKE = 10


@staff("read")
@require_POST
def look(request: Any) -> HttpResponse:
    """/m/batch/look: the effect of a command on the cases chosen, its form, and one button that does it. Writes nothing."""
    asked, cases = _chosen(request)
    if not cases:
        return pages.trouble(request, 422, "queue.nothing_chosen")
    name = request.POST.get("command", "")
    return _form(request, asked, cases, name, {}, [], new_id(), 200)


@staff("read")
@require_POST
def effect(request: Any) -> HttpResponse:
    """/m/batch/effect: the effect line of the bulk bar, as a fragment, for the primary command and the cases chosen. Writes nothing."""
    asked, cases = _chosen(request)
    name = request.POST.get("command", "")
    command, wrong = batches.command_of(desk_of(asked.queue).kind, name, {})
    if command is None or not cases:
        return JsonResponse({"will": 0, "total": len(cases), "html": "", "wrong": [r.say(request.lang) for r in wrong]})
    seen = batches.preview(request.house.pool, request.person.actor(), command, cases, request.now)
    html = pages.text(request, "merchant/batch_effect.html", {"seen": seen, "verb": name, "asked": asked, "short": True, "L": labels})
    will = len(seen.will) if seen.total <= seen.looked_at else seen.total - len(seen.skipped)
    return JsonResponse({"will": will, "total": seen.total, "html": html, "label": say(request.lang, "queue.do_many", verb=labels.verb(name, request.lang), n=will)})


@staff("read")
@require_POST
def start(request: Any) -> HttpResponse:
    """/m/batch/start: keep the batch and carry out its first 500 cases; the worker goes on with the rest. The same batch id again acts once."""
    batch_id, name = request.POST.get("batch", ""), request.POST.get("command", "")
    if not is_id(batch_id):
        return pages.trouble(request, 400)
    asked, cases = _chosen(request)
    before = batches.get(request.house.pool, request.person.merchant_id, batch_id)
    if before is None:
        command, wrong = _typed(request, desk_of(asked.queue).kind, name)
        if command is None:
            return _form(request, asked, cases, name, request.POST, wrong, batch_id, 422)
        if not cases:
            return pages.trouble(request, 422, "queue.nothing_chosen")
        batches.start(request.house.pool, request.person.actor(), batch_id, command, cases, {"queue": asked.queue, **asked.want.to_json()}, request.now)
        drafts.drop(request.house.pool, request.person.merchant_id, request.person.id, queue_page.place(asked.queue), name)
    elif not batches.same(request.house.pool, before, name, cases, request.POST.get("whole") == "1"):
        return pages.trouble(request, 409, "queue.batch_other")
    batch = batches.work(request.house.pool, request.person.merchant_id, batch_id, request.now)
    return _after(request, asked, batch)


@staff("read")
@require_POST
def take(request: Any) -> HttpResponse:
    """/m/batch/take: claim the next ten unclaimed cases of this list (ST-7)."""
    batch_id = request.POST.get("batch", "")
    if not is_id(batch_id):
        return pages.trouble(request, 400)
    asked, _ = _chosen(request)
    needed = f"{desk_of(asked.queue).kind}.claim"
    if not may(request.person, needed):
        return pages.trouble(request, 403, "trouble.permission", permission=name_of(needed, request.lang))
    batch = batches.take(request.house.pool, request.person.actor(), batch_id, asked.queue, asked.want, TAKE, request.now)
    return _after(request, asked, batch)


@staff("read")
@require_POST
def undo(request: Any, batch_id: str) -> HttpResponse:
    """/m/batch/<id>/undo: claims given back, releases taken again, within a minute."""
    asked, _ = _chosen(request)
    batch = batches.undo(request.house.pool, request.person.actor(), batch_id, request.now)
    return pages.trouble(request, 409, "queue.undo_too_late") if batch is None else _after(request, asked, batch)


@staff("read")
@require_safe
def show(request: Any, batch_id: str) -> HttpResponse:
    """/m/batch/<id>: how far it is, and every case with its own result; can be left and come back to."""
    batch = batches.get(request.house.pool, request.person.merchant_id, batch_id) if is_id(batch_id) else None
    if batch is None:
        raise Http404
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in ("done", "refused") else ""
    after = request.GET.get("after", "")
    results = batches.results(request.house.pool, batch.merchant_id, batch_id, outcome, after if is_id(after) else "", 101)
    came = batch.filters.get("queue", "review")
    asked = queue_page.asked_of(request, came if came in QUEUES else "review", {})
    context = {"batch": batch, "results": results[:100], "after": results[99].case_id if len(results) > 100 else "", "outcome": outcome, "asked": asked, "L": labels, "desk": desk_of(asked.queue)}
    return render(request, "merchant/batch_part.html" if request.headers.get("HX-Request") else "merchant/batch.html", context)


def _after(request: Any, asked: Asked, batch: Any) -> HttpResponse:
    """Back to the list with what happened when all is done and well; otherwise to the results."""
    if batch is None:
        raise Http404
    calm = batch.finished_at is not None and (batch.refused == 0 or batch.done > 0)
    return HttpResponseRedirect(asked.link(done=batch.id, view=asked.view or None) if calm else f"/m/batch/{batch.id}")


def _chosen(request: Any) -> tuple[Asked, list[str]]:
    """The list the form came from, and the cases chosen on it: ticked ones, or all that match when `whole` is set."""
    name = request.POST.get("queue", "review")
    asked = queue_page.asked_of(request, name if name in QUEUES else "review", QueryDict(request.POST.get("query", "")))
    if request.POST.get("whole") == "1":
        return asked, batches.cases_of(request.house.pool, request.person.merchant_id, asked.queue, asked.want, request.now)
    ticked = request.POST.getlist("case") or request.POST.get("cases", "").split(",")
    return asked, [c for c in dict.fromkeys(ticked) if is_id(c)]


def _typed(request: Any, kind: str, name: str) -> tuple[Command | None, list[Refusal]]:
    """The command as typed; whoever gets an assigned case is named by the list of people, not by the form."""
    known: Any = batches.COMMANDS.get(name)
    body = {f.name: request.POST[f.name] for f in inputs(known) if f.name in request.POST} if known else {}
    if name == "assign":
        people = dict(staffing.people_of(request.house.pool, request.person.merchant_id))
        chosen = body.get("person", "")
        body = {"person": chosen, "person_name": people[chosen]} if chosen in people else {}
    return batches.command_of(kind, name, body)


def _form(request: Any, asked: Asked, cases: list[str], name: str, typed: Any, wrong: list[Refusal], batch_id: str, status: int) -> HttpResponse:
    pool, person = request.house.pool, request.person
    if name not in batches.VERBS[desk_of(asked.queue).kind]:
        return pages.trouble(request, 422, "queue.nothing_chosen")
    place = queue_page.place(asked.queue)
    kept = drafts.load(pool, person.merchant_id, person.id, place).get(name)
    values = dict(typed.items()) if typed else (kept.body if kept else {})
    trial = _trial(name, person)
    seen = batches.preview(pool, person.actor(), trial, cases, request.now)
    context = {
        "seen": seen, "verb": name, "fields": inputs(_class(name)), "values": values, "wrong": {r.field: r for r in wrong}, "whole": request.POST.get("whole") == "1",
        "cases": cases, "asked": asked, "batch_id": batch_id, "people": staffing.people_of(pool, person.merchant_id), "addresses": staffing.addresses_of(pool, person.merchant_id),
        "reasons": staffing.review_reasons(pool, person.merchant_id, name), "place": place, "restored": bool(kept and not typed), "L": labels, "desk": desk_of(asked.queue),
    }
    return render(request, "merchant/batch_look.html", context, status)


def _trial(name: str, person: Any) -> Command:
    """The command with nothing typed yet: rules that need a field look at the choice they would take by default."""
    made: Command = _class(name)(person=person.id, person_name=person.name) if name == "assign" else _class(name)()
    return made


def _class(name: str) -> Any:
    return batches.COMMANDS[name]

