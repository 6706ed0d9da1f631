"""Deposits of the demo's merchants, and a penalty that was partly given back, booked as the platform's people book them (MO-4)."""

from datetime import datetime, timedelta

from amends.core.actor import Actor
from amends.engine.audit import By
from amends.engine.booking import Booking, book
from amends.store.connect import Pool

DEPOSIT, PENALTY, RETURNED = 5_000_000, 200_000, 80_000


def pay_in(pool: Pool, operator: Actor, merchant: str, at: datetime) -> None:
    """The deposit a merchant pays when it opens."""
    _sure(pool, operator, merchant, Booking("deposit_paid_in", DEPOSIT, "manual", "开店缴纳保证金"), at)


def fine(pool: Pool, operator: Actor, merchant: str, now: datetime) -> None:
    """A penalty of last month, and what the appeal gave back of it."""
    _sure(pool, operator, merchant, Booking("penalty_charged", PENALTY, "deposit", "上月考核 78 分，未达标"), now - timedelta(days=12))
    _sure(pool, operator, merchant, Booking("penalty_returned", RETURNED, "deposit", "申诉部分成立：物流原因的单不计"), now - timedelta(days=5))


def _sure(pool: Pool, operator: Actor, merchant: str, booking: Booking, at: datetime) -> None:
    refusal = book(pool, By(operator), merchant, booking, at)
    assert refusal is None, refusal
