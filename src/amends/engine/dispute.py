"""A dispute as asked for, and the ways to open one with the time each is open (DI-1, DI-6a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from amends.core.refusal import Refusal


@dataclass(slots=True)
class Opening:
    """What somebody disputes: an order, or a case of it (`case_id`). `scenario` of `core.pack_disputes.SCENARIOS`, `demand` of `core.verbs.dispute.OUTCOMES`; `amount` minor units, if money is asked for."""

    order_id: str
    scenario: str
    demand: str
    words: str
    case_id: str = ""
    amount: int | None = None
    photos: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Opened:
    """The dispute; `existing`: there was an open one about the same thing, and that is answered."""

    case_id: str
    number: str
    state: str
    existing: bool = False
    replayed: bool = False


@dataclass(slots=True)
class Way:
    """Something that can be disputed: the order (`kind` order) or a case of it. Open from `opens` until `ends` (None: no end yet); `refusal` says why not now."""

    kind: str
    id: str
    number: str
    state: str
    opens: datetime | None
    ends: datetime | None
    most: int
    scenarios: tuple[str, ...]
    refusal: Refusal | None = None
    open_dispute: str = ""
