"""What an order's open cancellation hears from the house: shipped, received, refunded at once (CA-1 … CA-4). A command each, on the one road."""

from datetime import datetime
from uuid import UUID

from amends.core.actor import SYSTEM
from amends.core.commands import Command
from amends.core.verbs.cancel import FastRefund
from amends.core.verbs.outside import OrderReceived, OrderShipped
from amends.engine.handle import Asked, handle
from amends.engine.house import House
from amends.store.connect import Pool
from amends.store.outbox import Waiting

COMMANDS: dict[str, type[Command]] = {"order_shipped": OrderShipped, "order_received": OrderReceived, "refunded_at_once": FastRefund}
NO_MATTER = frozenset({"not_now", "received_meanwhile", "shipped_meanwhile", "case_unknown"})
"""Somebody was quicker: the case has moved on by itself, or what it hears of is told by what came after."""


def tell(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """Say it to the case, once."""
    hear(house.pool, merchant, effect, now)


def hear(pool: Pool, merchant: str, effect: Waiting, now: datetime) -> None:
    """The case hears it. Raises ValueError when it refuses for a reason that is not one of time."""
    command = COMMANDS[effect.body["event"]]()
    asked = Asked(str(UUID(effect.body["command"])), merchant, effect.case_id or "", command, SYSTEM)
    refused = handle(pool, [asked], now)[0].refusal
    if refused is not None and refused.code not in NO_MATTER:
        raise ValueError(f"{refused.code} {dict(refused.facts)}")
