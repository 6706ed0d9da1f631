"""How many pieces of a line may still be asked for (SO-3), and which open request stands in the way (ST-033, ST-034, ST-053)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FREED = frozenset({"rejected", "withdrawn", "closed"})
"""States that give the pieces back at once."""
HELD = frozenset({"completed"})
"""Ended, and the pieces stay used unless goods went back to the buyer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one service order holds of a line. `with_buyer_again`: pieces the buyer has again: as they came, repaired or replaced (ST-075, ST-024)."""

    case_id: str
    number: str
    state: str
    quantity: int
    with_buyer_again: int = 0

    @property
    def held(self) -> int:
        """Pieces this service order still holds; never negative."""
        return 0 if self.state in FREED else max(0, self.quantity - self.with_buyer_again)

    @property
    def open(self) -> bool:
        """It can still change hands: neither ended nor given back."""
        return self.state not in FREED and self.state not in HELD


@dataclass(frozen=True, slots=True)
class Fits:
    """The request is possible; `left` pieces remain after it."""

    left: int


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """Every piece is on service orders already and this one is open: it is returned instead of a second (SO-3)."""

    case_id: str
    number: str


@dataclass(frozen=True, slots=True)
class TooMany:
    """More than is left. `left` pieces may be asked for; `first` is the number of an open service order that holds others, or None."""

    wanted: int
    left: int
    first: str | None


def held(claims: Iterable[Claim]) -> int:
    """Pieces of a line on its open and completed service orders."""
    return sum(c.held for c in claims)


def left(received: int, claims: Iterable[Claim]) -> int:
    """Pieces that may still be asked for; never negative."""
    return max(0, received - held(claims))


def ask_for(wanted: int, received: int, claims: Iterable[Claim]) -> Fits | AskedBefore | TooMany:
    """May `wanted` pieces be asked for, beside what the claims (oldest first) hold? Nothing and less than nothing is too many."""
    claims = list(claims)
    free = left(received, claims)
    if 0 < wanted <= free:
        return Fits(free - wanted)
    first = next((c for c in claims if c.open and c.held), None)
    if first is not None and free == 0 and wanted > 0:
        return AskedBefore(first.case_id, first.number)
    return TooMany(wanted, free, first.number if first else None)
