"""What the platform's people may do on a case of a merchant's: forms read off the table, one post for every command (PO-8, PO-11, SO-18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.commands import Command, build, inputs
from amends.core.machine import Move
from amends.core.refusal import Refusal
from amends.engine import sight
from amends.engine.deadlines import pack_opened_under
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import is_id, new_id
from amends.store.screens.case import CaseSeen
from amends.web import wording
from amends.web.case import fields
from amends.web.case.fields import FormField
from amends.web.case.layouts import LAYOUTS
from amends.web.case.offers import Offers, offers_of


@dataclass(slots=True)
class Deed:
    """One command as a form: its words, inputs, why it is off, and what was wrong with the last try (then it stands open)."""

    verb: str
    label: str
    inputs: list[FormField]
    off: str = ""
    command_id: str = field(default_factory=new_id)
    wrong: list[str] = field(default_factory=list)
    open: bool = False


@dataclass(slots=True)
class Tried:
    """What was sent and not carried out."""

    verb: str
    typed: dict[str, Any]
    command_id: str
    wrong: list[Refusal]


def deeds(request: Any, merchant_id: str, seen: CaseSeen, tried: Tried | None = None) -> list[Deed]:
    """Everything this person of the platform may do here; what another party does is left out."""
    found, offers = _look(request, merchant_id, seen)
    unsaid = LAYOUTS[seen.case.kind].unsaid
    return [_deed(request, move, offers, tried) for move in found if move.blocked is None or move.blocked.code not in unsaid]


def act(request: Any, merchant: str, seen: CaseSeen, verb: str, command: type[Command]) -> tuple[Tried, Answer | None]:
    """Carry one out, once, as the form says. The answer is None when the form cannot be read; what is wrong stands in `Tried.wrong`."""
    given, version = request.POST.get("command_id", ""), request.POST.get("version", "")
    tried = Tried(verb, fields.typed_of(command, request.POST), given if is_id(given) else new_id(), [])
    _, offers = _look(request, merchant, seen)
    made, tried.wrong = build(command, fields.body_of(command, tried.typed, [], offers, request.zone))
    if made is None:
        return tried, None
    asked = Asked(tried.command_id, merchant, seen.case.id, made, request.person.actor(), int(version) if version.isdecimal() else None)
    answer = handle(request.house.pool, [asked], request.now)[0]
    tried.wrong = [answer.refusal] if answer.refusal is not None else []
    return tried, answer


def _look(request: Any, merchant_id: str, seen: CaseSeen) -> tuple[list[Move], Offers]:
    found = sight.see(request.house.pool, merchant_id, seen.case.id, request.person.actor(), request.now)
    pack = wording.pack_of(pack_opened_under(seen.case.facts))
    return (found.moves if found else []), offers_of(seen, found.facts if found else {}, pack, request.lang)


def _deed(request: Any, move: Move, offers: Offers, tried: Tried | None) -> Deed:
    def say(refusal: Refusal) -> str:
        return refusal.say(request.lang)

    mine = tried if tried is not None and tried.verb == move.verb else None
    form = fields.form_of(move.command, offers, mine.typed if mine else {}, mine.wrong if mine else [], request.lang, say)
    named = {i.name for i in inputs(move.command)}
    made = Deed(move.verb, wording.command(move.verb, request.lang), [f for f in form if f.kind != "photos"], say(move.blocked) if move.blocked else "")
    if mine is not None:
        made.command_id, made.open, made.wrong = mine.command_id, True, [say(r) for r in mine.wrong if r.field not in named]
    return made


__all__ = ["Deed", "Tried", "act", "deeds"]
