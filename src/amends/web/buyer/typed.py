"""What a buyer typed into a form of a case and has not sent: kept while typing, there again on return (UI-1a)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from amends.core.cases import TABLES
from amends.core.commands import Command, inputs
from amends.core.commands import verb as name_of
from amends.core.refusal import Refusal
from amends.engine import drafts
from amends.engine.evidence_files import EVIDENCE
from amends.engine.ids import is_id
from amends.web import draft_files
from amends.web.buyer import uploads
from amends.web.buyer import visit as visits
from amends.web.buyer.case import VERBS, Opened, open_case
from amends.web.gate import buyer

TEXTS = ("text", "long", "choice", "count", "instant")
"""Kinds of fields that are kept as they stand; files are kept as what was brought (`draft_files`)."""


@buyer
@require_POST
def keep(request: Any, number: str, verb: str) -> HttpResponse:
    """Keep what stands in the form now; an empty one is forgotten."""
    opened = open_case(request, number) if verb in VERBS else None
    command = TABLES[opened.case.kind].commands.get(verb) if opened else None
    if opened is None or command is None:
        return visits.missing(request)
    files, wrong, item = None, draft_files.full(request, opened.visit.merchant_id, _who(opened)), _photos(command)
    if item is not None and not wrong and (request.FILES or draft_files.shown(request)):
        files, wrong = _brought(request, opened, command, item)
    body = {name: request.POST.get(name, "") for name in _texts(command)}
    drafts.save(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id, verb, body, opened.case.version, request.now, files)
    return draft_files.answer(request, "phone-files" if evidence(opened, command) else "phone", files or [], wrong, f"{item.name}_keep" if item else "")


def keep_files(request: Any, opened: Opened, verb: str, body: dict[str, Any]) -> None:
    """A form that was refused: what it said, and the files it brought."""
    command = TABLES[opened.case.kind].commands[verb]
    item, texts = _photos(command), _texts(command)
    files = list(body.get(item.name) or ()) if item else None
    drafts.save(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id, verb, {n: str(body[n]) for n in texts if body.get(n)}, opened.case.version, request.now, files)


def evidence(opened: Opened, command: type[Command]) -> bool:
    """Whether the form lists files as evidence, and not as photos."""
    return opened.case.kind == "dispute" or name_of(command) in EVIDENCE


def _photos(command: type[Command]) -> Any:
    return next((f for f in inputs(command) if f.metadata["kind"] == "photos"), None)


def _brought(request: Any, opened: Opened, command: type[Command], item: Any) -> tuple[list[str], list[Refusal]]:
    m, who, once = opened.visit.merchant_id, opened.visit.buyer_id, request.POST.get("command_id", "")
    before = uploads.own(request, m, who, request.POST.getlist(f"{item.name}_keep"))
    taken = uploads.take(request, m, who, item.name, before, item.metadata["most"], once if is_id(once) else "", evidence=name_of(command) in EVIDENCE)
    return taken.ids, [w.refusal for w in taken.wrong]


def kept(request: Any, opened: Opened, verb: str) -> dict[str, Any]:
    """What was typed before, by field; empty when nothing was."""
    found = drafts.load(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id).get(verb)
    if found is None:
        return {}
    item = _photos(TABLES[opened.case.kind].commands[verb])
    return dict(found.body) | ({item.name: found.files} if item is not None and found.files else {})


def forget(request: Any, opened: Opened, verb: str) -> None:
    """It has been sent."""
    drafts.drop(request.house.pool, opened.visit.merchant_id, _who(opened), opened.case.id, verb)


def _texts(command: type[Command]) -> list[str]:
    return [f.name for f in inputs(command) if f.metadata["kind"] in TEXTS]


def _who(opened: Opened) -> str:
    return f"buyer:{opened.visit.buyer_id}"
