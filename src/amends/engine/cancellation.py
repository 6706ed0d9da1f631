"""A cancellation as asked for and as taken in (CA-1, CA-6 … CA-9)."""

from dataclasses import dataclass, field

SOURCES = ("buyer", "staff", "dispute_direct_refund", "dispute_48h_interception")
"""Where one comes from (CA-6)."""
PLAN_SOURCES = {"direct_refund": "dispute_direct_refund", "agreed_wait_48h": "dispute_48h_interception"}
"""Plans of a dispute that open one, with its source (DI-2)."""
JUDGED = "dispute_judged"
"""The reason of one that a judgement opens; its source is staff, for the platform's people judged."""
OF_DISPUTES = {
    "dispute_direct_refund": ("直接退款纠纷方案", "Dispute plan: direct refund"), "dispute_48h_interception": ("48H物流拦截退款纠纷方案", "Dispute plan: 48 h interception"),
    JUDGED: ("按判责取消", "Cancelled by a judgement"),
}
"""Reasons that only a dispute gives, with their words; no pack lists them (S2)."""


@dataclass(slots=True)
class Pieces:
    """Pieces of one line."""

    line_id: str
    quantity: int


@dataclass(slots=True)
class Cancel:
    """What a buyer, or staff for a buyer, asks for. No lines: everything that is left of the order.

    `dispute`, `dispute_id`: number and id of the dispute whose plan or judgement opens it; only the house names one.
    `deletion`: the request to delete a cash-on-delivery order, by staff, with its own reasons (CA-9).
    """

    order_id: str
    reason: str
    lines: list[Pieces] = field(default_factory=list)
    words: str = ""
    source: str = "buyer"
    deletion: bool = False
    dispute: str = ""
    dispute_id: str = ""


@dataclass(slots=True)
class Cancelled:
    """The cancellation; `existing`: its goods were on an open one already, and that is answered (CA-8)."""

    case_id: str
    number: str
    state: str
    existing: bool = False
    replayed: bool = False
