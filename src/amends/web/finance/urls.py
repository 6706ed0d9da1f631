"""Finance: addresses, the entries of the navigation, and how many refunds wait for a person."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from amends.web.finance import reconciliation, refunds
from amends.web.finance.ground import TRANSFERS
from amends.web.navigation import Count, Item
from amends.web.rights import may

urlpatterns: list[URLPattern] = [
    path("", refunds.refunds, name="finance"),
    path("/transfers", refunds.record, name="record-transfer"),
    path("/retries", refunds.retry, name="retry-refund"),
    path("/receipts", refunds.receive, name="record-payment"),
    path("/reconciliation", reconciliation.overview, name="reconciliation"),
    path("/reconciliation/ask", reconciliation.ask, name="reconciliation-ask"),
    path("/reconciliation/close", reconciliation.close, name="reconciliation-close"),
    path("/reconciliation/<uuid:run_id>", reconciliation.run, name="reconciliation-run"),
    path("/requests", refunds.requests, name="finance-requests"),
    path("/requests.csv", refunds.requests_csv, name="finance-requests-csv"),
]

NAVIGATION: list[Item] = [
    Item("finance.nav", "shop", "ti-cash", "finance", permission="service_order.record_transfer", order=70),
    Item("finance.nav_ledger", "shop", "ti-book-2", "ledger", permission="read_ledger", order=71),
]


def counts(request: Any) -> dict[str, Count]:
    """How many refunds and receipts wait for a person."""
    person = request.person
    if person.merchant_id is None or not any(may(person, p) for p in TRANSFERS):
        return {}
    return {"finance.nav": Count(refunds.waiting_for_finance(request))}
