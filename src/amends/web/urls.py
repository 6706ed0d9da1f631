"""Every address: the door's own, and each area's under its prefix. Areas keep their lists in their own urls.py."""

from __future__ import annotations

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

from amends.web.case import views as case_views
from amends.web.door import account, clock, dossier_keys, first, health, preferences, sign_in, tour
from amends.web.settings_pages import invitation

urlpatterns: list[URLPattern | URLResolver] = [
    path("", first.first, name="first"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("me", account.me, name="me"),
    path("me/password", account.password, name="me-password"),
    path("me/sessions/end", account.end_sessions, name="me-sessions-end"),
    path("preferences", preferences.preferences, name="preferences"),
    path("demo/clock", clock.forward, name="demo-clock"),
    path("tour", tour.tour, name="tour"),
    path("tour/in", tour.come_in, name="tour-in"),
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("dossier-keys", dossier_keys.shown, name="dossier-keys"),
    path(".well-known/amends-dossier-keys.pem", dossier_keys.as_pem, name="dossier-keys-pem"),
    path(".well-known/amends-dossier-keys.json", dossier_keys.as_json, name="dossier-keys-json"),
    path("invitation", invitation.invitation, name="invitation"),
    path("m/settings/", include(("amends.web.settings_pages.urls", "settings"), namespace="m-settings")),
    path("p/settings/", include(("amends.web.settings_pages.urls", "settings"), namespace="p-settings")),
    path("m/finance", include("amends.web.finance.urls")),
    path("m/ledger", include("amends.web.finance.ledger_urls")),
    path("m/", include("amends.web.case.urls")),
    path("m/", include("amends.web.buyer.staff_urls")),
    path("m/", include("amends.web.merchant.urls")),
    path("files/<uuid:file_id>", case_views.file, name="file"),
    path("w/", include("amends.web.warehouse.urls")),
    path("b/", include("amends.web.buyer.urls")),
    path("p/", include("amends.web.platform.urls")),
]
if importlib.util.find_spec("amends.api") and importlib.util.find_spec("amends.api.urls"):
    urlpatterns.insert(0, path("api/", include("amends.api.urls")))  # first: machines ask most often

handler400 = "amends.web.door.errors.bad_request"
handler403 = "amends.web.door.errors.forbidden"
handler404 = "amends.web.door.errors.not_found"
handler500 = "amends.web.door.errors.broken"
