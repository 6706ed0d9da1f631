"""Addresses of the strategies and their entry in the navigation."""

from __future__ import annotations

from django.urls import URLPattern, path

from amends.web.navigation import Item
from amends.web.strategies import cases, files, publishing, ready, row, table, trials, would

urlpatterns: list[URLPattern] = [
    path("strategies", table.table, name="strategies"),
    path("strategies/schema.json", files.published_schema, name="strategies-schema"),
    path("strategies/case/<uuid:case_id>", would.would, name="strategies-would"),
    path("strategies/<str:key>", table.table, name="strategies-table"),
    path("strategies/<str:key>/move", table.move, name="strategies-move"),
    path("strategies/<str:key>/switch", table.switch, name="strategies-switch"),
    path("strategies/<str:key>/discard", table.discard, name="strategies-discard"),
    path("strategies/<str:key>/rows/new", row.row, name="strategies-row-new"),
    path("strategies/<str:key>/rows/<str:row_id>", row.row, name="strategies-row"),
    path("strategies/<str:key>/rows/<str:row_id>/cases", cases.decided, name="strategies-decided"),
    path("strategies/<str:key>/ready", ready.ready, name="strategies-ready"),
    path("strategies/<str:key>/publish", publishing.publish, name="strategies-publish"),
    path("strategies/<str:key>/versions", publishing.versions, name="strategies-versions"),
    path("strategies/<str:key>/versions/back", publishing.roll_back, name="strategies-roll-back"),
    path("strategies/<str:key>/export.json", files.export, name="strategies-export"),
    path("strategies/<str:key>/import", files.take_in, name="strategies-import"),
    path("strategies/<str:key>/try", trials.begin, name="strategies-try"),
    path("strategies/<str:key>/trials/<uuid:run_id>", trials.one, name="strategies-trial"),
    path("strategies/<str:key>/trials/<uuid:run_id>/cases", trials.cases, name="strategies-trial-cases"),
    path("strategies/<str:key>/runs/<uuid:run_id>/stop", trials.stop, name="strategies-run-stop"),
]
NAVIGATION: list[Item] = [Item("strategies.nav", "shop", "ti-adjustments", "strategies", permission="read", order=55)]
