"""One view for every command of a case: its form, trying it, doing it once (SO-21 … SO-23, SO-33)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.commands import Command, inputs
from amends.engine import drafts
from amends.engine.batches import COMMANDS
from amends.engine.evidence_files import EVIDENCE
from amends.engine.handle import Answer
from amends.engine.ids import is_id
from amends.web import draft_files, page
from amends.web.case import fields, trail
from amends.web.case.acting import act, brought, opened
from amends.web.case.page import Doing, Read, effect, read_or_404, show_case
from amends.web.gate import staff


@staff("read")
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """GET: the form. POST: carry the command out, once; a refusal brings the form back as it was, with the reason."""
    command, given = command_of(verb), read_or_404(request, case_id)
    if request.method != "POST":
        first = {name: value for name, value in request.GET.items() if name in {i.name for i in inputs(command)}}
        return show_case(request, given, doing=Doing(command, first))
    if request.POST.get("look"):
        return show_case(request, given, doing=opened(request, command))
    doing, answer = act(request, given, command)
    if answer is None:
        _keep(request, given.seen.case.id, verb, dict(doing.typed), doing.photos)
        return show_case(request, given, doing=doing, status=422)
    if answer.refusal is not None:
        _keep(request, given.seen.case.id, verb, dict(doing.typed), doing.photos)
        return show_case(request, read_or_404(request, case_id), doing=doing, status=answer.refusal.status)
    return _done(request, given, verb, answer)


@staff("read")
@require_POST
def preview(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """The effect line of what is typed so far, as a fragment; nothing is written."""
    command, given = command_of(verb), read_or_404(request, case_id)
    return page.render(request, "case/effect_again.html", {"effect": effect(request, given, command, fields.typed_of(command, request.POST))})


@staff("read")
@require_POST
def draft(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """Keep what is being typed, and files that are chosen, for this person and case."""
    command = command_of(verb)
    files, wrong = None, draft_files.full(request, request.person.merchant_id, request.person.id)
    if not wrong and (request.FILES or draft_files.shown(request)):
        files, wrong = brought(request, read_or_404(request, case_id), command) if request.FILES else (request.POST.getlist(fields.PHOTOS_KEPT), [])
    kept = _keep(request, str(case_id), verb, fields.typed_of(command, request.POST), [f for f in files if is_id(f)] if files is not None else None)
    return draft_files.answer(request, "files" if verb in EVIDENCE else "photos", files or [], wrong, kept=kept)


def _keep(request: Any, case_id: str, verb: str, typed: dict[str, Any], files: list[str] | None = None) -> bool:
    """What is typed and not carried out yet; what was sent and refused too, so that it is there when the other side has answered (TI-3)."""
    person, version = request.person, request.POST.get("version", "")
    return drafts.save(request.house.pool, person.merchant_id, person.id, case_id, verb, typed, int(version) if version.isdecimal() else None, request.now, files)


def command_of(verb: str) -> type[Command]:
    """The command of a verb in the address; 404 for one that no table has. Whether this kind of case knows it, the road decides."""
    if verb not in COMMANDS:
        raise Http404
    return COMMANDS[verb]


def _done(request: Any, given: Read, verb: str, answer: Answer) -> HttpResponse:
    person, case_id = request.person, given.seen.case.id
    drafts.drop(request.house.pool, person.merchant_id, person.id, case_id, verb)
    following = None if verb in given.layout.stay else trail.following(request, case_id)
    return HttpResponseRedirect(trail.address("case", following or case_id, trail.carried(request), done=f"{verb}.{answer.number}"), status=303)
