"""A person who is signed in, and how they act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.core.cases import MACHINES
from amends.core.permissions import permissions_of


@dataclass(slots=True)
class Person:
    """Somebody of a merchant, or of the platform (`merchant_id` None). `permissions` is `*` for a main account (ST-1)."""

    id: str
    merchant_id: str | None
    email: str
    name: str
    language: str
    main_account: bool
    permissions: frozenset[str]
    merchant_name: str | None
    timezone: str
    currency: str

    def actor(self) -> Actor:
        """This person as the actor of a command."""
        return Actor(party_of(self.merchant_id), self.id, self.name, self.merchant_id, self.permissions)


def party_of(merchant_id: str | None) -> Party:
    """The side a member of staff is on."""
    return Party.MERCHANT if merchant_id else Party.PLATFORM


def known(permissions: list[str], merchant_id: str | None) -> frozenset[str]:
    """Of these names, those the tables still have for this side; a permission that no longer exists gives nothing."""
    return frozenset(permissions) & permissions_of(party_of(merchant_id), MACHINES)


def person_of(row: dict[str, Any]) -> Person:
    """A person from their row."""
    held = ALL if row["main_account"] else known(row["permissions"], row["merchant_id"])
    return Person(
        row["id"], row["merchant_id"], row["email"], row["name"], row["language"], row["main_account"], held,
        row["merchant_name"], row["timezone"], row["currency"],
    )
