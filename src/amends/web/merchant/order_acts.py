"""The forms on the page of one order: each posts here, and comes back with what was typed when it is refused (OR-8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from amends.core.refusal import Refusal
from amends.engine import order_parcels, orders_desk, urges
from amends.engine.order_wish import Details
from amends.engine.orders_desk import Worked
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import orders
from amends.web.merchant.order_page import Wrong

Answer = list[Worked] | Refusal | list[Refusal] | str | None


@staff("read")
@require_POST
def act(request: Any, order_id: UUID, act: str) -> HttpResponse:
    """One of ACTS; each asks for its own permission."""
    do = ACTS.get(act)
    if do is None:
        raise Http404
    about, answer = request.POST.get("about", ""), do(request, str(order_id))
    refusals = [r if isinstance(r, Refusal) else r.refusal for r in answer] if isinstance(answer, list) else [answer] if isinstance(answer, Refusal) else []
    said = [r for r in refusals if r is not None]
    if any(r.code == "order_unknown" for r in said):
        raise Http404
    return orders.show(request, str(order_id), wrong=Wrong(act, about, said)) if said else HttpResponseRedirect(f"{reverse('order', args=[order_id])}#{PLACES.get(act, act)}")


def _given(request: Any) -> tuple[Any, Any, str]:
    return request.house.pool, by(request), request.person.merchant_id


def _remark(request: Any, order_id: str) -> Answer:
    return orders_desk.remark(*_given(request), [order_id], request.POST.get("remarks", ""), request.POST.get("flag", ""), request.now)


def _parcels(request: Any, order_id: str) -> Answer:
    count = request.POST.get("parcel_count", "").strip()
    return orders_desk.count_parcels(*_given(request), order_id, int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0, request.now)


def _mark(request: Any, order_id: str) -> Answer:
    return orders_desk.mark(*_given(request), [order_id], request.POST.get("step", ""), request.now)


def _ship(request: Any, order_id: str) -> Answer:
    return orders_desk.ship(*_given(request), [orders_desk.Shipment(order_id, request.POST.get("carrier", ""), request.POST.get("waybill", ""))], request.now)


def _receiver(request: Any, order_id: str) -> Answer:
    typed = {name: request.POST.get(name, "").strip() or None for name in ("receiver", "phone", "province", "city", "district", "detail")}
    return orders_desk.change_receiver(*_given(request), order_id, Details(**typed), request.now)


def _correct(request: Any, order_id: str) -> Answer:
    return order_parcels.correct_waybill(*_given(request), order_id, request.POST.get("about", ""), request.POST.get("carrier", ""), request.POST.get("waybill", ""), request.now)


def _report(request: Any, order_id: str) -> Answer:
    return order_parcels.report_trouble(*_given(request), order_id, request.POST.get("about", ""), request.POST.get("kind", ""), request.POST.get("words", ""), request.now)


def _settle(request: Any, order_id: str) -> Answer:
    return order_parcels.settle_trouble(*_given(request), order_id, request.POST.get("about", ""), request.POST.get("words", ""), request.now)


def _answer(request: Any, order_id: str) -> Answer:
    return urges.answer(*_given(request), [request.POST.get("about", "")], request.POST.get("words", ""), request.now)


ACTS: dict[str, Callable[[Any, str], Answer]] = {
    "remark": _remark, "parcels": _parcels, "mark": _mark, "ship": _ship, "receiver": _receiver, "correct": _correct, "report": _report, "settle": _settle, "answer": _answer,
}
PLACES = {"correct": "parcels", "report": "parcels", "settle": "parcels", "answer": "urges", "mark": "work", "ship": "work", "parcels": "work"}
"""Where on the page a form stands, where that is not its own name."""
