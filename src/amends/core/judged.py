"""Who bears what a judgement gives (DI-6, DI-7, CO-2): pure figures, minor units.

Outcome and fault are two things. The fault says out of which purse: merchant, platform and carrier out of their own; shared is divided; with nobody's or the buyer's fault whoever judged
bears it, which is the platform. What a merchant offered itself is the merchant's. An advance is the merchant's part paid first by the platform. The way back is borne by whom the judgement names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amends.core.money import round_half_up

OUT = "out"
"""The way out, as a judgement names it (`freight_way`)."""
OFFERED = "offer"
"""The fault of what was offered and not judged: the merchant bears it."""


def bearers(amount: int, fault: str, *, advance: bool = False, merchants_percent: int = 50) -> dict[str, int]:
    """How much of `amount` each payer of `core.ledger.PAYERS` bears; the merchant's part of what is shared is rounded half up, nothing is lost."""
    if amount <= 0:
        return {}
    merchant = "advance" if advance else "merchant"
    if fault == "shared":
        part = round_half_up(amount * merchants_percent, 100)
        return {payer: share for payer, share in ((merchant, part), ("platform", amount - part)) if share}
    if fault in ("merchant", OFFERED):
        return {merchant: amount}
    return {"carrier" if fault == "carrier" else "platform": amount}


def freight_of(remedy: Mapping[str, Any]) -> int:
    """What the buyer gets for the way back; nothing where the buyer bears it."""
    return int(remedy.get("freight") or 0) if remedy.get("freight_by") not in ("", "buyer", None) else 0


def way_out(remedy: Mapping[str, Any]) -> int:
    """What the buyer gets back for the way out, where the freight is for that: part of what was paid, so it is refunded and counts as that (MO-1)."""
    return freight_of(remedy) if remedy.get("freight_way") == OUT else 0


def freight_bearer(remedy: Mapping[str, Any]) -> str:
    """The payer of the freight: who the judgement names, the platform first where the merchant's part is advanced."""
    named = str(remedy.get("freight_by") or "platform")
    return "advance" if named == "merchant" and remedy.get("advance") else named


def by_return(remedy: Mapping[str, Any]) -> bool:
    """Money that follows the goods is refunded by the service order when they are back, unless it is paid first (CO-2)."""
    return remedy.get("outcome") == "return_and_refund" and not remedy.get("advance")


def awards(remedy: Mapping[str, Any], merchants_percent: int = 50) -> list[tuple[str, int, dict[str, int]]]:
    """What is paid beside the refund: what it is (`compensation`, `freight`), how much, and who bears it."""
    fault, advance = str(remedy.get("fault") or remedy.get("liability") or "none"), bool(remedy.get("advance"))
    out = []
    if compensation := int(remedy.get("compensation") or 0):
        out.append(("compensation", compensation, bearers(compensation, fault, advance=advance, merchants_percent=merchants_percent)))
    if freight := freight_of(remedy) - way_out(remedy):
        out.append(("freight", freight, {freight_bearer(remedy): freight}))
    return out


def who_pays(remedy: Mapping[str, Any], merchants_percent: int = 50) -> dict[str, int]:
    """Everything a judgement gives, by who bears it in the end (an advance counts as `advance`): what a screen shows before it is confirmed."""
    fault, out = str(remedy.get("fault") or remedy.get("liability") or "none"), dict[str, int]()
    parts = [bearers(int(remedy.get("amount") or 0), fault, advance=bool(remedy.get("advance")), merchants_percent=merchants_percent), *(by for _, _, by in awards(remedy, merchants_percent))]
    for part in parts:
        for payer, amount in part.items():
            out[payer] = out.get(payer, 0) + amount
    return out
