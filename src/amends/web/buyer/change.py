"""The buyer changes an order on a phone, without scripts: begin, fill in, check what it comes to, save (OR-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.divisions import provinces
from amends.core.order_change import Wish
from amends.core.order_choices import DELIVERY, INVOICE_KINDS
from amends.core.refusal import Refusal
from amends.engine import order_changes
from amends.engine.ids import is_id, new_id
from amends.engine.order_changes import Begun, Looked, Saved
from amends.engine.order_wish import Details
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web import page
from amends.web.buyer import visit as visits
from amends.web.buyer.act import told
from amends.web.gate import buyer

PLAIN = ("receiver", "phone", "province", "city", "district", "detail", "delivery_wish", "buyer_remark")
INVOICE = ("kind", "title", "tax_number")
MOST_ADDED = 20


@dataclass(slots=True)
class Open:
    """The visit, the order and the change that is open."""

    visit: visits.Visit
    order: screen.Order
    begun: Begun

    def look(self, request: Any, wish: Wish) -> Looked | Refusal:
        """What the wish comes to."""
        return order_changes.look(request.house.pool, self.visit.merchant_id, self.order.id, self.visit.buyer_id, self.begun.change, wish, request.now)


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Any, number: str) -> HttpResponse:
    """The form; `do` of a post is begin, look, edit, find, add:<sku>, save or give_up."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    pool = request.house.pool
    with scope(pool, UUID(visit.merchant_id)) as conn:
        order = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if order is None:
        return visits.missing(request)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "begin":
        begun = order_changes.begin(pool, visit.merchant_id, order.id, visit.buyer_id, request.buyer.actor(), request.now)
        return _cannot(request, visit, order, begun) if isinstance(begun, Refusal) else HttpResponseRedirect(reverse("buyer-change", args=[number]))
    if do == "give_up":
        order_changes.give_up(pool, visit.merchant_id, order.id, visit.buyer_id, request.POST.get("change", ""), request.buyer.actor(), request.now)
        return HttpResponseRedirect(reverse("buyer-order", args=[number]) + "?done=given_up")
    if do == "save":
        return _save(request, visit, order)
    found = order_changes.open_change(pool, visit.merchant_id, order.id, visit.buyer_id, request.now)
    if not isinstance(found, Begun):
        return _cannot(request, visit, order, found or Refusal("change_over"))
    return _step(request, Open(visit, order, found), do)


def _step(request: Any, opened: Open, do: str) -> HttpResponse:
    form = request.POST if request.method == "POST" else None
    wish, wrong = wish_of(form) if form is not None else (Wish(), [])
    looked = opened.look(request, wish)
    if isinstance(looked, Refusal):
        return _cannot(request, opened.visit, opened.order, looked)
    if do.startswith("add:"):
        wish = Wish(wish.pieces, {**wish.added, do.removeprefix("add:"): 1}, wish.coupons)
        looked = opened.look(request, wish)
        return _cannot(request, opened.visit, opened.order, looked) if isinstance(looked, Refusal) else _form(request, opened, looked, wish, [])
    if do == "look":
        _, typed_wrong = details_of(form, looked.order).changes(looked.order)
        refusals = [*wrong, *looked.refusals, *typed_wrong]
        return _form(request, opened, looked, wish, refusals) if refusals else _check(request, opened, looked, wish)
    return _form(request, opened, looked, wish, wrong if do else [])


def _save(request: Any, visit: visits.Visit, order: screen.Order) -> HttpResponse:
    form = request.POST
    wish, wrong = wish_of(form)
    command = form.get("command_id", "")
    looked = order_changes.look(request.house.pool, visit.merchant_id, order.id, visit.buyer_id, form.get("change", ""), wish, request.now)
    details = details_of(form, looked.order) if isinstance(looked, Looked) else Details()
    answer: Saved | list[Refusal] = wrong or order_changes.save(
        request.house.pool, visit.merchant_id, order.id, visit.buyer_id, form.get("change", ""), form.get("seen", ""), wish, details, request.buyer.actor(), request.now,
        command if is_id(command) else new_id(),
    )
    if isinstance(answer, Saved):
        told_of = f"&back={answer.back}" if answer.back else f"&due={answer.due}" if answer.due else ""
        return HttpResponseRedirect(f"{reverse('buyer-order', args=[order.number])}?done=changed{told_of}")
    if isinstance(looked, Refusal):
        return _cannot(request, visit, order, answer[0])
    opened = Open(visit, order, Begun(form.get("change", ""), looked.until))
    if any(r.code == "change_overtaken" for r in answer) and not looked.refusals:
        return _check(request, opened, looked, wish, answer)
    return _form(request, opened, looked, wish, answer)


def wish_of(form: Any) -> tuple[Wish, list[Refusal]]:
    """Pieces by line, goods added, coupons; a number that is none is refused beside its field."""
    pieces: dict[str, int] = {}
    added: dict[str, int] = {}
    wrong: list[Refusal] = []
    for key in form:
        kind, _, what = key.partition("-")
        if kind not in ("pieces", "added") or not what:
            continue
        text = form[key].strip()
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            wrong.append(Refusal("out_of_range", {"zh": "数量", "en": "Quantity", "least": 0, "most": 9999}, f"{kind}.{what}"))
        elif kind == "pieces":
            pieces[what] = int(text)
        elif int(text):
            added[what] = int(text)
    chosen = tuple(form.getlist("coupon")) if "coupons" in form else None
    return Wish(pieces, dict(list(added.items())[:MOST_ADDED]), chosen), wrong


def details_of(form: Any, order: dict[str, Any]) -> Details:
    """What stands beside the goods; a field left as it was is not asked about."""
    plain = {name: form[name].replace("\r\n", "\n") for name in PLAIN if name in form and form[name].strip() != (order[name] or "")}
    invoice = {name: form.get(f"invoice_{name}", "") for name in INVOICE} if "invoice_kind" in form else None
    return Details(**plain, invoice=invoice)


def _form(request: Any, opened: Open, looked: Looked, wish: Wish, refusals: list[Refusal]) -> HttpResponse:
    form = request.POST if request.method == "POST" else None
    text = form.get("find", "").strip() if form is not None else ""
    goods = order_changes.find_goods(request.house.pool, opened.visit.merchant_id, text, opened.order.currency) if text and form is not None and form.get("do") == "find" else []
    values = {name: form.get(name, "") if form is not None else looked.order[name] or "" for name in PLAIN}
    values |= {f"invoice_{name}": form.get(f"invoice_{name}", "") if form is not None else looked.order["invoice"].get(name, "") for name in INVOICE}
    fields = {r.field for r in refusals}
    used = {c.id for c in looked.standing.coupons}
    context = {
        "shop": opened.visit.shop, "order": opened.order, "looked": looked, "wish": wish, "values": values, "change": opened.begun.change, "found": goods, "text": text,
        "wrong": {r.field: told(r, request) for r in reversed(refusals) if r.field}, "general": [told(r, request) for r in refusals if r.field in (None, "pieces", "coupons", "order_id")],
        "chosen": set(wish.coupons) if wish.coupons is not None else used, "typed_pieces": {k.partition("-")[2]: form[k] for k in form if k.startswith(("pieces-", "added-"))} if form is not None else {},
        "until": visits.latest(looked.until, request), "wishes": DELIVERY, "invoices": INVOICE_KINDS, "at": 0 if request.lang == "zh" else 1, "provinces": provinces(), "searched": bool(text) and form is not None and form.get("do") == "find",
        "open_address": bool(fields & {"receiver", "phone", "province", "city", "district", "detail"}), "open_invoice": bool(fields & {"invoice_kind", "invoice_title", "invoice_tax_number"}),
    }
    return page.render(request, "buyer/change.html", context, refusals[0].status if refusals else 200)


def _check(request: Any, opened: Open, looked: Looked, wish: Wish, refusals: list[Refusal] | None = None) -> HttpResponse:
    """What it comes to, before it is saved; everything typed goes along."""
    skip = {"csrfmiddlewaretoken", "do", "seen", "command_id", "find"}
    kept = [(name, value) for name in request.POST for value in request.POST.getlist(name) if name not in skip]
    columns, _ = details_of(request.POST, looked.order).changes(looked.order)
    context = {
        "shop": opened.visit.shop, "order": opened.order, "looked": looked, "result": looked.result, "kept": kept, "command_id": new_id(), "until": visits.latest(looked.until, request),
        "general": [told(r, request) for r in refusals or []], "details": bool(columns), "was": {x.id: x for x in looked.standing.lines},
    }
    return page.render(request, "buyer/change_check.html", context, 409 if refusals else 200)


def _cannot(request: Any, visit: visits.Visit, order: screen.Order, refusal: Refusal) -> HttpResponse:
    again = refusal.code == "change_over"
    return page.render(request, "buyer/change_not.html", {"shop": visit.shop, "order": order, "words": told(refusal, request), "again": again}, refusal.status)
