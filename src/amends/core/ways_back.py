"""How goods come back, or do not: what a pack lets an application ask for (SO-1, PO-11). Pure."""
from __future__ import annotations

from amends.core.pack_flows import KEEP, Flows
from amends.core.refusal import Refusal

SENT = ("ship_back", "book_pickup", "drop_off")
"""Ways on which goods come back (SO-12)."""
WAYS = (*SENT, KEEP)
COME_BACK = frozenset({"return", "exchange", "repair"})
"""Types whose goods come back."""


def way_of(flows: Flows, asked: str, type_: str, tags: frozenset[str], category: str) -> str:
    """The way back of one item: special goods of a return are kept whatever was asked; what is sent out anew has no way back and keeps what was asked."""
    if type_ == "return" and flows.special_of(tags, category) is not None:
        return KEEP
    return "ship_back" if asked == KEEP and type_ == "reissue" else asked


def refused(flows: Flows, way: str, type_: str, responsibility: str) -> Refusal | None:
    """Why an item may not go this way; None when it may."""
    if way != KEEP:
        return None
    if flows.refund_only is None:
        return Refusal("keep_not_offered", field="return_way")
    if type_ != "return":
        return Refusal("keep_only_returns", field="return_way")
    if flows.refund_only.needs_fault and responsibility == "buyer":
        return Refusal("keep_needs_fault", field="return_way")
    return None


def proof_missing(flows: Flows, type_: str, tags: frozenset[str], category: str, photos: int) -> Refusal | None:
    """Special goods are refunded on proof: a report, a certificate, a photo (PO-11)."""
    special = flows.special_of(tags, category) if type_ == "return" else None
    return Refusal("proof_missing", {"zh": special.zh, "en": special.en}, "photos") if special is not None and special.proof and not photos else None


def open_ways(flows: Flows, types: list[str]) -> tuple[str, ...]:
    """The ways a form offers for an application of these types: keeping the goods only where every item that would come back is a return."""
    keeps = flows.refund_only is not None and "return" in types and not {"exchange", "repair"} & set(types)
    return WAYS if keeps else SENT
