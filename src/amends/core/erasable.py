"""Whether what is kept of a buyer about one order (or one case that is about no order) may be erased (ST-10), and if not, why and until when.

Nothing goes while something about it is open, owed, or may still be asked for; and never before the time of retention is over, counted from the last end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.refusal import Refusal

ENDED = frozenset({"received", "completed", "cancelled"})
"""States of an order in which nothing more is delivered. Receipt confirms itself (OR-4), so that no buyer holds an order open by silence."""

WHY = ("buyer_asked", "guardian_asked", "authority_asked", "consent_withdrawn", "account_closed")
"""Why a buyer is erased or given a copy; the words are the screens'."""
MOST_REFERENCE = 60
"""Characters of a ticket's or letter's number, which stays in the log."""


@dataclass(slots=True)
class Standing:
    """How one matter stands. `state`: of the order, empty where there is none; `at`: the last thing that happened to it; `ended_at`: when the last of its cases ended; `coupon_until`: until when a coupon that was
    given for it may still be used; `window_days`: days in which its buyer may still ask for something by the rules it is under."""

    number: str
    state: str
    at: datetime
    open_case: str | None = None
    ended_at: datetime | None = None
    owed: bool = False
    coupon_until: datetime | None = None
    called: bool = False
    waits: bool = False
    window_days: int = 0


def held(matter: Standing, days: int, now: datetime) -> Refusal | None:
    """Why it may not be erased now, with when it may if that is known; None if it may. `days`: how long things are kept after their end."""
    if matter.open_case:
        return Refusal("buyer_case_open", {"number": matter.number, "case": matter.open_case, "days": days})
    if matter.state and matter.state not in ENDED:
        return Refusal("buyer_order_open", {"number": matter.number, "state": matter.state, "days": days})
    if matter.owed:
        return Refusal("buyer_owed", {"number": matter.number})
    if matter.called:
        return Refusal("buyer_called", {"number": matter.number})
    if matter.waits:
        return Refusal("buyer_message_waits", {"number": matter.number})
    if matter.coupon_until is not None and matter.coupon_until > now:
        return Refusal("buyer_coupon", {"number": matter.number, "on": f"{matter.coupon_until:%Y-%m-%d}"})
    due = due_at(matter, days)
    return Refusal("buyer_not_due", {"number": matter.number, "on": f"{due:%Y-%m-%d}", "days": days}) if due > now else None


def due_at(matter: Standing, days: int) -> datetime:
    """When its time is over: the days of retention after its last end, or the last day on which its buyer may ask for something, whichever is later."""
    last = max(matter.at, matter.ended_at) if matter.ended_at else matter.at
    return last + timedelta(days=max(days, matter.window_days))
