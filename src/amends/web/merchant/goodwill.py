"""Give goodwill for an order or a case (CO-3): limits before the form, refusals beside the fields, asking somebody who can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.money import Money, exponent
from amends.core.refusal import Refusal
from amends.engine import compensation as engine
from amends.engine.compensation import ABOVE_ONESELF, Goodwill
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id, new_id
from amends.store.connect import scope
from amends.store.screens import compensations as read
from amends.store.screens import goodwill_about
from amends.web import reckoning
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.page import render
from amends.web.settings_pages.ground import Filled, said

FIELDS = ("amount", "medium", "minimum", "reason", "words")


@staff("give_goodwill")
@require_http_methods(["GET", "HEAD", "POST"])
def for_order(request: Any, order_id: UUID) -> HttpResponse:
    """/m/orders/<id>/goodwill"""
    return _goodwill(request, str(order_id), None)


@staff("give_goodwill")
@require_http_methods(["GET", "HEAD", "POST"])
def for_case(request: Any, case_id: UUID) -> HttpResponse:
    """/m/cases/<id>/goodwill"""
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        order = goodwill_about.order_of_case(conn, merchant, str(case_id))
    if order is None:
        raise Http404
    return _goodwill(request, order, str(case_id))


def _goodwill(request: Any, order_id: str, case_id: str | None) -> HttpResponse:
    merchant = request.person.merchant_id
    with scope(request.house.pool, UUID(merchant)) as conn:
        about = goodwill_about.about(conn, merchant, order_id, case_id)
        before = read.of_order(conn, merchant, order_id, request.now)
    if about is None:
        raise Http404
    typed = {name: request.POST.get(name, "") for name in FIELDS} | ({} if request.method == "POST" else {"medium": "money"})
    wrong: list[Refusal] = []
    if request.method == "POST":
        wish = _wish(typed, about, order_id, case_id)
        done = wish if isinstance(wish, list) else _give(request, merchant, wish)
        if isinstance(done, HttpResponse):
            return done
        wrong = done
    room = engine.room(request.house.pool, by(request), merchant, order_id, request.now)
    goodwill = pack_of(about.pack).compensation.goodwill
    digits = exponent(about.currency)
    context = {
        "about": about, "before": before, "room": room, "reasons": goodwill.reasons, "coupon_days": goodwill.coupon_days, "typed": typed, "wrong": Filled({r.field or "": r for r in wrong}),
        "may_ask": any(r.code in ABOVE_ONESELF for r in wrong), "command_id": new_id(), "digits": digits, "step": f"0.{'0' * (digits - 1)}1" if digits else "1",
        "kind": lambda code: reckoning.kind(code, request.lang), "state": lambda k: reckoning.state(k, request.lang), "tones": reckoning.TONES, "say": lambda r: said(r, request.lang),
        "back": reverse("case", args=[case_id]) if case_id else reverse("order", args=[order_id]),
    }
    return render(request, "merchant/goodwill.html", context, wrong[0].status if wrong else 200)


def _wish(typed: dict[str, str], about: goodwill_about.About, order_id: str, case_id: str | None) -> Goodwill | list[Refusal]:
    """The form as a wish; amounts that cannot be read are refused beside their fields."""
    wrong, figures = [], {"amount": 0, "minimum": 0}
    for name, zh, en in (("amount", "金额", "Amount"), ("minimum", "满多少可用", "Least purchase")):
        text = typed[name].replace(",", "").strip()
        if not text and name == "minimum":
            continue
        money = Money.parse(text, about.currency)
        if money is None:
            wrong.append(Refusal("wrong_kind" if text else "required", {"zh": zh, "en": en}, name))
        else:
            figures[name] = money.amount
    if wrong:
        return wrong
    coupon = typed["medium"] == "coupon"
    return Goodwill(order_id, figures["amount"], typed["reason"], typed["words"], case_id, typed["medium"], figures["minimum"] if coupon else 0)


def _give(request: Any, merchant: str, wish: Goodwill) -> HttpResponse | list[Refusal]:
    command = request.POST.get("command_id", "")
    wish = replace(wish, ask=request.POST.get("ask") == "1")
    done = engine.give(request.house.pool, by(request), merchant, wish, command if is_id(command) else new_id(), request.now)
    if isinstance(done, list):
        return done
    k = done.compensations[0]
    what = "asked" if k.state == "asked" else "coupon" if k.medium == "coupon" else "given"
    return HttpResponseRedirect(reverse("compensation", args=[k.id]) + f"?done={what}")
