"""The rows of a case's page, one class each. Money in minor units of the case's currency, instants UTC, ids as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class CaseRow:
    """The case itself. `facts` is the kind's own body, as the engine wrote it."""

    id: str
    number: str
    state: str
    version: int
    type: str
    expectation: str
    reason: str
    fault: str | None
    sku: str
    category: str
    quantity: int
    quantity_received: int | None
    parcel_state: str | None
    assignee: str | None
    assigned_at: datetime | None
    waits_on: str | None
    due_at: datetime | None
    granted: int
    moved: int
    currency: str
    granted_at: datetime | None
    moved_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    application_id: str | None
    application_number: str | None
    order_id: str | None
    line_id: str | None
    buyer_id: str
    facts: dict[str, Any]
    kind: str = "service_order"
    source: str = ""
    erased_at: datetime | None = None

    @property
    def pieces(self) -> dict[str, int]:
        """Pieces by line of the order: of the one line of a service order, of every line of a cancellation (CA-7)."""
        many = self.facts.get("lines")
        if isinstance(many, list):
            return {x["line_id"]: int(x["quantity"]) for x in many}
        return {self.line_id: self.quantity} if self.line_id else {}


@dataclass(slots=True)
class OrderRow:
    """Its order; name, phone and address are whole here and masked by whoever shows them (ST-10)."""

    id: str
    number: str
    state: str
    buyer_level: int
    channel: str
    fulfilment_mode: str
    platform_delivery: bool
    freight: int
    paid: int
    refunded: int
    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    placed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    receipt_confirmed_at: datetime | None
    remarks: str


@dataclass(slots=True)
class LineRow:
    """A line of the order."""

    id: str
    sku: str
    title: str
    quantity: int
    unit_price: int
    paid: int
    refunded: int
    gift: bool
    tags: list[str]
    attributes: dict[str, Any]


@dataclass(slots=True)
class PaymentRow:
    """A payment of the order, and what of it has gone back."""

    provider: str
    method: str
    amount: int
    refunded: int
    paid_at: datetime


@dataclass(slots=True)
class EventRow:
    """One thing that happened; `explanation` for what a clock or a strategy did (SO-25)."""

    version: int
    name: str
    actor_kind: str
    actor_id: str | None
    actor_name: str
    at: datetime
    body: dict[str, Any]
    explanation: dict[str, Any] | None


@dataclass(slots=True)
class MessageRow:
    """One message between buyer and merchant (SO-24)."""

    actor_kind: str
    actor_name: str
    body: str
    file_ids: list[str]
    at: datetime
    read_at: datetime | None


@dataclass(slots=True)
class NoteRow:
    """A note among staff."""

    person_name: str
    side: str
    body: str
    at: datetime


@dataclass(slots=True)
class FileRow:
    """A picture without its bytes; `sha256` in hexadecimal."""

    id: str
    sha256: str
    media_type: str
    size: int
    uploaded_by: str | None
    at: datetime


@dataclass(slots=True)
class ReceiptRow:
    """A receipt as registered (SO-13)."""

    quantity: int
    outcome: str
    packaging: str
    appearance: str
    function: str
    accessories_complete: bool | None
    disposition: str | None
    inspector_name: str
    file_ids: list[str]
    note: str
    at: datetime


@dataclass(slots=True)
class RatingRow:
    """The buyer's rating, 1 to 5, and the merchant's answer (SO-19)."""

    score: int
    text: str
    at: datetime
    first_score: int | None
    improved_at: datetime | None
    answer: str | None
    answered_at: datetime | None


@dataclass(slots=True)
class OtherRow:
    """Another case of the same order."""

    id: str
    kind: str
    number: str
    state: str
    type: str
    quantity: int
    opened_at: datetime
    same_application: bool


@dataclass(slots=True)
class HistoryRow:
    """What is known of the buyer at this merchant: service orders in 30 days and ever, refunded ones, disputes, orders, the last one before."""

    recent: int
    cases: int
    refunded: int
    disputes: int
    orders: int
    orders_refunded: int
    last_at: datetime | None


@dataclass(slots=True)
class StockRow:
    """A SKU of the same product in the warehouse that has most for this case: on hand, held for others, held for this case and until when; None when it is not counted."""

    sku: str
    title: str
    price: int
    attributes: dict[str, Any]
    on_hand: int | None
    held: int
    own: int
    until: datetime | None


@dataclass(slots=True)
class RequestRow:
    """A refund request to a provider: money granted on its way to being moved (SO-35)."""

    id: str
    provider: str
    method: str
    amount: int
    state: str
    reference: str | None
    requested_at: datetime
    moved_at: datetime | None
    attempt: int
    failure: str


@dataclass(slots=True)
class EffectRow:
    """Something the world must still do, or could not do."""

    effect: str
    due_at: datetime
    attempts: int
    dead_at: datetime | None
    last_error: str | None


@dataclass(slots=True)
class AddressRow:
    """A return address of the merchant."""

    id: str
    label: str
    receiver: str
    phone: str
    place: str
    is_default: bool


@dataclass(slots=True)
class ColleagueRow:
    """Somebody a case can be given to."""

    id: str
    name: str


@dataclass(slots=True)
class ClockRow:
    """An armed clock; `due_at` None while it is paused."""

    name: str
    due_at: datetime | None
    remind_at: datetime | None
