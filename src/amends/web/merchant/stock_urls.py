"""Addresses and entries of the shop's stock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import URLPattern, path

from amends.store.connect import scope
from amends.store.screens import stock as read
from amends.web.merchant import stock, stock_file
from amends.web.navigation import Count, Item
from amends.web.rights import may

urlpatterns: list[URLPattern] = [
    path("stock", stock.listed, name="stock"),
    path("stock/held", stock.held, name="stock-held"),
    path("stock/place", stock.place, name="stock-place"),
    path("stock/count", stock.count, name="stock-count"),
    path("stock/low", stock.low, name="stock-low"),
    path("stock/dispose", stock.dispose, name="stock-dispose"),
    path("stock/file", stock_file.upload, name="stock-file"),
    path("stock/template.csv", stock_file.template, name="stock-template"),
]
NAVIGATION: list[Item] = [Item("stock.nav", "shop", "ti-packages", "stock", permission="read", order=45)]
COUNTED_TO = 1000


def counts(request: Any) -> dict[str, Count]:
    """Places that run low or have goods to decide about, for who keeps the stock."""
    person = request.person
    if person is None or person.merchant_id is None or not may(person, "manage_stock"):
        return {}
    with scope(request.house.pool, UUID(person.merchant_id)) as conn:
        low, waiting = read.low(conn, person.merchant_id, COUNTED_TO)
    return {"stock.nav": Count(low + waiting)} if low + waiting else {}
