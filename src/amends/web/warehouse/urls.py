"""The warehouse's pages: addresses and entries of the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.navigation import Item
from amends.web.warehouse import dock, unclaimed

urlpatterns: list[URLPattern] = [
    path("", dock.dock, name="warehouse"),
    path("unclaimed", unclaimed.waiting, name="unclaimed"),
    path("unclaimed/new", unclaimed.new, name="unclaimed-new"),
    path("unclaimed/<uuid:unclaimed_id>", unclaimed.match, name="unclaimed-match"),
    path("<uuid:case_id>", dock.receive, name="receipt"),
    path("<uuid:case_id>/differs", dock.differs, name="receipt-differs"),
]
NAVIGATION: list[Item] = [Item("receipt.nav", "queues", "ti-barcode", "warehouse", permission=dock.PERMISSION, order=11)]
