"""Four eyes on tickets (DI-6, TI-5): above the amount that a judgement waits for its second person, so does what the platform decides, or pays, in the merchant's place.

What was proposed stands in the case as `pending` until somebody else approves it or sends it back; nothing of it has happened before. When it is approved it is looked at once more, with
the same rules, as the command it was: the order's money may have gone elsewhere meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from amends.core import rules_ticket as rt
from amends.core.actor import Actor
from amends.core.commands import Command, verb
from amends.core.machine import Look
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.verbs.ticket import DecideTicket, RefundForMerchant

PROPOSED: dict[str, type[Command]] = {"decide_ticket": DecideTicket, "refund_for_merchant": RefundForMerchant}
"""Commands that may wait for a second person."""
AGAIN: dict[str, tuple[Callable[[Look], Refusal | None], ...]] = {
    "decide_ticket": (rt.nothing_decided, rt.nothing_under_way, rt.decision_fits, rt.has_document_to_end),
    "refund_for_merchant": (rt.not_carried_out, rt.nothing_under_way, rt.goods_not_given, rt.within_room, rt.within_decided, rt.has_document),
}


def waiting(look: Look) -> Mapping[str, Any]:
    """What waits for a second person: command, input, by, by_name, at, finding, worth (minor units); empty for nothing."""
    found: Mapping[str, Any] = look.case.body.get("pending") or {}
    return found


def standing(look: Look) -> Look:
    """The same look as if what takes effect were given now by whoever proposed it; an approval takes what waits, anything else is itself."""
    pending = waiting(look)
    if verb(look.command) != "approve_decision" or not pending:
        return look
    command = PROPOSED[pending["command"]](**pending["input"])
    return replace(look, command=command, actor=Actor(look.actor.party, pending["by"], pending["by_name"], None, look.actor.permissions))


def worth(look: Look) -> int:
    """What it gives the buyer, in minor units: the amount, for goods that come back what can be given back for them, for goods that go out anew what was paid for them, as in a judgement."""
    command: Any = look.command
    wanted = getattr(command, "decision", "")
    if wanted in rt.OF_GOODS:
        return int(look.facts.get("goods" if wanted == "return_refund" else "goods_paid", 0))
    return 0 if wanted and wanted not in rt.WITH_AMOUNT else int(getattr(command, "amount", None) or 0)


def needs_second(look: Look) -> bool:
    """DI-6: above the set amount of the pack somebody else looks first."""
    above = rt.disputes_of(look).second_above
    return bool(above) and verb(look.command) in PROPOSED and worth(look) > above


def approves_payment(look: Look) -> bool:
    """What is approved is a payment in the merchant's place, which ends the ticket."""
    return waiting(look).get("command") == "refund_for_merchant"


@before_asking
def nothing_waits(look: Look) -> Refusal | None:
    """What waits for a second person is looked at before anything else is decided."""
    return Refusal("ticket_waits_second", {"name": waiting(look)["by_name"]}) if waiting(look) else None


@before_asking
def something_waits(look: Look) -> Refusal | None:
    """There is something to look at; of two who approve at once, one finds nothing left."""
    return None if waiting(look) else Refusal("ticket_nothing_to_approve")


@before_asking
def another_person(look: Look) -> Refusal | None:
    """The second person is neither who proposed it nor who wrote the decision that is paid."""
    if waiting(look).get("by") == look.actor.id:
        return Refusal("ticket_second_is_first")
    return Refusal("ticket_second_decided") if rt.decided(look).get("by_id") == look.actor.id else None


def still_fits(look: Look) -> Refusal | None:
    """Every rule once more: since it was proposed the buyer may have been given something, or the time have changed."""
    found = standing(look)
    for rule in AGAIN[waiting(look)["command"]]:
        refusal = rule(found)
        if refusal is not None:
            return replace(refusal, field=None)
    return None
