"""Which cases are a buyer's to see besides being about the buyer's order (05-tickets, UI-4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_buyers(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether a case of a buyer's order is for the buyer's eyes: a ticket is when the buyer is its other side; a regulator's, a mail or the platform's own is between platform and merchant."""
    return kind != "ticket" or facts.get("other_side") == "buyer"
