"""The facts of a case that rules may look at; a row of the `cases` table as the core sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Case:
    """One case of any kind. Money is minor units of `currency`; instants are UTC; `body` holds the kind's own facts."""

    id: str
    merchant_id: str
    kind: str
    number: str
    state: str
    version: int
    opened_at: datetime
    type: str = ""
    expectation: str = ""
    reason: str = ""
    order_id: str = ""
    buyer_id: str = ""
    sku: str = ""
    quantity: int = 1
    currency: str = "CNY"
    assignee: str | None = None
    assignee_name: str = ""
    granted: int = 0
    moved: int = 0
    due_at: datetime | None = None
    closed_at: datetime | None = None
    body: dict[str, Any] = field(default_factory=dict)
