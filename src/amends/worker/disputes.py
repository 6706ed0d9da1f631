"""Plans and remedies of disputes: carried out by the house, one after the other about one dispute, and reported back to it (DI-2, DI-3, DI-7, DI-8)."""

from __future__ import annotations

from datetime import datetime

from amends.engine import plans, remedies
from amends.engine.house import House
from amends.store.outbox import Waiting


def carry_plan(house: House, merchant: str, effect: Waiting, now: datetime) -> None:
    """A settlement plan opens its cancellation, or says why not."""
    plans.carry_out(house.pool, merchant, effect.case_id or "", effect.id, effect.body, now)


def apply_remedy(house: House, merchant: str, effect: Waiting, now: datetime) -> datetime | None:
    """A judgement, or a settlement, closes or reopens what it is about."""
    return remedies.apply(house.pool, merchant, effect.case_id or "", effect.id, effect.body, now)


def undo_remedy(house: House, merchant: str, effect: Waiting, now: datetime) -> datetime | None:
    """An upheld appeal puts back what can be put back."""
    return remedies.undo(house.pool, merchant, effect.case_id or "", effect.id, effect.body, now)
