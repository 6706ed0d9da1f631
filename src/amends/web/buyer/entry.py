"""The way in without an account: the shop's signed link, or order number and phone (UI-4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import buyers
from amends.web import page
from amends.web.buyer_pass import BUYER_COOKIE, Buyer, let_in
from amends.web.gate import anyone

TYPED = ("number", "phone", "receiver")
LONGEST = 100


@anyone
@require_safe
def come_in(request: Any, token: str) -> HttpResponse:
    """The signed link: in, and on to the order it names (`?order=`), else to all orders."""
    known = buyers.read_link(request.house, token, request.now)
    if isinstance(known, Refusal):
        return _form(request, {}, known, 403)
    order = request.GET.get("order", "")
    return _welcome(request, known, reverse("buyer-order", args=[order]) if order and "/" not in order else reverse("buyer"))


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Any) -> HttpResponse:
    """Order number with phone; what was typed comes back with a refusal."""
    if request.method != "POST":
        return _form(request, {"number": request.GET.get("order", "")}, None, 200)
    typed = {name: request.POST.get(name, "").strip()[:LONGEST] for name in TYPED}
    known = buyers.prove(request.house, typed["number"], typed["phone"], typed["receiver"], request.address, request.now)
    if isinstance(known, Refusal):
        return _form(request, typed, known, 429 if known.code == "proof_wait" else 422)
    return _welcome(request, known, reverse("buyer-order", args=[typed["number"]]))


@anyone
@require_POST
def leave(request: Any) -> HttpResponse:
    """Forget this visit, as on a phone that is not one's own."""
    response = HttpResponseRedirect(reverse("buyer-find"))
    response.delete_cookie(BUYER_COOKIE, samesite="Lax")
    return response


def _welcome(request: Any, known: buyers.Known, target: str) -> HttpResponse:
    response = HttpResponseRedirect(target)
    let_in(response, request.house.secret, Buyer(known.merchant_id, known.buyer_id, known.name), request.now, secure=request.is_secure())
    return response


def _form(request: Any, typed: dict[str, str], refusal: Refusal | None, status: int) -> HttpResponse:
    return page.render(request, "buyer/find.html", {"typed": {name: typed.get(name, "") for name in TYPED}, "refusal": refusal}, status)
