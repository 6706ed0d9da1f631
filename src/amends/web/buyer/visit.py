"""The buyer of this request at this merchant, and the words for codes of the merchant's pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse

from amends.core.pack import Pack
from amends.engine.deadlines import pack_of
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web import page
from amends.web.show import day


@dataclass(slots=True)
class Visit:
    """Whose pages these are: merchant, buyer, the shop and its pack."""

    merchant_id: str
    buyer_id: str
    shop: screen.Shop
    pack: Pack
    lang: str

    def words(self, kind: str, code: str) -> str:
        """What a code of the pack is called: `type` or `reason` (the leaf), `reject` and the like; the code itself when the pack forgot it."""
        return words_of(self.pack, kind, code, self.lang)


def enter(request: Any) -> Visit | None:
    """The visit of this request; pages tell the time of the merchant's wall clock. None when the merchant is gone."""
    merchant, buyer = request.buyer.merchant_id, request.buyer.buyer_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        shop = screen.shop(conn, merchant)
    if shop is None:
        return None
    request.zone = ZoneInfo(shop.tz)
    return Visit(merchant, buyer, shop, pack_of(shop.pack), request.lang)


def words_of(pack: Pack, kind: str, code: str, lang: str) -> str:
    """A code of the pack in the reader's language."""
    if kind == "reason":
        found: Any = next((leaf for (_, c), (leaf, _) in pack.leaves.items() if c == code), None)
    else:
        trees: Any = getattr(pack, "review_reasons", {}).get(kind, ())
        found = next((leaf for group in trees for leaf in group.leaves if leaf.code == code), None)
    return (found.zh if lang == "zh" else found.en) if found else code


def missing(request: Any) -> HttpResponse:
    """The same page for what is not there and for what is somebody else's."""
    return page.trouble(request, 404, "buyer.not_found")


def latest(instant: datetime, request: Any) -> str:
    """A deadline on the merchant's wall clock; midnight is 24:00 of the day before, as windows end (ST-041)."""
    there, today = instant.astimezone(request.zone), request.now.astimezone(request.zone).date()
    clock = f"{there:%H:%M}"
    if clock == "00:00":
        there, clock = there - timedelta(days=1), "24:00"
    return f"{day(there.date(), today, request.lang)} {clock}"
