"""A posted form becomes a command, once: what was typed, its photos, and the road's answer (SO-21 … SO-23)."""

from __future__ import annotations

from typing import Any

from amends.core.commands import Command, build, inputs
from amends.core.refusal import Refusal
from amends.engine.evidence_files import EVIDENCE, MOST_BYTES, take_evidence
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import is_id, new_id
from amends.engine.photos import BYTES_BELOW, take_photo
from amends.web.case import fields
from amends.web.case.page import Doing, Read


def act(request: Any, given: Read, command: type[Command]) -> tuple[Doing, Answer | None]:
    """Carry out what the form says. The answer is None when the form itself cannot be read; what is wrong stands in `Doing.wrong`."""
    doing = opened(request, command)
    doing.photos, wrong = _photos(request, given, doing)
    made, unread = build(command, fields.body_of(command, doing.typed, doing.photos, given.offers, request.zone))
    doing.wrong = [*wrong, *unread]
    if made is None or wrong:
        return doing, None
    version = request.POST.get("version", "")
    asked = Asked(doing.command_id, request.person.merchant_id, given.seen.case.id, made, given.actor, int(version) if version.isdecimal() else None)
    answer = handle(request.house.pool, [asked], request.now)[0]
    if answer.refusal is not None:
        doing.wrong = [answer.refusal]
        doing.conflict = answer if answer.refusal.code in ("version_conflict", "not_now") else None
        if answer.refusal.code == "command_id_reused":
            doing.command_id = new_id()
    return doing, answer


def opened(request: Any, command: type[Command]) -> Doing:
    """The form as it was sent, before anything is done with it."""
    given = request.POST.get("command_id", "")
    return Doing(command, fields.typed_of(command, request.POST), photos=request.POST.getlist(fields.PHOTOS_KEPT), command_id=given if is_id(given) else new_id())


def brought(request: Any, given: Read, command: type[Command]) -> tuple[list[str], list[Refusal]]:
    """The files of a form that is not sent yet: those it names, and those chosen now."""
    return _photos(request, given, opened(request, command))


def _photos(request: Any, given: Read, doing: Doing) -> tuple[list[str], list[Refusal]]:
    """Photos kept from the last try and those sent now; each is one file, however often the form is sent."""
    item = next((i for i in inputs(doing.command) if i.metadata["kind"] == "photos"), None)
    if item is None:
        return [], []
    most, below = item.metadata["most"], given.pack.photos.bytes_below if given.pack else BYTES_BELOW
    return taken(request, item.name, doing.command_id, most, below, evidence=doing.verb in EVIDENCE)


def taken(request: Any, name: str, once: str, most: int, below: int = BYTES_BELOW, *, evidence: bool = False) -> tuple[list[str], list[Refusal]]:
    """The photo ids of a form: those it kept, and those it brings; refusals are about the field `name`. `evidence`: documents and videos too (DI-5)."""
    kept, wrong = [p for p in request.POST.getlist(fields.PHOTOS_KEPT) if is_id(p)], []
    sent = request.FILES.getlist(name)
    if len(kept) + len(sent) > most:
        return kept[:most], [Refusal("photos_too_many", {"most": most}, name)]
    for file in sent:
        found = _kept(request, file.read(MOST_BYTES + 1), once, below, evidence)
        if isinstance(found, Refusal):
            wrong.append(Refusal(found.code, found.facts, name))
        elif found not in kept:
            kept.append(found)
    return kept, wrong


def _kept(request: Any, data: bytes, once: str, below: int, evidence: bool) -> str | Refusal:
    pool, merchant, who = request.house.pool, request.person.merchant_id, request.person.id
    if evidence:
        return take_evidence(pool, merchant, data, who, request.now, once=once, pictures_below=below)
    return take_photo(pool, merchant, data, who, request.now, once=once, bytes_below=below)
