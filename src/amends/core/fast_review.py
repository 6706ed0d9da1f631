"""Fast review: what has to hold so that a service order passes at once, from when a merchant takes part, and when the shorter time begins (SO-31)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from amends.core.holidays import cn_days
from amends.core.hours import ONE_DAY, Calendar, utc
from amends.core.pack import FastReview
from amends.core.spans import Span, due

CONDITIONS = ("amount", "pieces", "no_reason", "eligible", "no_alert")
"""The conditions in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at of one service order. `paid`: minor units paid for the pieces asked for; `eligible`: it was allowed without a reason and within its window."""

    paid: int
    pieces: int
    no_reason: bool
    eligible: bool
    alert: bool


def failing(rule: FastReview, seen: Seen) -> list[str]:
    """The conditions that do not hold, by name; empty: it passes at once."""
    holds = {
        "amount": seen.paid < rule.amount_below, "pieces": seen.pieces < rule.pieces_below, "no_reason": seen.no_reason or not rule.no_reason_only,
        "eligible": seen.eligible or not rule.no_reason_only, "no_alert": not seen.alert,
    }
    return [name for name in CONDITIONS if not holds[name]]


def told(rule: FastReview, seen: Seen) -> dict[str, Any]:
    """What stays with a case that was opened while its merchant took part: what was looked at, what it was held against, and what failed."""
    return {
        "failed": failing(rule, seen), "paid": seen.paid, "pieces": seen.pieces, "amount_below": rule.amount_below, "pieces_below": rule.pieces_below,
        "no_reason_only": rule.no_reason_only, "else_seconds": rule.else_span.amount, "source": rule.source,
    }


def member(settings: Mapping[str, Any], at: datetime) -> bool:
    """Whether a merchant with these settings takes part at an instant: from joining on, until leaving takes effect.

    `fast_review_time` says from when until when; `fast_review` alone says that cases of the merchant's are looked at, which goes on for those it opened meanwhile.
    """
    kept = settings.get("fast_review_time") or {}
    since, until = str(kept.get("from") or ""), str(kept.get("until") or "")
    return bool(since) and datetime.fromisoformat(since) <= at and (not until or at < datetime.fromisoformat(until))


def leaves_at(rule: FastReview, now: datetime, calendar: Calendar) -> datetime:
    """When leaving takes effect: at once, or at 00:00 of the next day on the merchant's wall clock."""
    return utc(now) if rule.leaving_takes_effect == "at_once" else calendar.midnight(calendar.local_date(now) + timedelta(days=1))


def begins(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """When the shorter time to review begins: at once, or after the statutory days that it would begin in or end in (facts/rules.md 4.2)."""
    start = utc(start)
    first, last = calendar.local_date(start), calendar.local_date(due(start, span, calendar) - timedelta(microseconds=1))
    day = next((d for d in _days(first, last) if d in cn_days().holidays), None)
    if day is None:
        return start
    while day in cn_days().holidays:
        day += ONE_DAY
    return calendar.midnight(day)


def _days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


__all__ = ["CONDITIONS", "Seen", "begins", "failing", "leaves_at", "member", "told"]
