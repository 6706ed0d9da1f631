"""Work on many orders of the list at once: remark, flag, steps; and the page where each gets its waybill (OR-8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from amends.core.refusal import Refusal
from amends.engine import orders_desk
from amends.engine.orders_desk import Shipment, Worked
from amends.store.connect import scope
from amends.store.screens import order_work
from amends.web import page
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import order_page
from amends.web.way_back import way_back


@staff("manage_orders")
@require_POST
def work(request: Any) -> HttpResponse:
    """A remark, a flag or a step for the chosen orders; back to the list, or to what could not be done."""
    form, chosen = request.POST, request.POST.getlist("order")
    pool, who, merchant = request.house.pool, by(request), request.person.merchant_id
    if form.get("do") == "mark":
        answer = orders_desk.mark(pool, who, merchant, chosen, form.get("step", ""), request.now)
    else:
        words, flag = form.get("remarks", "").strip(), form.get("flag", "keep")
        answer = orders_desk.remark(pool, who, merchant, chosen, words or None, None if flag == "keep" else flag, request.now)
    return result(request, answer, way_back(request, reverse("orders"), "done"))


def result(request: Any, answer: list[Worked] | Refusal, back: str) -> HttpResponse:
    """All done: back, told so. Otherwise a page of what was not done, and why."""
    if isinstance(answer, list) and not any(w.refusal for w in answer):
        return HttpResponseRedirect(f"{back}{'&' if '?' in back else '?'}done={len(answer)}")
    rows = answer if isinstance(answer, list) else []
    context = {
        "refusal": answer if isinstance(answer, Refusal) else None, "refused": [w for w in rows if w.refusal], "done": sum(w.refusal is None and w.changed for w in rows),
        "same": sum(w.refusal is None and not w.changed for w in rows), "back": back, "told": order_page.told(request),
    }
    return page.render(request, "merchant/orders_done.html", context, answer.status if isinstance(answer, Refusal) else 200)


@staff("ship_orders")
@require_POST
def ship(request: Any) -> HttpResponse:
    """Each chosen order with a field for its waybill; posted with waybills they leave, and those refused stay with what was typed."""
    form, chosen = request.POST, list(dict.fromkeys(request.POST.getlist("order")))[: orders_desk.MOST_AT_ONCE]
    back = way_back(request, reverse("orders"), "done")
    wrong: dict[str, Refusal] = {}
    done = 0
    if form.get("do") == "ship" and chosen:
        shipments = [Shipment(i, form.get(f"carrier-{i}", "") or form.get("carrier", ""), form.get(f"waybill-{i}", "")) for i in chosen if form.get(f"waybill-{i}", "").strip()]
        answer = orders_desk.ship(request.house.pool, by(request), request.person.merchant_id, shipments, request.now) if shipments else Refusal("nothing_chosen", field="orders")
        if isinstance(answer, Refusal):
            return _ship_page(request, form, chosen, {}, 0, back, answer)
        wrong = {w.order_id: w.refusal for w in answer if w.refusal}
        done = len(answer) - len(wrong)
        chosen = [i for i in chosen if i in wrong or i not in {w.order_id for w in answer}]
        if not chosen:
            return HttpResponseRedirect(f"{back}{'&' if '?' in back else '?'}done={done}")
    return _ship_page(request, form, chosen, wrong, done, back, None if chosen else Refusal("nothing_chosen", field="orders"))


def _ship_page(request: Any, form: QueryDict, chosen: list[str], wrong: dict[str, Refusal], done: int, back: str, refusal: Refusal | None) -> HttpResponse:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        rows = order_work.to_ship(conn, merchant, chosen)
    context = {"rows": rows, "form": form, "wrong": wrong, "done": done, "back": back, "refusal": refusal, "told": order_page.told(request)}
    return page.render(request, "merchant/orders_ship.html", context, 409 if wrong or refusal else 200)
