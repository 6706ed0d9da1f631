"""The merchant's one choice: the plans of a dispute side by side, each with its consequence in a sentence and what it would do (DI-2, DI-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from amends.core.commands import sketch
from amends.core.machine import Move
from amends.core.pack_disputes import CANCEL_ORDER
from amends.core.windows import window_of
from amends.engine.handle import Asked, handle
from amends.engine.ids import new_id
from amends.web import page, show, wording
from amends.web.case import effect_line
from amends.web.case.effect_line import Phrase

if TYPE_CHECKING:
    from amends.web.case.page import Read

FOUR = ("settle_by_refund", "settle_without_cancelling", "settle_by_interception", "ask_for_judgement")
TWO = ("offer_settlement", "ask_for_judgement")
PLANS = frozenset({*FOUR, *TWO})
ICONS = {
    "settle_by_refund": "ti-cash", "settle_without_cancelling": "ti-heart-handshake", "settle_by_interception": "ti-truck-return", "offer_settlement": "ti-heart-handshake",
    "ask_for_judgement": "ti-scale",
}


@dataclass(slots=True)
class Card:
    """One plan: its verb, key, name, consequence, what would follow from a dry run, or why it is not possible."""

    verb: str
    key: str
    icon: str
    label: str
    sentence: str
    phrases: list[Phrase] = field(default_factory=list)
    off: str = ""


def cards(request: Any, given: Read) -> list[Card]:
    """The plans of this dispute; none where it is not the merchant's turn, or this person may not choose."""
    case, lang = given.seen.case, request.lang
    moves = {m.verb: m for m in given.sight.moves if m.verb in PLANS}
    if case.state != "awaiting_merchant" or not moves:
        return []
    shown = [moves[v] for v in (FOUR if case.type == CANCEL_ORDER else TWO) if v in moves]
    asked = [Asked(new_id(), request.person.merchant_id, case.id, sketch(m.command, _first(given, m)), given.actor) for m in shown]
    out = []
    for n, (move, tried) in enumerate(zip(shown, handle(request.house.pool, asked, request.now, dry_run=True), strict=True)):
        card = Card(move.verb, str(n + 1), ICONS[move.verb], (move.command.zh, move.command.en)[wording.at(lang)], _sentence(request, given, move))
        refusal = move.blocked or tried.refusal
        if refusal is not None:
            card.off = given.tell(request, refusal)
        elif tried.refusal is None:
            standing = page.standing(request)
            card.phrases = effect_line.phrases(tried.plan, given.offers, standing["t"], standing["moment"], case.granted)
        out.append(card)
    return out


def _first(given: Read, move: Move) -> dict[str, Any]:
    """Enough of a form to try the plan with."""
    if move.verb != "ask_for_judgement":
        return {}
    return {"ground": next((g.code for g in given.sight.facts["disputes"].grounds_for(given.seen.case.type)), "")}


def _sentence(request: Any, given: Read, move: Move) -> str:
    standing = page.standing(request)
    case = given.seen.case
    say: Callable[..., str] = standing["t"]
    facts = given.sight.facts
    if move.verb == "settle_by_refund":
        return say("disputes.plan_settle_by_refund", amount=show.money(int(facts.get("room", 0)), case.currency))
    if move.verb == "ask_for_judgement":
        until = window_of(given.seen.case.facts, "evidence_until")
        return say("disputes.plan_ask_for_judgement", at=effect_line.latest(datetime.fromisoformat(until), standing["moment"]) if until else "—")
    return say(f"disputes.plan_{move.verb}")
