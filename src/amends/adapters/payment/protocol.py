"""What every payment provider answers, whatever is behind it.

A refund is asked for under a key; asking again under the same key is the same refund. The answer may be that the money has moved, that it will
(and the provider, or a person, will say so later), or that it cannot.
"""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(slots=True)
class RefundAsked:
    """One refund of one payment: `amount` in minor units of `currency`, `key` the idempotency key."""

    key: str
    payment_ref: str
    amount: int
    currency: str


@dataclass(slots=True)
class RefundAnswer:
    """`state` as in `refund_requests`; `reference` is the provider's number, empty until there is one; `words` say why it failed."""

    state: Literal["requested", "moved", "failed"]
    reference: str = ""
    words: str = ""


class PaymentProvider(Protocol):
    """A way for money to go back. Raises OSError when it cannot be reached; then the refund is asked for again, later, under the same key."""

    name: str

    def refund(self, asked: RefundAsked) -> RefundAnswer:
        """Ask for a refund, or ask again for the same."""
