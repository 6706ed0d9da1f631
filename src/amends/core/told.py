"""What a payment provider tells about one transfer, and what it means beside what we know of it (MO-3, MO-5).

The first answer that ends a transfer and agrees with us in key, amount and currency counts. What contradicts it later, or tells another amount, is
never acted on: it becomes a difference that finance is told of and closes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

Kind = Literal["refund", "payout", "charge"]
ENDS = ("moved", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Told:
    """One transfer as the provider tells it: `amount` in minor units; `reference` is its own number; `at` when it came to be as it says."""

    kind: str
    key: str
    account: str
    amount: int
    currency: str
    state: str
    reference: str = ""
    payment: str = ""
    code: str = ""
    words: str = ""
    pay_url: str = ""
    at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """What is kept of it beside a difference."""
        seen = {"kind": self.kind, "amount": self.amount, "currency": self.currency, "state": self.state, "reference": self.reference, "code": self.code, "words": self.words}
        return {k: v for k, v in seen.items() if v not in ("", None)} | ({"at": self.at.isoformat()} if self.at else {})


@dataclass(frozen=True, slots=True)
class Ours:
    """The same transfer as we know it. `attempt` counts how often finance has asked anew; charges have one."""

    state: str
    attempt: int
    amount: int
    currency: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What an idempotency key is made of."""

    merchant: UUID
    subject: UUID
    attempt: int

    def __str__(self) -> str:
        """The key as the provider gets it: `<merchant hex>.<request hex>.<attempt>`, 67 characters and more."""
        return f"{self.merchant.hex}.{self.subject.hex}.{self.attempt}"


def read_key(text: str) -> Key | None:
    """The parts of a key of ours; None for anything else."""
    parts = text.split(".")
    if len(parts) != 3 or len(parts[0]) != 32 or len(parts[1]) != 32 or not parts[2].isdecimal() or not parts[2].isascii() or len(parts[2]) > 6:
        return None
    try:
        key = Key(UUID(hex=parts[0]), UUID(hex=parts[1]), int(parts[2]))
    except ValueError:
        return None
    return key if str(key) == text else None


def read(body: Mapping[str, Any]) -> Told | None:
    """A transfer out of a provider's JSON; None where it is not what the contract says."""
    words = {name: body.get(name, "") for name in ("kind", "key", "account", "currency", "state", "reference", "payment", "code", "words", "pay_url")}
    amount = body.get("amount")
    if not all(isinstance(v, str) and len(v) <= 500 for v in words.values()) or not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount < 2**53:
        return None
    if not words["kind"] or not words["state"] or len(words["currency"]) != 3:
        return None
    try:
        at = datetime.fromisoformat(body["at"]).astimezone(UTC) if body.get("at") else None
    except (ValueError, TypeError, OverflowError):
        return None
    return Told(amount=amount, at=at, **words)


Verdict = Literal["moved", "failed", "cancelled", "wait", "known", "amount", "currency", "twice", "contradiction"]
DIFFERS = frozenset({"amount", "currency", "twice", "contradiction"})


def judge(ours: Ours, told: Told, attempt: int) -> Verdict:
    """What to do with an answer to `attempt`: believe it (moved, failed, cancelled), wait on, pass over what we know, or (`DIFFERS`) tell finance."""
    if told.currency != ours.currency:
        return "currency" if told.state in ENDS else "wait"
    if told.amount != ours.amount:
        return "amount" if told.state in ENDS else "wait"
    if attempt < ours.attempt:
        return "contradiction" if told.state == "moved" else "known"
    if attempt > ours.attempt:
        return "contradiction"  # a key we have never used
    if ours.state == "requested":
        return told.state if told.state in ENDS else "wait"  # type: ignore[return-value]
    if told.state not in ENDS or told.state == ours.state != "moved":
        return "known"
    if told.state == ours.state:
        return "known" if not ours.reference or told.reference in ("", ours.reference) else "twice"
    return "known" if ours.state == "cancelled" and told.state == "failed" else "contradiction"
