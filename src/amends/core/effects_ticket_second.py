"""What deciding and paying on a ticket do: at once, or as a proposal that waits for its second person (DI-6, TI-5)."""

from collections.abc import Mapping
from functools import wraps
from typing import Any

from amends.core import effects_ticket as et
from amends.core.commands import Command, inputs, verb
from amends.core.machine import Effect, Look
from amends.core.rules_ticket_second import needs_second, standing, waiting, worth

Body = Mapping[str, Any]
WAITS = "ticket_waits_second"


def stands(effect: Effect, *, of: str = "") -> Effect:
    """An effect that only happens once it stands: not of what waits; of what is approved, as of the command it was. `of`: of this command alone."""

    @wraps(effect)
    def told(look: Look) -> Body | None:
        given = standing(look)
        return None if needs_second(look) or verb(given.command) not in (of or verb(given.command),) else effect(given)

    return told


def tell_platform(look: Look) -> Body | None:
    """The platform's people hear that something waits for a second person, or came back."""
    return {"to": "platform", "event": WAITS if needs_second(look) else look.command.event} if needs_second(look) or verb(look.command) == "return_decision" else None


def decide(look: Look) -> Body:
    """A decision that stands, or waits."""
    return _propose(look) if needs_second(look) else {**et.note_decision(look), "pending": None}


def pay(look: Look) -> Body:
    """A payment in the merchant's place that stands, or waits."""
    return _propose(look) if needs_second(look) else _paid(look)


def _paid(look: Look) -> Body:
    return {**et.grant(look), **et.note_end(look)}


def approve(look: Look) -> Body:
    """What was proposed stands from now, with who approved it."""
    given, pending = standing(look), waiting(look)
    second = {"second": look.actor.id, "second_name": look.actor.name, "approved_at": look.now.isoformat()}
    if pending["command"] == "refund_for_merchant":
        return {**_paid(given), "pending": None, "second_look": {"by": pending["by"], "by_name": pending["by_name"], **second}}
    noted = et.note_decision(given)
    return {**noted, "decision": {**noted["decision"], "finding": pending["finding"], **second}, "pending": None}


def send_back(look: Look) -> Body:
    """There is nothing that waits; the platform has its time to think it over."""
    return {"pending": None, "waits_for": "platform", "late": False}


def _propose(look: Look) -> Body:
    """The second person has the platform's time to decide, counted from now."""
    command: Command = look.command
    found = {item.name: getattr(command, item.name) for item in inputs(command.__class__)}
    silent = {} if look.case.state == "transferred" else {"silent": False}
    return {
        "pending": {
            "command": verb(command), "input": {name: value for name, value in found.items() if value not in ("", None, [])}, "by": look.actor.id, "by_name": look.actor.name,
            "at": look.now.isoformat(), "finding": et.finding(look), "worth": worth(look),
        },
        "waits_for": "platform", "arms": "ticket_decide", "runs_since": None, "late": False, "red_at": None, **silent,
    }


