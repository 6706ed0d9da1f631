"""Parcels that match nothing: registered at the dock, matched when their owner is known (SO-13)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.ids import is_id, new_id
from amends.engine.receipts import Unclaimed, match_unclaimed, register_unclaimed
from amends.store.screens import receipt
from amends.web import page, wording
from amends.web.case.acting import taken
from amends.web.gate import staff
from amends.web.warehouse.dock import PERMISSION, said, to

NAMES = ("carrier", "waybill", "sender", "phone", "description")


@staff(PERMISSION)
@require_safe
def waiting(request: Any) -> HttpResponse:
    """Every parcel that still waits for its owner."""
    seen = receipt.dock(request.house.pool, request.person.merchant_id, request.now, request.now)
    return page.render(request, "warehouse/unclaimed.html", {"rows": seen.unclaimed, "said": said(request)})


@staff(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponse:
    """Keep a parcel that matches nothing."""
    typed = {name: request.POST.get(name, "") for name in NAMES} if request.method == "POST" else {"waybill": request.GET.get("s", "")[:64]}
    once, photos, wrong = request.POST.get("once", ""), list[str](), list[Refusal]()
    if request.method == "POST":
        once = once if is_id(once) else new_id()
        photos, wrong = taken(request, "photos", once, 3)
        if not wrong:
            answer = register_unclaimed(request.house.pool, _by(request), Unclaimed(**typed, photos=photos), request.now, once)
            if not isinstance(answer, Refusal):
                return HttpResponseRedirect(reverse("warehouse") + "?" + urlencode({"done": f"unclaimed.{typed['waybill'] or '—'}"}), status=303)
            wrong = [answer]
    context = {"typed": {**dict.fromkeys(NAMES, ""), **typed}, "photos": photos, "once": once or new_id(), "wrong": wrong, "errors": {r.field: r for r in wrong}}
    return page.render(request, "warehouse/unclaimed_new.html", context, 422 if wrong else 200)


@staff(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: Any, unclaimed_id: Any) -> HttpResponse:
    """Find the service order of a parcel and go on to its receipt."""
    row = receipt.unclaimed_one(request.house.pool, request.person.merchant_id, str(unclaimed_id))
    if row is None:
        raise Http404
    text = (request.POST.get("s") or request.GET.get("s") or "").strip()[:64]
    wrong = None
    if request.method == "POST":
        case_id = request.POST.get("case", "")
        wrong = match_unclaimed(request.house.pool, _by(request), row.id, case_id, request.now)
        if wrong is None:
            return HttpResponseRedirect(to("receipt", case_id, row.waybill, done=f"matched.{row.waybill or '—'}"), status=303)
    look = text or row.waybill or row.phone
    found = [r for r in receipt.found_by(request.house.pool, request.person.merchant_id, look) if r.open] if look else []
    context = {
        "row": row, "found": found, "text": text, "wrong": wording.refusal(wrong, request.lang, request.zone, request.now) if wrong else "",
        "word": lambda name, code: wording.choice(name, code, request.lang), "state_word": wording.state,
    }
    return page.render(request, "warehouse/match.html", context, wrong.status if wrong else 200)


def _by(request: Any) -> By:
    return By(request.person.actor(), request.META.get("REMOTE_ADDR", ""), request.correlation)
