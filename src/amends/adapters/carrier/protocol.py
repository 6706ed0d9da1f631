"""What every connected carrier can be asked, whatever is behind it. Each raises OSError when there is no answer that counts; then it is asked again later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from amends.core.parcel_news import News, PickupNews, Stopped


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which a courier could come."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PickupAsked:
    """One pick-up; asking again under the same key is the same pick-up."""

    key: str
    address: str
    starts_at: datetime
    ends_at: datetime | None


class Carrier(Protocol):
    """A carrier with a connection."""

    def follow(self, waybills: Sequence[str]) -> list[News]:
        """Report on these from now on; answers what is known so far. Following twice is following once."""

    def look(self, waybills: Sequence[str]) -> list[News]:
        """What is known of these."""

    def slots(self) -> list[Slot]:
        """When a courier could come in the next days."""

    def book(self, asked: PickupAsked) -> PickupNews:
        """Send a courier."""

    def cancel(self, key: str) -> PickupNews:
        """Send no courier; refused when one is on the way."""

    def intercept(self, key: str, waybill: str, reason: str) -> Stopped:
        """Stop a parcel and bring it back; asking again under the same key asks nothing new (LO-3)."""
