"""A cancellation as asked for and as taken in (CA-1, CA-6 … CA-9)."""

from dataclasses import dataclass, field

SOURCES = ("buyer", "staff", "dispute_direct_refund", "dispute_48h_interception")
"""Where one comes from (CA-6)."""


@dataclass(slots=True)
class Pieces:
    """Pieces of one line."""

    line_id: str
    quantity: int


@dataclass(slots=True)
class Cancel:
    """What a buyer, or staff for a buyer, asks for. No lines: everything that is left of the order.

    `deletion`: the request to delete a cash-on-delivery order, by staff, with its own reasons (CA-9).
    """

    order_id: str
    reason: str
    lines: list[Pieces] = field(default_factory=list)
    words: str = ""
    source: str = "buyer"
    deletion: bool = False


@dataclass(slots=True)
class Cancelled:
    """The cancellation; `existing`: its goods were on an open one already, and that is answered (CA-8)."""

    case_id: str
    number: str
    state: str
    existing: bool = False
    replayed: bool = False
