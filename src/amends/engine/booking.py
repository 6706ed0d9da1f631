"""What the platform's people book by hand in a merchant's ledger, with a reason: deposits, penalties, advances recovered (MO-4, CO-2, QU-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.core import movements as m
from amends.core.ledger import Movement
from amends.core.refusal import Refusal
from amends.engine import posting
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import ledger, merchants
from amends.store.connect import Pool, scope

PERMISSION = "book_ledger"
WAYS: dict[str, tuple[str, ...]] = {
    "deposit_paid_in": ("manual", "merchant"), "deposit_returned": ("manual",), "deposit_taken": ("deposit",), "penalty_charged": ("deposit", "merchant"),
    "penalty_returned": ("deposit", "merchant"), "advance_recovered": ("deposit", "merchant"), "advance_given_back": ("deposit", "merchant"),
}
"""What can be booked by hand, and from or to which purse: `deposit`, `merchant` (the settlement), `manual` (a transfer outside)."""
REASON = 500


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking as typed: `amount` in minor units of the merchant's currency; `once` (a UUID) makes sending the form twice book once."""

    what: str
    amount: int
    way: str
    reason: str
    once: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a booking would do: the movement, and the balances it starts from by account."""

    movement: Movement
    held: dict[str, int]


def look(pool: Pool, by: By, merchant_id: str, asked: Booking) -> Looked | Refusal:
    """What it would do now; nothing is written."""
    if refusal := _refused(by, asked):
        return refusal
    with scope(pool, by.scope) as conn:
        return _looked(conn, merchant_id, asked, lock=False)


def book(pool: Pool, by: By, merchant_id: str, asked: Booking, now: datetime) -> Refusal | None:
    """Post it, held to what the accounts hold: a deposit, a penalty or an advance never goes below nothing, whatever is booked at once."""
    if refusal := _refused(by, asked):
        return refusal
    with scope(pool, by.scope) as conn:
        once = asked.once if is_id(asked.once) else new_id()
        if ledger.posted(conn, merchant_id, asked.what, once):
            return None
        looked = _looked(conn, merchant_id, asked, lock=True)
        if isinstance(looked, Refusal):
            return looked
        row = posting.row(looked.movement, once, by=by.actor, reason=asked.reason.strip())
        if posting.post(conn, merchant_id, [row], now):
            after = {"amount": asked.amount, "currency": looked.movement.currency, "way": asked.way, "reason": asked.reason.strip()}
            record(conn, by, now, f"ledger.{asked.what}", ("merchant", merchant_id), merchant_id=merchant_id, after=after)
    return None


def _looked(conn: Any, merchant_id: str, asked: Booking, *, lock: bool) -> Looked | Refusal:
    """`lock` holds the merchant until the end, so that what the accounts hold is still true when it is posted."""
    merchant = merchants.one(conn, merchant_id, lock=lock) if is_id(merchant_id) else None
    if merchant is None:
        return Refusal("merchant_unknown", {"name": merchant_id})
    currency = merchant["currency"]
    held = {account: ledger.balance(conn, merchant_id, account, currency) for account in ("merchant_deposit", "platform_advance", "penalty")}
    movement = _movement(asked, held, currency)
    if isinstance(movement, Refusal):
        return movement
    return Looked(movement, {line.account: ledger.balance(conn, merchant_id, line.account, currency) for line in movement.lines})


def _refused(by: By, asked: Booking) -> Refusal | None:
    if by.merchant_id is not None:
        return Refusal("not_yours", {"command": asked.what, "party": by.actor.party.value})
    if refusal := by.lacks(PERMISSION):
        return refusal
    if asked.what not in WAYS:
        return Refusal("not_a_choice", {"zh": "事项", "en": "Booking", "choices": list(WAYS)}, "what")
    if asked.way not in WAYS[asked.what]:
        return Refusal("not_a_choice", {"zh": "账户", "en": "Account", "choices": list(WAYS[asked.what])}, "way")
    reason = asked.reason.strip()
    if not reason:
        return Refusal("required", {"zh": "原因", "en": "Reason"}, "reason")
    return Refusal("too_long", {"zh": "原因", "en": "Reason", "most": REASON, "now": len(reason)}, "reason") if len(reason) > REASON else None


def _movement(asked: Booking, held: dict[str, int], currency: str) -> Movement | Refusal:
    amount, way, deposit = asked.amount, asked.way, held["merchant_deposit"]
    if asked.what == "deposit_paid_in":
        return m.deposit_paid_in(amount, currency, source=way)
    if asked.what == "deposit_returned":
        return m.deposit_returned(amount, currency, to=way, held=deposit)
    if asked.what == "deposit_taken":
        return m.deposit_taken(amount, currency, held=deposit)
    if asked.what == "penalty_charged":
        return m.penalty_charged(amount, currency, source=way, held=deposit)
    if asked.what == "penalty_returned":
        return m.penalty_returned(amount, held["penalty"], currency, to=way)
    if asked.what == "advance_recovered":
        return m.advance_recovered(amount, -held["platform_advance"], currency, source=way, held=deposit)
    return m.advance_given_back(amount, currency, to=way)
