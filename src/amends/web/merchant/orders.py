"""The shop's orders: the list, those that need somebody, found by number, buyer, phone or waybill; and one order with everything that hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.order_choices import FLAGS, STEPS
from amends.core.order_fields import STATES
from amends.core.orders import side
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.order_times import times_of
from amends.engine.receipt_dates import date_receipt
from amends.engine.reveal import reveal_order
from amends.store.connect import scope
from amends.store.screens import order_work
from amends.store.screens import orders as read
from amends.web import compensation_card, page, wording
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.merchant import order_page

PAGE = 50
TABS = ("", "pending_payment", "preparing", "shipped", "delivered", "received", "completed", "cancelled", "on_hold")
LATE = frozenset({"ship_late", "pick_late", "balance_over", "trouble"})
SOON = frozenset({"ship_soon", "ship_hour", "pick_soon", "urged"})
STANDING = ("ship_late", "ship_soon", "pick_late", "pick_soon")


@staff("read")
@require_safe
def listed(request: Any) -> HttpResponse:
    """The list, newest first; with `work` those that need somebody, first due first; personal data masked (ST-10)."""
    return _listed(request, "orders")


@staff("read")
@require_safe
def to_send(request: Any) -> HttpResponse:
    """The same, opened on shipments that are late."""
    return _listed(request, "orders-to-send", "ship_late")


def _listed(request: Any, address: str, first: str = "") -> HttpResponse:
    asked = request.GET
    text, state, work, flag = asked.get("q", "").strip()[:128], asked.get("state", ""), asked.get("work", ""), asked.get("flag", "")
    state, flag = state if state in STATES else "", flag if flag in FLAGS else ""
    work = work if work in order_work.WORK else "" if text or state or flag else first
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        pack, still = order_work.pack_of(conn, merchant, request.now)
        times = times_of(pack, request.now, still=still)
        wanted: dict[str, Any] = {"text": text, "state": state, "work": work, "flag": flag, "times": times}
        rows = read.listed(conn, merchant, after=_cursor(asked.get("after", "")), limit=PAGE + 1, **wanted)
        found, counts = read.counted(conn, merchant, **wanted), order_work.counts(conn, merchant, times, tuple(dict.fromkeys((*order_work.COUNTED, *([work] if work else [])))))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    last = rows[-1] if more else None
    after = f"{(last.due_at or last.placed_at).isoformat()}~{last.id}" if last else ""

    def link(**changed: str) -> str:
        chosen = {k: v for k, v in {"q": text, "state": state, "work": work, "flag": flag, **changed}.items() if v}
        return f"{reverse('orders')}?{urlencode(chosen)}" if chosen else reverse("orders")

    here = f"{reverse('orders')}?{urlencode({k: v for k, v in asked.items() if k != 'done'} | ({'work': work} if work else {}))}"
    works = [(name, counts.get(name, 0)) for name in order_work.WORK if counts.get(name) or name == work or (address == "orders-to-send" and name in STANDING)]
    context = {
        "rows": rows, "text": text, "state": state, "work": work, "flag": flag, "tabs": TABS, "link": link, "after": after, "paged": "after" in asked, "works": works, "late": LATE, "soon": SOON,
        "found": f"{found}+" if found >= read.COUNTED_TO else str(found), "state_name": state_name(request.lang), "flags": FLAGS, "steps": STEPS, "at": 0 if request.lang == "zh" else 1,
        "here": here, "counted_to": order_work.COUNTED_TO, "heading": "orders_desk.to_send" if address == "orders-to-send" else "orders.title", "done": asked.get("done", "") if asked.get("done", "").isdigit() else "",
    }
    return page.render(request, "merchant/orders.html", context)


@staff("read")
@require_safe
def order(request: Any, order_id: UUID) -> HttpResponse:
    """One order."""
    return show(request, str(order_id))


@staff("reveal_personal_data")
@require_POST
def reveal(request: Any, order_id: UUID) -> HttpResponse:
    """The same page with the receiver in full; each time is on record (ST-10)."""
    found = reveal_order(request.house.pool, By(request.person.actor(), request.address, request.correlation), str(order_id), request.now)
    return page.refused(request, found) if isinstance(found, Refusal) else show(request, str(order_id), revealed=True)


@staff("date_receipt")
@require_POST
def received_on(request: Any, order_id: UUID) -> HttpResponse:
    """A day of receipt with its reason (OR-4a); refused, the form comes back as it was filled in."""
    refusal = date_receipt(request.house.pool, by(request), str(order_id), request.POST.get("day", ""), request.POST.get("why", ""), request.now)
    return show(request, str(order_id), refusal=refusal) if refusal else HttpResponseRedirect(reverse("order", args=[order_id]) + "#received-on")


def show(request: Any, order_id: str, revealed: bool = False, refusal: Refusal | None = None, wrong: order_page.Wrong | None = None) -> HttpResponse:
    """The page; `refusal` is about the day of receipt, `wrong` about another of its forms."""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        found = read.one(conn, merchant, order_id)
        if found is None:
            raise Http404
        context = order_page.read_all(conn, merchant, found, request)
    context |= compensation_card.of_order(request, order_id, found.currency)
    context |= {"revealed": revealed, "side": side(found.state, found.receipt_confirmed_at), "state_name": state_name(request.lang), "category": lambda code: wording.known(f"packs.v_{code}", request.lang, code)}
    dated = datetime.fromisoformat(found.facts["received_on"]).astimezone(request.zone).date() if found.facts.get("received_on") else None
    first, today = found.placed_at.astimezone(request.zone).date(), request.now.astimezone(request.zone).date()
    typed = {"day": request.POST.get("day", ""), "why": request.POST.get("why", "")} if refusal else {"day": dated.isoformat() if dated else "", "why": found.facts.get("received_on_why", "")}
    context |= {"dated": dated, "first": first.isoformat(), "today": today.isoformat(), "typed": typed, "refusal": refusal, "known": found.delivered_at is not None and found.delivered_at <= request.now}
    context |= {"wrong": wrong or order_page.Wrong(), "form": request.POST if wrong else {}}
    return page.render(request, "merchant/order.html", context, (wrong.refusals[0].status if wrong and wrong.refusals else refusal.status if refusal else 200))


def state_name(lang: str) -> Any:
    """What a state is called."""
    return lambda state: STATES[state][0 if lang == "zh" else 1] if state in STATES else state


def _cursor(text: str) -> tuple[datetime, str] | None:
    at, _, id_ = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, str(UUID(id_))) if instant.tzinfo else None
    except ValueError:
        return None
