"""What every payment provider answers, whatever is behind it. The HTTP contract is docs/guides/payment-provider.md.

Everything is asked for under a key; asking again under the same key is the same transfer, whose state is told again. The answer may be that the money has
moved, that it will (and the provider, or a person, will say so later), or that it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from amends.core.told import Told


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """One refund of one payment: `amount` in minor units of `currency`, `key` the idempotency key, `account` the merchant's at the provider."""

    key: str
    account: str
    payment_ref: str
    amount: int
    currency: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class PayoutAsked:
    """Money for a buyer that goes back by no payment: a compensation, goodwill. `payee` is the buyer's id at the marketplace."""

    key: str
    account: str
    payee: str
    amount: int
    currency: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChargeAsked:
    """Money asked of a buyer, on a page of the provider's whose address the answer brings (`pay_url`)."""

    key: str
    account: str
    payer: str
    amount: int
    currency: str
    words: str = ""


class PaymentProvider(Protocol):
    """A way for money to go back or come in. Raises OSError when there is no answer that counts; then the same is asked again, later, under the same key."""

    name: str

    def refund(self, asked: RefundAsked) -> Told:
        """Ask for a refund, or ask again for the same."""

    def payout(self, asked: PayoutAsked) -> Told:
        """Ask for a payout, or ask again for the same."""

    def charge(self, asked: ChargeAsked) -> Told:
        """Ask the buyer for money, or ask again for the same."""

    def cancel_charge(self, key: str) -> Told:
        """Do not take this money any more. If it has come in meanwhile, the answer says so."""

    def look(self, key: str) -> Told | None:
        """What became of a transfer; None if the provider has never heard of it."""

    def statement(self, since: datetime, until: datetime, account: str = "") -> Iterator[Told]:
        """Every transfer and payment whose money moved from `since` up to, not including, `until`; of one account, or of all."""
