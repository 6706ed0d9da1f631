"""The pack's figures for orders on their way, as spans from now (OR-9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from amends.engine.deadlines import pack_of
from amends.store.screens.order_work import Times


def times_of(pack_id: str, now: datetime, *, still: bool = False) -> Times:
    """When orders of this pack must be sent and picked up; `still`: suspensions have lately moved times of orders (`order_work.pack_of` knows). Raises ValueError for a pack that cannot be loaded."""
    pack = pack_of(pack_id)
    desk, ship = pack.order_desk, pack.compensation.late_shipment.in_force.ship_within
    pick_up, watched, warn = (timedelta(seconds=s) for s in (desk.pick_up_within, desk.pick_up_watched, desk.warn_before))
    return Times(now, timedelta(seconds=ship), max(pick_up, timedelta(seconds=ship)), watched, warn, still)
