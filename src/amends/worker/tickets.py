"""The service order that a decision on a ticket asks for (TI-6): opened by the house at the merchant's cost, and reported back to the ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import SYSTEM
from amends.core.commands import Command
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.engine.ticket_service import end_for_ticket, open_for_ticket
from amends.store import remedying
from amends.store.connect import Pool
from amends.store.outbox import Waiting

NO_MATTER = frozenset({"not_now", "case_unknown", "command_id_reused"})
"""The ticket has moved on meanwhile, or was told by another worker that held the same lease; what it was told first stands."""


def open_service_order(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Open it, and say so on the ticket."""
    carry_out(house.pool, merchant, effect, now)


def carry_out(pool: Pool, merchant: str, effect: Waiting, now: datetime) -> None:
    """Open it once and tell the ticket once; what cannot be opened is told with its reason. Raises ValueError when the ticket refuses for a reason that is not one of time."""
    if _told(pool, merchant, effect):
        return
    _tell(pool, merchant, effect, open_for_ticket(pool, merchant, effect.case_id or "", effect.body, effect.id, now), now)


def end_service_order(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """End what was opened for goods that were paid for instead (TI-5); the platform hears on the ticket where it could not be ended."""
    if _told(house.pool, merchant, effect):
        return
    told = end_for_ticket(house.pool, merchant, effect.case_id or "", effect.body, effect.id, now)
    if told is not None:
        _tell(house.pool, merchant, effect, told, now)


def _told(pool: Pool, merchant: str, effect: Waiting) -> bool:
    """Whether a worker that died over it had told the ticket already: the world may have changed since, and nothing is opened beside what the ticket knows of."""
    return bool(remedying.done_before(pool, merchant, [_id(effect)]))


def _id(effect: Waiting) -> str:
    return str(uuid5(UUID(effect.id), "told"))


def _tell(pool: Pool, merchant: str, effect: Waiting, told: tuple[Command, dict[str, Any]], now: datetime) -> None:
    command, why = told
    asked = Asked(_id(effect), merchant, effect.case_id or "", command, SYSTEM, why=why)
    refused = handle(pool, [asked], now)[0].refusal
    if refused is not None and refused.code not in NO_MATTER:
        raise ValueError(f"{refused.code} {dict(refused.facts)}")
