"""Addresses and entries of the orders and their import."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.merchant import imports, orders
from amends.web.navigation import Item

urlpatterns: list[URLPattern] = [
    path("orders", orders.listed, name="orders"),
    path("orders/<uuid:order_id>", orders.order, name="order"),
    path("orders/<uuid:order_id>/reveal", orders.reveal, name="order-reveal"),
    path("orders/<uuid:order_id>/received-on", orders.received_on, name="order-received-on"),
    path("import", imports.start, name="imports"),
    path("import/<uuid:import_id>", imports.show, name="import"),
    path("import/<uuid:import_id>/columns", imports.columns, name="import-columns"),
    path("import/<uuid:import_id>/again", imports.again, name="import-again"),
    path("import/<uuid:import_id>/refused.csv", imports.refused, name="import-refused"),
]
NAVIGATION: list[Item] = [
    Item("orders.title", "shop", "ti-shopping-bag", "orders", permission="read", order=40),
    Item("imports.title", "shop", "ti-file-import", "imports", permission="import_orders", order=41),
]
