"""The platform's console: addresses and entries of the navigation."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from amends.web.adjudication import urls as adjudication
from amends.web.mail import urls as mail
from amends.web.navigation import Count, Item
from amends.web.platform import (
    calls,
    carriers,
    case,
    cases,
    compensations,
    connections,
    dossier,
    erasure,
    erasure_buyers,
    find,
    health,
    home,
    ledger,
    lightning,
    merchants,
    packs,
    reconciliation,
    store,
    suspensions,
)
from amends.web.tickets import urls as tickets

urlpatterns: list[URLPattern] = [
    *home.urlpatterns,
    *calls.urlpatterns,
    path("merchants", merchants.merchants, name="platform-merchants"),
    path("merchants/new", merchants.new_merchant, name="platform-new-merchant"),
    path("merchants/<merchant_id>", merchants.merchant, name="platform-merchant"),
    path("merchants/<merchant_id>/terms", merchants.terms, name="platform-terms"),
    path("merchants/<merchant_id>/lightning", lightning.set_switch, name="platform-lightning"),
    path("merchants/<merchant_id>/ledger", ledger.merchant, name="platform-ledger"),
    path("merchants/<merchant_id>/ledger/book", ledger.book, name="platform-book"),
    path("merchants/<merchant_id>/ledger/statement", ledger.statement, name="platform-statement"),
    path("merchants/<merchant_id>/ledger/statement.csv", ledger.as_csv, name="platform-ledger-csv"),
    path("ledger", ledger.merchants, name="platform-ledgers"),
    path("reconciliation", reconciliation.overview, name="platform-reconciliation"),
    path("reconciliation/close", reconciliation.close, name="platform-reconciliation-close"),
    path("cases", cases.cases, name="platform-cases"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>", case.case, name="platform-case"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>/reveal", case.reveal, name="platform-case-reveal"),
    path("cases/<uuid:merchant_id>/<uuid:case_id>/do/<slug:verb>", case.do, name="platform-case-do"),
    *dossier.urlpatterns,
    *adjudication.urlpatterns,
    *tickets.urlpatterns,
    path("compensations", compensations.compensations, name="platform-compensations"),
    path("compensations.csv", compensations.export, name="platform-compensations-export"),
    path("compensations/<uuid:merchant_id>/<uuid:compensation_id>", compensations.compensation, name="platform-compensation"),
    *connections.urlpatterns,
    *mail.urlpatterns,
    *carriers.urlpatterns,
    *store.urlpatterns,
    *erasure_buyers.urlpatterns,
    *erasure.urlpatterns,
    *packs.urlpatterns,
    *suspensions.urlpatterns,
    path("find", find.find, name="platform-search"),
    path("health", health.health, name="platform-health"),
    path("health/resend", health.send_again, name="platform-resend"),
]

NAVIGATION: list[Item] = [
    *home.NAVIGATION,
    *calls.NAVIGATION,
    Item("platform.nav_merchants", "platform", "ti-building-store", "platform-merchants", permission="read", party="platform", order=10),
    *adjudication.NAVIGATION,
    *tickets.NAVIGATION,
    Item("platform.nav_cases", "platform", "ti-list-details", "platform-cases", permission="read", party="platform", order=20),
    Item("compensation.nav", "platform", "ti-heart-handshake", "platform-compensations", permission="read", party="platform", order=40),
    Item("platform.nav_ledgers", "platform", "ti-book-2", "platform-ledgers", permission="read_ledger", party="platform", order=42),
    *connections.NAVIGATION,
    *mail.NAVIGATION,
    *carriers.NAVIGATION,
    *store.NAVIGATION,
    *erasure.NAVIGATION,
    *packs.NAVIGATION,
    *suspensions.NAVIGATION,
    Item("reconciliation.title", "platform", "ti-scale", "platform-reconciliation", permission="read_ledger", party="platform", order=43),
    Item("platform.nav_health", "platform", "ti-heart-rate-monitor", "platform-health", permission="read", party="platform", order=60),
]


def counts(request: Any) -> dict[str, Count]:
    """What waits on the platform's desks, for the navigation."""
    return {**adjudication.counts(request), **tickets.counts(request), **calls.counts(request), **mail.counts(request)}
