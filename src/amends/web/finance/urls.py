"""Finance: addresses, the entry of the navigation, and how many refunds wait."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from amends.store.screens import finance as reads
from amends.web.finance import transfers
from amends.web.navigation import Count, Item
from amends.web.rights import may

urlpatterns: list[URLPattern] = [
    path("", transfers.transfers, name="finance"),
    path("/transfers", transfers.record, name="record-transfer"),
]

NAVIGATION: list[Item] = [Item("finance.nav", "shop", "ti-cash", "finance", permission=transfers.PERMISSION, order=70)]


def counts(request: Any) -> dict[str, Count]:
    """How many refunds wait for a transfer."""
    person = request.person
    if person.merchant_id is None or not may(person, transfers.PERMISSION):
        return {}
    return {"finance.nav": Count(sum(row["n"] for row in reads.sums(request.house.pool, person.merchant_id)))}
