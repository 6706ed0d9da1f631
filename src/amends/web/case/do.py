"""One view for every command of a case: its form, trying it, doing it once (SO-21 … SO-23, SO-33)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.cases import TABLES
from amends.core.commands import Command, build, inputs
from amends.core.refusal import Refusal
from amends.engine import drafts
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import is_id, new_id
from amends.engine.photos import take_photo
from amends.web import page
from amends.web.case import fields, trail
from amends.web.case.buttons import STAY
from amends.web.case.page import Doing, Read, effect, read, show_case
from amends.web.gate import staff

MACHINE = TABLES["service_order"]


@staff("read")
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """GET: the form. POST: carry the command out, once; a refusal brings the form back as it was, with the reason."""
    command, given = _command(verb), _read(request, case_id)
    if request.method != "POST":
        first = {name: value for name, value in request.GET.items() if name in {i.name for i in inputs(command)}}
        return show_case(request, given, doing=Doing(command, first))
    doing = Doing(command, fields.typed_of(command, request.POST), command_id=_command_id(request))
    if request.POST.get("look"):
        doing.photos = request.POST.getlist(fields.PHOTOS_KEPT)
        return show_case(request, given, doing=doing)
    doing.photos, wrong = _photos(request, given, doing)
    made, unread = build(command, fields.body_of(command, doing.typed, doing.photos, given.offers, request.zone))
    if made is None or wrong:
        doing.wrong = [*wrong, *unread]
        return show_case(request, given, doing=doing, status=422)
    answer = _carry_out(request, given, made, doing)
    return _done(request, given, verb, answer) if answer.refusal is None else _refused(request, case_id, doing, answer)


@staff("read")
@require_POST
def preview(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """The effect line of what is typed so far, as a fragment; nothing is written."""
    command, given = _command(verb), _read(request, case_id)
    return page.render(request, "case/effect.html", {"effect": effect(request, given, command, fields.typed_of(command, request.POST))})


@staff("read")
@require_POST
def draft(request: Any, case_id: Any, verb: str) -> HttpResponse:
    """Keep what is being typed, for this person and case."""
    command, person = _command(verb), request.person
    version = request.POST.get("version", "")
    body = fields.typed_of(command, request.POST)
    drafts.save(request.house.pool, person.merchant_id, person.id, str(case_id), verb, body, int(version) if version.isdecimal() else None, request.now)
    return HttpResponse(status=204)


def _command(verb: str) -> type[Command]:
    if verb not in MACHINE.commands:
        raise Http404
    return MACHINE.commands[verb]


def _read(request: Any, case_id: Any) -> Read:
    given = read(request, str(case_id))
    if given is None:
        raise Http404
    return given


def _command_id(request: Any) -> str:
    given = request.POST.get("command_id", "")
    return given if is_id(given) else new_id()


def _photos(request: Any, given: Read, doing: Doing) -> tuple[list[str], list[Refusal]]:
    """Photos kept from the last try and those sent now; each is one file, however often the form is sent."""
    item = next((i for i in inputs(doing.command) if i.metadata["kind"] == "photos"), None)
    if item is None:
        return [], []
    kept, wrong = [p for p in request.POST.getlist(fields.PHOTOS_KEPT) if is_id(p)], []
    sent = request.FILES.getlist(item.name)
    if len(kept) + len(sent) > item.metadata["most"]:
        return kept, [Refusal("photos_too_many", {"most": item.metadata["most"]}, item.name)]
    below = given.pack.photos.bytes_below if given.pack else 800 * 1024
    for file in sent:
        taken = take_photo(request.house.pool, request.person.merchant_id, file.read(), request.person.id, request.now, once=doing.command_id, bytes_below=below)
        if isinstance(taken, Refusal):
            wrong.append(Refusal(taken.code, taken.facts, item.name))
        elif taken not in kept:
            kept.append(taken)
    return kept, wrong


def _carry_out(request: Any, given: Read, command: Command, doing: Doing) -> Answer:
    version = request.POST.get("version", "")
    asked = Asked(
        doing.command_id, request.person.merchant_id, given.seen.case.id, command, given.actor, int(version) if version.isdecimal() else None,
    )
    return handle(request.house.pool, [asked], request.now)[0]


def _refused(request: Any, case_id: Any, doing: Doing, answer: Answer) -> HttpResponse:
    """Back to the form, read afresh: what was typed stays, the reason stands beside its field or above; a conflict says who was first."""
    assert answer.refusal is not None
    doing.wrong = [answer.refusal]
    doing.conflict = answer if answer.refusal.code in ("version_conflict", "not_now") else None
    if answer.refusal.code == "command_id_reused":
        doing.command_id = new_id()
    return show_case(request, _read(request, case_id), doing=doing, status=answer.refusal.status)


def _done(request: Any, given: Read, verb: str, answer: Answer) -> HttpResponse:
    person, case_id = request.person, given.seen.case.id
    drafts.drop(request.house.pool, person.merchant_id, person.id, case_id, verb)
    following = None if verb in STAY else trail.following(request, case_id)
    return HttpResponseRedirect(trail.address("case", following or case_id, trail.carried(request), done=f"{verb}.{answer.number}"), status=303)
