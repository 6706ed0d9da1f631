"""When personal data of a matter may be erased (ST-10): so many days after it has ended, and never while it or anything about the same goods is still open.

The least is the law's: what a transaction left is kept for three years after it was completed (E-Commerce Law of the PRC, article 31).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.core.refusal import Refusal

LEAST, MOST = 1096, 7305
"""Days that may be set: three years with a leap day, and twenty years."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A case that something belongs to, or that is about the same order: its number, its kind's code, and when it ended; None while it is open."""

    number: str
    kind: str
    ended_at: datetime | None


def refusal(own: Matter | None, others: Sequence[Matter], at: datetime, days: int, now: datetime) -> Refusal | None:
    """Why it may not be erased now, with when it may; None if it may. `own`: its case (None for a mail that belongs to none), `others` about the same goods, `at`: when it came."""
    open_ = [m for m in ((own,) if own else ()) if m.ended_at is None] or [m for m in others if m.ended_at is None]
    if open_:
        return Refusal("erasure_held", {"number": open_[0].number, "days": days})
    last = max((m.ended_at for m in (*((own,) if own else ()), *others) if m.ended_at is not None), default=at)
    due = last + timedelta(days=days)
    return Refusal("erasure_not_due", {"on": f"{due:%Y-%m-%d}", "days": days}) if due > now else None
