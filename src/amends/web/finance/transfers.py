"""The list of refunds to transfer, and the form that records one transfer (MO-5, SO-35)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.cases import TABLES
from amends.core.commands import build
from amends.core.refusal import Refusal
from amends.core.verbs.desk import RecordTransfer
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id, new_id
from amends.store.screens import finance as reads
from amends.web import wording
from amends.web.gate import staff
from amends.web.page import render
from amends.web.settings_pages.ground import said

PERMISSION = "service_order.record_transfer"


@staff(PERMISSION)
@require_safe
def transfers(request: Any) -> HttpResponse:
    """What waits, oldest first, and what was recorded lately."""
    return _page(request)


@staff(PERMISSION)
@require_POST
def record(request: Any) -> HttpResponse:
    """One transfer: the money of this refund request has gone, under this reference."""
    given, person = request.POST, request.person
    wanted = next((r for r in reads.waiting(request.house.pool, person.merchant_id) if r["id"] == given.get("request")), None)
    if wanted is None:
        raise Http404
    command, wrong = build(RecordTransfer, {"request": wanted["id"], "reference": given.get("reference", "")})
    if command is None:
        return _page(request, wrong[0], wanted["id"])
    once = given.get("command_id", "")
    asked = Asked(once if is_id(once) else new_id(), person.merchant_id, wanted["case_id"], command, person.actor())
    answer = handle(request.house.pool, [asked], request.now)[0]
    return _page(request, answer.refusal, wanted["id"]) if answer.refusal else HttpResponseRedirect(reverse("finance") + "?done=recorded")


def _page(request: Any, refusal: Refusal | None = None, about: str = "") -> HttpResponse:
    pool, merchant = request.house.pool, request.person.merchant_id
    context = {
        "waiting": [row | {"command_id": new_id()} for row in reads.waiting(pool, merchant)], "moved": reads.moved(pool, merchant), "sums": reads.sums(pool, merchant),
        "refusal": refusal, "about": about, "typed": request.POST.get("reference", ""), "done": request.GET.get("done") == "recorded",
        "say": lambda r: said(r, request.lang), "tables": TABLES, "way": wording.way,
    }
    return render(request, "finance/transfers.html", context, refusal.status if refusal else 200)
