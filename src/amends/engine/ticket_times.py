"""When an unanswered ticket turns red (TI-2), by where it came from: hours after the turn began, for a mail before its own hour (TI-4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amends.core.calendar import due
from amends.core.machine import Decision, Look
from amends.engine.deadlines import Deadlines

if TYPE_CHECKING:
    from amends.engine.beside import Beside


def red_at(clocks: Deadlines, origin: str, began: datetime) -> datetime:
    """When a turn that began then turns red, before suspensions.

    TI-1 and TI-2 are the rule of complaints: 3 h to answer, red after 2 h. TI-4 is the rule of mail, which may have 26 h; its two hours would be over long before anybody is late. So a mail is
    red when no more of its time is left than the pack's reminder of `ticket_mail` (one hour, as much as a complaint has left when it turns red), and never before it began.
    """
    pack = clocks.pack
    clock = pack.clocks.get("ticket_mail")
    if origin != "email" or clock is None:
        return began + timedelta(seconds=pack.tickets.red_after)
    span, _, _ = clock.for_case(origin)
    return max(due(began, span, clocks.calendar) - timedelta(seconds=clock.remind_before or 0), began)


def note(beside: Beside, look: Look, decision: Decision) -> None:
    """A turn of a mail that begins is red by the mail's own time."""
    if look.case.kind == "ticket" and decision.changes.get("arms") == "ticket_mail":
        began = datetime.fromisoformat(decision.changes["turn_began"])
        decision.changes["red_at"] = red_at(beside.facts.clocks_of(look.case), look.case.type, began).isoformat()
