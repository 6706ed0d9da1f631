"""Who acts: the parties of the trade and the person (or clock) behind a command."""

from dataclasses import dataclass, field
from enum import StrEnum


class Party(StrEnum):
    """The side that acts; the table says which side may, permissions say which person of it."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CLOCK = "clock"
    CARRIER = "carrier"
    PROVIDER = "provider"
    SYSTEM = "system"
    """A strategy or a rule of the pack that does what the merchant's people could, within the permissions it was given (SA-4)."""


ALL = frozenset({"*"})


@dataclass(slots=True)
class Actor:
    """One person or machine that gives commands. `permissions` holds names such as `service_order.refund`, or `*` for all (ST-1)."""

    party: Party
    id: str
    name: str
    merchant_id: str | None = None
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, kind: str, verb: str) -> bool:
        """Buyers, carriers and clocks are bound by the table alone; staff, and what acts in their place, also need the permission (ST-2, ST-4)."""
        if self.party not in (Party.MERCHANT, Party.PLATFORM, Party.SYSTEM):
            return True
        return "*" in self.permissions or f"{kind}.{verb}" in self.permissions

    @property
    def side(self) -> Party:
        """The side the table is asked about: what acts by itself stands on the merchant's."""
        return Party.MERCHANT if self.party is Party.SYSTEM else self.party

    def holds(self, permission: str) -> bool:
        """Whether a permission that is not a command (such as `refund_override`) is held."""
        return "*" in self.permissions or permission in self.permissions


SYSTEM = Actor(Party.CLOCK, "system", "system")
CARRIER_ACTOR = Actor(Party.CARRIER, "carrier", "carrier")
PROVIDER_ACTOR = Actor(Party.PROVIDER, "provider", "provider")
"""Who reports from outside: carriers of parcels and payment providers. Which of them it was is in the command."""
