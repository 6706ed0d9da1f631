"""What a pack says of orders on their way: when they must leave, be picked up and paid in full, and how often a buyer may urge (OR-7, OR-9, OR-10). Seconds."""

from __future__ import annotations

from dataclasses import dataclass

from amends.core.reasons import Problem


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """How long until shipment is with `compensation.late_shipment`, which pays for it.

    `pick_up_within`: from payment until the carrier's first scan; where a time of shipment was promised, as much after it as pick-up lies after shipment.
    `pick_up_watched`: how long after shipment a parcel without any scan stays on the list; then its waybill is wrong or nobody reports it.
    `warn_before`: how long before either a person is warned. `unlock_after`: an abandoned change. `urge_every`: between two urges of one order.
    `balance_reminders`: how long before a balance is due its buyer is reminded, once each.
    """

    pick_up_within: int
    pick_up_within_source: str
    pick_up_watched: int
    pick_up_watched_source: str
    warn_before: int
    warn_before_source: str
    unlock_after: int
    unlock_after_source: str
    urge_every: int
    urge_every_source: str
    balance_reminders: tuple[int, ...]
    balance_reminders_source: str


def problems(desk: OrderDesk) -> list[Problem]:
    """Figures that make no sense: everything is more than nothing, and reminders run towards the day."""
    figures = {name: getattr(desk, name) for name in ("pick_up_within", "pick_up_watched", "warn_before", "unlock_after", "urge_every")}
    found = [Problem(f"order_desk.{name}", "must be more than 0") for name, value in figures.items() if value <= 0]
    if not desk.balance_reminders or min(desk.balance_reminders) <= 0 or list(desk.balance_reminders) != sorted(set(desk.balance_reminders), reverse=True):
        found.append(Problem("order_desk.balance_reminders", "needs at least one figure, from the longest before to the shortest"))
    return found
