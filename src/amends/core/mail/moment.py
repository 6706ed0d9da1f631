"""When a mail counts as sent (TI-4): its own date while that can be believed, else when we received it.

The deadline runs from when the other side sent it, as the rule says; but a date is a claim of the sender's machine. So it counts only when it is not after our receipt
(five minutes are forgiven, for clocks differ; it is then the receipt itself) and not more than a day before it: a mail that was on its way longer, or whose date is made up,
could have its answer overdue before anybody was able to read it. For the same reason the receipt counts where the deadline of the date has passed when the mail comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OLDEST = timedelta(days=1)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counted:
    """The instant a mail counts as sent, and by what: `date`, or `no_date`, `future`, `old`, `overdue` when the receipt stands for it."""

    at: datetime
    by: str


def counted(dated: datetime | None, received: datetime, due: Callable[[datetime], datetime] | None = None) -> Counted:
    """Choose between the Date header and the receipt, both aware. `due`: the deadline that an instant gives."""
    if dated is None:
        return Counted(received, "no_date")
    dated = dated.astimezone(UTC)
    if dated > received + AHEAD:
        return Counted(received, "future")
    if dated < received - OLDEST:
        return Counted(received, "old")
    at = min(dated, received)
    if due is not None and due(at) <= received:
        return Counted(received, "overdue")
    return Counted(at, "date")
