"""My orders, and one order with what can be asked for each line (SO-2, OR-5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import intake
from amends.engine import orders as book
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.store.screens import notices
from amends.web import told
from amends.web.buyer import cancel, dispute, given, order_more
from amends.web.buyer import ticket as own_tickets
from amends.web.buyer import visit as visits
from amends.web.gate import buyer
from amends.web.page import render

NEWS = 5
"""Unread messages shown above everything else."""


@buyer
@require_safe
def home(request: Any) -> HttpResponse:
    """Open cases first, with the next step and the countdown; then the orders, newest first."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    before = _before(request.GET.get("before", ""))
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        fresh = [] if before else notices.of_buyer(conn, visit.merchant_id, visit.buyer_id, NEWS)
        cases = [] if before else screen.open_cases(conn, visit.merchant_id, visit.buyer_id)
        orders = screen.orders(conn, visit.merchant_id, visit.buyer_id, before)
    shown = orders[: screen.ORDERS_A_PAGE]
    older = f"{shown[-1].placed_at.isoformat()}_{shown[-1].id}" if len(orders) > len(shown) else ""
    return render(request, "buyer/home.html", {
        "shop": visit.shop, "cases": cases, "orders": shown, "older": older, "news": [(n, told.sentence(n, "buyer", request), told.icon(n), told.link(n, "buyer")) for n in fresh],
        **own_tickets.card(request, visit),
    })


def _before(text: str) -> tuple[datetime, str] | None:
    """The place in the list; a damaged one is the beginning."""
    at, _, last = text.replace(" ", "+").partition("_")
    try:
        instant, row = datetime.fromisoformat(at), str(UUID(last))
    except ValueError:
        return None
    return (instant, row) if instant.tzinfo else None


@buyer
@require_safe
def order(request: Any, number: str) -> HttpResponse:
    """What can be asked for each line, until when, and if not why; an order not received yet is pointed to cancelling (OR-5)."""
    return page(request, number)


@buyer
@require_POST
def received(request: Any, number: str) -> HttpResponse:
    """The buyer says that the goods are there (OR-4); pressed twice, it is said once."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        found = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if found is None:
        return visits.missing(request)
    refusal = book.confirm_receipt(request.house.pool, visit.merchant_id, found.id, visit.buyer_id, request.now)
    return page(request, number, refusal) if refusal else HttpResponseRedirect(reverse("buyer-order", args=[number]) + "?done=received")


def page(request: Any, number: str, refusal: Refusal | None = None, urge: Refusal | None = None) -> HttpResponse:
    """The page; `refusal`: why receipt was not confirmed, `urge`: why it could not be hurried."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        found = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
        cases = screen.cases_of_order(conn, visit.merchant_id, visit.buyer_id, found.id) if found else []
    if found is None:
        return visits.missing(request)
    options = intake.open_options(request.house.pool, visit.merchant_id, found.id, request.now, visit.buyer_id)
    context = {
        "shop": visit.shop, "order": found, "cases": cases, "lines": options.lines if options else [],
        "received": found.receipt_confirmed_at is not None and found.receipt_confirmed_at <= request.now,
        "latest": lambda instant: visits.latest(instant, request), "to_confirm": found.receipt_confirmed_at is None and found.state in ("shipped", "delivered"),
        "done": request.GET.get("done") == "received", "refusal": refusal, **order_more.card(request, visit, found, urge), "done_price": request.GET.get("done", "") in ("price", "price_given") and request.GET["done"],
        "protected": found.paid_minor > 0 and found.state not in ("pending_payment", "cancelled"), **given.card(request, visit, found.id),
        **cancel.card(request, visit, found.id), **own_tickets.card(request, visit, found.id), **dispute.card(request, visit, found.id, found.number),
    }
    said = refusal or urge
    return render(request, "buyer/order.html", context, said.status if said else 200)
