"""Price protection and return freight, asked for by the buyer (CO-4, CO-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.compensation import Owed
from amends.core.money import Money, exponent
from amends.core.refusal import Refusal
from amends.engine import freight_claims, price_protection
from amends.engine.audit import By
from amends.engine.freight_claims import PHOTOS_AT_MOST
from amends.engine.ids import is_id, new_id
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.web.buyer import uploads
from amends.web.buyer import visit as visits
from amends.web.buyer.case import open_case
from amends.web.gate import buyer
from amends.web.page import render
from amends.web.settings_pages.ground import Filled


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def price(request: Any, number: str) -> HttpResponse:
    """/b/orders/<number>/price: the difference line by line, and asking for it (CO-4)."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        order = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if order is None:
        return visits.missing(request)
    wrong: list[Refusal] = []
    if request.method == "POST":
        command = request.POST.get("command_id", "")
        lines = [i for i in request.POST.getlist("lines") if is_id(i)]
        done = price_protection.ask(
            request.house.pool, By(request.buyer.actor(), request.address, request.correlation), visit.merchant_id, order.id, lines, command if is_id(command) else new_id(), request.now, visit.buyer_id,
        )
        if not isinstance(done, list):
            given = all(k.state != "asked" for k in done.compensations)
            return HttpResponseRedirect(reverse("buyer-order", args=[number]) + f"?done={'price_given' if given else 'price'}#given")
        wrong = done
    offer = price_protection.offer(request.house.pool, visit.merchant_id, order.id, request.now, visit.buyer_id)
    if offer is None:
        return visits.missing(request)
    open_lines = [x for x in offer.lines if isinstance(x.found, Owed) and not x.number] if offer.closed is None else []
    context = {
        "order": order, "offer": offer, "open": {x.line.id for x in open_lines}, "total": sum(x.found.amount for x in open_lines if isinstance(x.found, Owed)), "wrong": wrong,
        "owed": lambda found: isinstance(found, Owed), "command_id": new_id(), "latest": lambda instant: visits.latest(instant, request), "shop": visit.shop,
        "answer_by": offer.answer_by,
    }
    return render(request, "buyer/price.html", context, wrong[0].status if wrong else 200)


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def freight(request: Any, number: str) -> HttpResponse:
    """/b/cases/<number>/freight: the carrier's receipt and what it says (CO-5)."""
    opened = open_case(request, number)
    if opened is None:
        return visits.missing(request)
    visit, case = opened.visit, opened.case
    typed = {"amount": request.POST.get("amount", ""), "words": request.POST.get("words", "")}
    kept, photos_wrong, wrong = [], [], []
    if request.method == "POST":
        command = request.POST.get("command_id", "")
        command = command if is_id(command) else new_id()
        before = uploads.own(request, visit.merchant_id, visit.buyer_id, request.POST.getlist("photos_keep"))
        taken = uploads.take(request, visit.merchant_id, visit.buyer_id, "photos", before, PHOTOS_AT_MOST, once=command)
        kept, photos_wrong = taken.ids, taken.wrong
        money = Money.parse(typed["amount"].replace(",", "").strip(), case.currency)
        if money is None:
            wrong = [Refusal("wrong_kind", {"zh": "金额", "en": "Amount"}, "amount")]
        if not wrong and not photos_wrong and money is not None:
            who = By(request.buyer.actor(), request.address, request.correlation)
            done = freight_claims.claim(request.house.pool, who, visit.merchant_id, case.id, money.amount, kept, typed["words"], command, request.now, visit.buyer_id)
            if not isinstance(done, list):
                return HttpResponseRedirect(reverse("buyer-case", args=[number]) + "?done=freight#given")
            wrong = done
    found = freight_claims.standing(request.house.pool, visit.merchant_id, case.id, request.now)
    if found is None:
        return visits.missing(request)
    context = {
        "case": case, "standing": found, "typed": typed, "photos": kept, "photos_wrong": photos_wrong, "photo_limit": visit.pack.photos.bytes_below, "wrong": Filled({r.field or "": r for r in wrong}),
        "command_id": new_id(), "most": PHOTOS_AT_MOST, "digits": exponent(case.currency),
    }
    return render(request, "buyer/freight.html", context, wrong[0].status if wrong else 422 if photos_wrong else 200)
