"""What waits for a second person on a ticket, in words (DI-6, TI-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.web import wording
from amends.web.catalogue import say
from amends.web.show import money


@dataclass(frozen=True, slots=True)
class Waits:
    """`what` was decided or is to be paid, `words` with which reason, `by` whom and `at` when; the sum in `what` is above what one person may give."""

    what: str
    words: str
    by: str
    at: datetime


def waits_of(case: Any, lang: str) -> Waits | None:
    """What waits on this ticket, None for nothing."""
    pending = case.facts.get("pending")
    if not pending:
        return None
    given = pending["input"]
    named = wording.choice("decision", given["decision"], lang) if pending["command"] == "decide_ticket" else wording.command(pending["command"], lang)
    amount = given.get("amount") or pending.get("worth")
    told = "tickets.second_worth" if given.get("decision") == "return_refund" else "tickets.second_goods"
    worth = "" if not amount else f" {money(amount, case.currency)}" if given.get("amount") else say(lang, told, amount=money(amount, case.currency))
    return Waits(named + worth, given.get("words", ""), pending["by_name"], datetime.fromisoformat(pending["at"]))
