"""What an exchange for another SKU costs more or less (02-service-orders, exchange). Own rules: no source gives any.

Both prices are those of today, so that a shop that raised its prices since does not ask for more when only the size changes; the same SKU
costs nothing. Dearer: the whole difference, because a discount was given for what was bought. Cheaper: the part of the difference that was
really paid at the time (a line bought at half price gives back half the difference), rounded half up.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Priced:
    """A SKU's price today, in minor units of `currency`."""

    price: int
    currency: str


def difference(old: Priced | None, new: Priced | None, pieces: int, paid: int, listed: int) -> int:
    """Minor units the buyer pays more (above 0) or gets back (below 0) for `pieces`; 0 where a price is not known or of another currency.

    `paid` and `listed`: what the whole line cost the buyer, and what it would have cost without discounts.
    """
    if old is None or new is None or old.currency != new.currency:
        return 0
    more = (new.price - old.price) * pieces
    if more >= 0:
        return more
    return -back(-more, paid, listed)


def back(less: int, paid: int, listed: int) -> int:
    """The part of a lower price that the buyer had paid: never more than it, nothing for what was free."""
    if listed <= 0 or paid <= 0:
        return 0
    return min(less, (2 * less * min(paid, listed) + listed) // (2 * listed))
