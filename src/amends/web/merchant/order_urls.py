"""Addresses and entries of the orders, the desk's work on them, and their import."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import URLPattern, path

from amends.engine.order_times import times_of
from amends.store.connect import scope
from amends.store.screens import order_work
from amends.web.merchant import imports, order_acts, order_bulk, orders, urges
from amends.web.navigation import Count, Item

urlpatterns: list[URLPattern] = [
    path("orders", orders.listed, name="orders"),
    path("orders/work", order_bulk.work, name="orders-work"),
    path("orders/ship", order_bulk.ship, name="orders-ship"),
    path("orders/<uuid:order_id>", orders.order, name="order"),
    path("orders/<uuid:order_id>/reveal", orders.reveal, name="order-reveal"),
    path("orders/<uuid:order_id>/received-on", orders.received_on, name="order-received-on"),
    path("orders/<uuid:order_id>/do/<str:act>", order_acts.act, name="order-act"),
    path("to-send", orders.to_send, name="orders-to-send"),
    path("urges", urges.listed, name="urges"),
    path("urges/answer", urges.answer, name="urges-answer"),
    path("import", imports.start, name="imports"),
    path("import/<uuid:import_id>", imports.show, name="import"),
    path("import/<uuid:import_id>/columns", imports.columns, name="import-columns"),
    path("import/<uuid:import_id>/again", imports.again, name="import-again"),
    path("import/<uuid:import_id>/refused.csv", imports.refused, name="import-refused"),
]
NAVIGATION: list[Item] = [
    Item("orders_desk.to_send", "queues", "ti-truck-delivery", "orders-to-send", permission="read", order=16),
    Item("orders_desk.urges", "queues", "ti-bell-ringing", "urges", permission="read", order=17),
    Item("orders.title", "shop", "ti-shopping-bag", "orders", permission="read", order=40),
    Item("imports.title", "shop", "ti-file-import", "imports", permission="import_orders", order=41),
]


def counts(request: Any) -> dict[str, Count]:
    """Shipments and pick-ups that are late or nearly, and urges that wait."""
    if request.person is None or request.person.merchant_id is None:
        return {}
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        pack, still = order_work.pack_of(conn, merchant, request.now)
        found = order_work.counts(conn, merchant, times_of(pack, request.now, still=still), ("ship_late", "ship_soon", "pick_late", "pick_soon", "urged"))
    late, soon = found["ship_late"] + found["pick_late"], found["ship_soon"] + found["pick_soon"]
    shown = {"orders_desk.to_send": Count(late + soon, soon, late), "orders_desk.urges": Count(found["urged"], urgent=found["urged"])}
    return {key: count for key, count in shown.items() if count.n}
