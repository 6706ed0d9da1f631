"""What each answer to a case would do, tried side by side before anybody decides (SO-33, CA-2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.web import page, wording
from amends.web.case import effect_line
from amends.web.case.effect_line import Phrase

if TYPE_CHECKING:
    from amends.web.case.page import Read


@dataclass(slots=True)
class Answer:
    """One answer: its label, what would follow, or why it is not possible now."""

    verb: str
    label: str
    phrases: list[Phrase] = field(default_factory=list)
    why: str = ""


def answers(request: Any, given: Read) -> list[Answer]:
    """The answers this person may give, each from a dry run; those that another one stands for are left out."""
    layout, case = given.layout, given.seen.case
    moves = {m.verb: m for m in given.sight.moves}
    shown = [m for v in layout.answers if (m := moves.get(v)) and not (m.blocked and m.blocked.code in layout.unsaid)]
    if not shown:
        return []
    asked = [Asked(new_id(), request.person.merchant_id, case.id, m.command(), given.actor) for m in shown]
    standing, out = page.standing(request), []
    for move, tried in zip(shown, handle(request.house.pool, asked, request.now, dry_run=True), strict=True):
        label = (move.command.zh, move.command.en)[wording.at(request.lang)]
        if tried.refusal is not None:
            out.append(Answer(move.verb, label, why=given.tell(request, tried.refusal)))
        else:
            out.append(Answer(move.verb, label, effect_line.phrases(tried.plan, given.offers, standing["t"], standing["moment"], case.granted)))
    return [] if len(out) > 1 and len({a.why for a in out}) == 1 and out[0].why else out  # one reason against all of them is said once, under the buttons
