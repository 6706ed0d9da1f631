"""The buyer hurries an order (催单); pressed twice, it is said once (OR-9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from amends.core.refusal import Refusal
from amends.engine import urges
from amends.engine.ids import is_id, new_id
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web.buyer import orders
from amends.web.buyer import visit as visits
from amends.web.gate import buyer


@buyer
@require_POST
def urge(request: Any, number: str) -> HttpResponse:
    """Refused, the order's page comes back with the reason and what was typed."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        order = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if order is None:
        return visits.missing(request)
    given = request.POST.get("command_id", "")
    command, words = given if is_id(given) else new_id(), request.POST.get("words", "")
    answer = urges.urge(request.house.pool, visit.merchant_id, order.id, visit.buyer_id, words, request.buyer.actor(), request.now, command)
    if isinstance(answer, Refusal):
        return orders.page(request, number, urge=answer)
    return HttpResponseRedirect(reverse("buyer-order", args=[number]) + "?done=urged#urge")
