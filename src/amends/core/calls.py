"""Calls for help (SO-30): somebody has called the platform in on a case, and the platform's answer to whoever called.

A merchant calls by its command, a buyer by saying "not solved", a pack by its own rule (PO-11). The rows of the table `calls` follow from `call_open` (`engine.calling`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.actor import Party
from amends.core.machine import Look, Step
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.verbs.desk import AnswerCall

Body = Mapping[str, Any]
WHO = {Party.MERCHANT: "merchant", Party.BUYER: "buyer"}


def note_call(look: Look) -> Body:
    """The platform is waited for by whoever called; an earlier answer stays in the history."""
    return {"call_open": True, "called_by": WHO.get(look.actor.side, "system"), "call_answer": None}


def note_call_answered(look: Look) -> Body:
    """What the platform answered, to whom, and the dispute it opened from the call."""
    command: Any = look.command
    return {"call_open": False, "call_answer": {"words": command.words, "to": look.case.body.get("called_by") or "merchant", "by": look.actor.name, "dispute": command.dispute, "at": look.now.isoformat()}}


@before_asking
def somebody_called(look: Look) -> Refusal | None:
    """There is a call that nobody has answered."""
    return None if look.case.body.get("call_open") else Refusal("no_call_open")


def cause_fits(look: Look) -> Refusal | None:
    """A coded reason is one of the pack's, with the photos it asks for (SO-27). Facts `causes`: code → whether photos are needed; without a code words alone will do."""
    code, causes = getattr(look.command, "cause", ""), look.facts.get("causes", {})
    if not code:
        return None
    if code not in causes:
        return Refusal("call_cause_unknown", field="cause")
    return Refusal("photos_missing", field="photos") if causes[code] and not getattr(look.command, "photos", ()) else None


def tell_merchant(look: Look) -> Body:
    """The merchant hears every answer: a buyer's call is about its work too."""
    return {"to": "merchant", "event": look.command.event}


def tell_buyer(look: Look) -> Body | None:
    """The buyer hears the answer to a call of its own."""
    return {"to": "buyer", "event": look.command.event, "buyer": look.case.buyer_id} if look.case.body.get("called_by") == "buyer" else None


def answered(name: str) -> tuple[Step, ...]:
    """The platform answers wherever the case is by now, and leaves it there."""
    return (Step(AnswerCall, (Party.PLATFORM,), name, (somebody_called,), (tell_merchant, tell_buyer), (note_call_answered,)),)
