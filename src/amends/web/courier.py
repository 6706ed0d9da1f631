"""The courier who comes for the goods of a service order, for every page that shows its parcels (SO-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Courier:
    """When and where; `carrier` and `booking` are empty until somebody is booked, `cancelling` once the carrier has been asked to send nobody."""

    starts_at: datetime | None
    address: str
    carrier: str
    booking: str
    cancelling: bool


def courier(case: Any, parcels: list[Any]) -> Courier | None:
    """Who is to come; None when nobody was booked, or the parcel is on its way already."""
    booked = case.facts.get("parcel") or {}
    if case.state != "in_transit" or not booked.get("pickup") or any(p.direction == "back" and p.last_event_at for p in parcels):
        return None
    try:
        starts_at = datetime.fromisoformat(booked.get("starts", ""))
    except (TypeError, ValueError):
        starts_at = None
    return Courier(starts_at, booked.get("address", ""), booked.get("carrier", ""), booked.get("booking", ""), bool(booked.get("cancelling")))
