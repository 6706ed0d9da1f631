"""The shop's orders: the list, found by number, buyer, phone or waybill, and one order with goods, money, parcels and cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.order_fields import STATES
from amends.core.orders import side
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.receipt_dates import date_receipt
from amends.engine.reveal import reveal_order
from amends.store.connect import scope
from amends.store.screens import orders as read
from amends.web import page, wording
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import labels

PAGE = 50
TABS = ("", "pending_payment", "preparing", "shipped", "delivered", "received", "completed", "cancelled", "on_hold")


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """The list, newest first; personal data masked (ST-10)."""
    text, state = request.GET.get("q", "").strip()[:128], request.GET.get("state", "")
    state = state if state in STATES else ""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        rows = read.listed(conn, merchant, text=text, state=state, after=_cursor(request.GET.get("after", "")), limit=PAGE + 1)
        found = read.counted(conn, merchant, text=text, state=state)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    after = f"{rows[-1].placed_at.isoformat()}~{rows[-1].id}" if more else ""

    def link(**changed: str) -> str:
        asked = {"q": text, "state": state, **changed}
        query = urlencode({k: v for k, v in asked.items() if v})
        return f"{request.path}?{query}" if query else str(request.path)

    context = {"rows": rows, "text": text, "state": state, "tabs": TABS, "link": link, "after": after, "paged": "after" in request.GET,
               "found": f"{found}+" if found >= read.COUNTED_TO else str(found), "state_name": _state_name(request.lang)}
    return page.render(request, "merchant/orders.html", context)


@staff("read")
@require_safe
def order(request: Any, order_id: UUID) -> HttpResponse:
    """One order."""
    return _page(request, str(order_id))


@staff("reveal_personal_data")
@require_POST
def reveal(request: Any, order_id: UUID) -> HttpResponse:
    """The same page with the receiver in full; each time is on record (ST-10)."""
    found = reveal_order(request.house.pool, By(request.person.actor(), request.address, request.correlation), str(order_id), request.now)
    return page.refused(request, found) if isinstance(found, Refusal) else _page(request, str(order_id), revealed=True)


@staff("date_receipt")
@require_POST
def received_on(request: Any, order_id: UUID) -> HttpResponse:
    """A day of receipt with its reason (OR-4a); refused, the form comes back as it was filled in."""
    refusal = date_receipt(request.house.pool, by(request), str(order_id), request.POST.get("day", ""), request.POST.get("why", ""), request.now)
    return _page(request, str(order_id), refusal=refusal) if refusal else HttpResponseRedirect(reverse("order", args=[order_id]) + "#received-on")


def _page(request: Any, order_id: str, revealed: bool = False, refusal: Refusal | None = None) -> HttpResponse:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = read.one(conn, merchant, order_id)
        if found is None:
            raise Http404
        context = {
            "order": found, "lines": read.lines(conn, merchant, order_id), "payments": read.payments(conn, merchant, order_id),
            "parcels": read.parcels(conn, merchant, order_id), "cases": read.cases(conn, merchant, order_id),
        }
    context |= {"revealed": revealed, "side": side(found.state, found.receipt_confirmed_at), "state_name": _state_name(request.lang), "L": labels, "way": wording.way}
    dated = datetime.fromisoformat(found.facts["received_on"]).astimezone(request.zone).date() if found.facts.get("received_on") else None
    first, today = found.placed_at.astimezone(request.zone).date(), request.now.astimezone(request.zone).date()
    typed = {"day": request.POST.get("day", ""), "why": request.POST.get("why", "")} if refusal else {"day": dated.isoformat() if dated else "", "why": found.facts.get("received_on_why", "")}
    context |= {"dated": dated, "first": first.isoformat(), "today": today.isoformat(), "typed": typed, "refusal": refusal, "known": found.delivered_at is not None and found.delivered_at <= request.now}
    return page.render(request, "merchant/order.html", context, refusal.status if refusal else 200)


def _state_name(lang: str) -> Any:
    return lambda state: STATES[state][0 if lang == "zh" else 1] if state in STATES else state


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, id_ = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(id_))) if instant.tzinfo else None
    except ValueError:
        return None
