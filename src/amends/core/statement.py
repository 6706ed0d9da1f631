"""A provider's statement beside what we hold: every line and every transfer of ours, and where they do not agree (MO-5). Pure; who reads and writes is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.core.told import Key, Told, read_key


@dataclass(frozen=True, slots=True)
class Held:
    """A transfer or a payment as we hold it. `booked`: minor units the ledger has for it at this provider, None where it has nothing; payments are not booked.

    `state`: requested, moved, failed, cancelled; a payment is always moved.
    """

    about: str
    subject_id: str
    case_id: str | None
    order_id: str | None
    state: str
    attempt: int
    amount: int
    currency: str
    reference: str = ""
    booked: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """What is kept of it beside a difference."""
        seen = {"amount": self.amount, "currency": self.currency, "state": self.state, "reference": self.reference, "attempt": self.attempt}
        return {k: v for k, v in seen.items() if v != ""} | ({"booked": self.booked} if self.state == "moved" and self.about != "payment" else {})


@dataclass(frozen=True, slots=True)
class Found:
    """Something that does not agree: `kind` as in `reconciliation_differences`. One side is None where that side has nothing."""

    kind: str
    told: Told | None
    held: Held | None


@dataclass(slots=True)
class Compared:
    """What a comparison came to. `silent`: keys of ours that moved in the range and are in no line; the provider is asked about each."""

    matched: int = 0
    found: list[Found] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def compare(lines: Iterable[Told], transfers: Mapping[str, Held], payments: Mapping[str, Held], moved: Mapping[str, Held]) -> Compared:
    """`transfers` by subject id and `payments` by reference are what we hold of what the lines name; `moved` by key is what moved with us in the range."""
    out, seen, told_keys = Compared(), set[tuple[str, str]](), set[str]()
    for line in lines:
        held, key = _held(line, transfers, payments)
        mark = (line.kind, line.key or line.payment)
        kind = "twice" if mark in seen else _differs(line, held, key)
        seen.add(mark)
        told_keys.add(line.key)
        if kind:
            out.found.append(Found(kind, line, held))
        else:
            out.matched += 1
    out.silent = [key for key in moved if key not in told_keys]
    return out


def answer(told: Told | None, held: Held) -> Found | None:
    """What the provider says, asked about a transfer of ours that its statement does not have; None where it moved, on another day by its clock."""
    if told is None:
        return Found("missing_there", None, held)
    kind = _differs(told, held, read_key(told.key))
    return Found(kind, told, held) if kind else None


def _held(line: Told, transfers: Mapping[str, Held], payments: Mapping[str, Held]) -> tuple[Held | None, Key | None]:
    if line.kind == "payment":
        return payments.get(line.payment), None
    key = read_key(line.key)
    return (transfers.get(str(key.subject)) if key else None), key


def _differs(line: Told, held: Held | None, key: Key | None) -> str:
    """The kind of difference; empty for none."""
    if held is None or (held.about != line.kind and line.kind != "payment"):
        return "missing_here"
    if line.currency != held.currency:
        return "currency"
    if line.amount != held.amount:
        return "amount"
    if key is not None and key.attempt != held.attempt:
        return "twice" if held.state == "moved" and line.state == "moved" else "state"
    if held.state != "moved" or line.state != "moved":
        return "state"
    if held.about != "payment" and line.reference and held.reference and line.reference != held.reference:
        return "twice"
    return "amount" if held.about != "payment" and held.booked != held.amount else ""  # the ledger has another amount for it, or none
