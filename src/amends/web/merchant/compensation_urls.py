"""Addresses and entries of compensation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.merchant import compensations, goodwill
from amends.web.navigation import Item

urlpatterns: list[URLPattern] = [
    path("compensations", compensations.listed, name="compensations"),
    path("compensations.csv", compensations.export, name="compensations-export"),
    path("compensations/<uuid:compensation_id>", compensations.one, name="compensation"),
    path("compensations/<uuid:compensation_id>/decide", compensations.decide, name="compensation-decide"),
    path("orders/<uuid:order_id>/goodwill", goodwill.for_order, name="order-goodwill"),
    path("cases/<uuid:case_id>/goodwill", goodwill.for_case, name="case-goodwill"),
]
NAVIGATION: list[Item] = [Item("compensation.nav", "shop", "ti-heart-handshake", "compensations", permission="read", order=60)]
counts = compensations.counts
