"""The service order that a decision on a ticket asks for (TI-6): opened by the house at the merchant's cost, and reported back to the ticket."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from amends.core.actor import SYSTEM
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.engine.ticket_service import open_for_ticket
from amends.store.connect import Pool
from amends.store.outbox import Waiting

NO_MATTER = frozenset({"not_now", "case_unknown"})
"""The ticket has moved on meanwhile."""


def open_service_order(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Open it, and say so on the ticket."""
    carry_out(house.pool, merchant, effect, now)


def carry_out(pool: Pool, merchant: str, effect: Waiting, now: datetime) -> None:
    """Open it once and tell the ticket once; what cannot be opened is told with its reason. Raises ValueError when the ticket refuses for a reason that is not one of time."""
    command, why = open_for_ticket(pool, merchant, effect.case_id or "", effect.body, effect.id, now)
    asked = Asked(str(uuid5(UUID(effect.id), "told")), merchant, effect.case_id or "", command, SYSTEM, why=why)
    refused = handle(pool, [asked], now)[0].refusal
    if refused is not None and refused.code not in NO_MATTER:
        raise ValueError(f"{refused.code} {dict(refused.facts)}")
