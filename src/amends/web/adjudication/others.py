"""The other commands of the desk as forms in the bar below: questions, stepping in, confirming, sending back, closing, evidence for a side (DI-5, DI-6, DI-6a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from amends.core.commands import Command, build, inputs
from amends.core.refusal import Refusal
from amends.engine import drafts
from amends.engine.evidence_files import take_evidence
from amends.engine.ids import is_id, new_id
from amends.web import draft_files, wording
from amends.web.adjudication.reading import Desk
from amends.web.case import fields
from amends.web.case.fields import PHOTOS_KEPT, FormField

IN_BAR = ("confirm_judgement", "return_judgement", "ask_side", "step_in", "add_evidence", "close_dispute")
"""In the order in which they stand in the bar."""
KEYS = {"confirm_judgement": "a", "return_judgement": "r", "ask_side": "w", "step_in": "i"}


@dataclass(slots=True)
class Tried:
    """A command whose form is open: what was typed, and what is wrong with it. `made` is None when it cannot be read."""

    verb: str
    typed: dict[str, Any]
    command_id: str
    wrong: list[Refusal]
    made: Command | None = None
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Act:
    """A button of the bar; off with the reason in words."""

    verb: str
    label: str
    key: str = ""
    off: str = ""


@dataclass(slots=True)
class OpenForm:
    """The form that is open in the bar."""

    verb: str
    label: str
    inputs: list[FormField]
    wrong: list[str]
    command_id: str
    files: list[str]
    off: str = ""


def acts_of(request: Any, desk: Desk) -> list[Act]:
    """What this person may do here beside judging; what another rule forbids stays visible with its reason, what is only out of place is left out."""
    out = []
    for verb in IN_BAR:
        move = desk.move(verb)
        if move is None or (move.blocked is not None and move.blocked.code in ("nothing_waits_for_second", "judgement_waits")):
            continue
        out.append(Act(verb, wording.command(verb, request.lang), KEYS.get(verb, ""), desk.tell(request, move.blocked) if move.blocked else ""))
    return out


def open_form(request: Any, desk: Desk, tried: Tried) -> OpenForm | None:
    """The form of the command that is tried, as it was typed."""
    move = desk.move(tried.verb)
    if move is None:
        return None
    named = {i.name for i in inputs(move.command)}
    made = fields.form_of(move.command, desk.offers, tried.typed, tried.wrong, request.lang, lambda r: desk.tell(request, r))
    wrong = [desk.tell(request, r) for r in tried.wrong if r.field not in named]
    return OpenForm(tried.verb, wording.command(tried.verb, request.lang), made, wrong, tried.command_id, tried.files, desk.tell(request, move.blocked) if move.blocked else "")


def tried_of(request: Any, desk: Desk, verb: str, command: type[Command]) -> Tried:
    """What was sent, made into a command where it can be; files are kept once, however often the form is sent."""
    given = request.POST.get("command_id", "")
    tried = Tried(verb, fields.typed_of(command, request.POST), given if is_id(given) else new_id(), [])
    if any(i.metadata["kind"] == "photos" for i in inputs(command)):
        tried.files, tried.wrong = _files(request, desk, tried.command_id)
    made, wrong = build(command, fields.body_of(command, tried.typed, tried.files, desk.offers, request.zone))
    tried.wrong += wrong
    tried.made = made if not tried.wrong else None
    return tried


def begun(request: Any, desk: Desk, verb: str) -> Tried:
    """The form as it was left: what was typed and brought before, and what the address asks for."""
    draft = drafts.load(request.house.pool, desk.merchant_id, request.person.id, desk.seen.case.id).get(verb)
    typed = {k: v for k, v in (draft.body if draft else {}).items() if isinstance(v, str)}
    return Tried(verb, typed | dict(request.GET.items()), new_id(), [], files=draft.files if draft else [])


def keep(request: Any, desk: Desk, tried: Tried, files: list[str] | None = None) -> bool:
    """The draft of a command of the bar, for this person."""
    case = desk.seen.case
    return drafts.save(request.house.pool, desk.merchant_id, request.person.id, case.id, tried.verb, tried.typed, case.version, request.now, tried.files if files is None else files)


def kept(request: Any, desk: Desk, verb: str, command: type[Command]) -> HttpResponse:
    """Keep what is typed, and files that are chosen."""
    wrong = draft_files.full(request, desk.merchant_id, request.person.id)
    given = request.POST.get("command_id", "")
    tried = Tried(verb, fields.typed_of(command, request.POST), given if is_id(given) else new_id(), [])
    if not wrong:
        tried.files, wrong = _files(request, desk, tried.command_id)
    return draft_files.answer(request, "plain", tried.files, wrong, kept=keep(request, desk, tried))


def _files(request: Any, desk: Desk, once: str) -> tuple[list[str], list[Refusal]]:
    kept, wrong = [p for p in request.POST.getlist(PHOTOS_KEPT) if is_id(p)][:9], []
    for file in request.FILES.getlist("photos")[:9]:
        found = take_evidence(request.house.pool, desk.merchant_id, file.read(), request.person.id, request.now, once=once)
        if isinstance(found, Refusal):
            wrong.append(Refusal(found.code, found.facts, "photos"))
        elif found not in kept:
            kept.append(found)
    return kept, wrong
