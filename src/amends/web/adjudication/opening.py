"""The platform opens a dispute itself (DI-1): about an order or a case of it, from the console, or out of a call for help (SO-30)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.money import Money
from amends.core.pack_disputes import SCENARIOS
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import OUTCOMES
from amends.engine.dispute import Opening, Way
from amends.engine.disputes import open_dispute, ways
from amends.engine.ids import is_id, new_id
from amends.store.screens import desk_orders
from amends.web import page, wording
from amends.web.disputes import opening_draft
from amends.web.gate import platform
from amends.web.settings_pages.ground import Filled

BOUND_FOR_BUYERS = ("dispute_too_early", "dispute_too_late", "dispute_refused_first")
"""Times that bind a buyer, not the platform."""


@platform("dispute.step_in")
@require_http_methods(("GET", "HEAD", "POST"))
def find_order(request: Any) -> HttpResponse:
    """By the order's number, over all merchants: straight to the form, or a choice where several have that number."""
    number = (request.POST if request.method == "POST" else request.GET).get("number", "").strip()[:64]
    found = desk_orders.by_number(request.house.pool, number) if number else []
    if len(found) == 1:
        return HttpResponseRedirect(reverse("dispute-open", args=[found[0]["merchant_id"], found[0]["id"]]))
    return page.render(request, "adjudication/find_order.html", {"wanted": number, "found": found})


@platform("dispute.step_in")
@require_http_methods(("GET", "HEAD", "POST"))
def open_(request: Any, merchant_id: Any, order_id: Any) -> HttpResponse:
    """The form; sent, the dispute is opened once and its desk follows. What was typed stays when refused."""
    merchant, order = str(merchant_id), str(order_id)
    found = ways(request.house.pool, merchant, order, request.now)
    if found is None:
        raise Http404
    seen = desk_orders.one(request.house.pool, merchant, order)
    if request.method != "POST":
        first = next((w.id for w in found if w.id == request.GET.get("case")), found[0].id)
        before = opening_draft.kept(request.house.pool, merchant, request.person.id, first)
        return _form(request, merchant, seen, found, Filled({"subject": first, **before, "words": request.GET.get("words", "")[:1000] or before.get("words", "")}), [], drafted=bool(before))
    typed = Filled({name: request.POST.get(name, "") for name in ("subject", "scenario", "demand", "amount", "words", "command_id")})
    amount, wrong = _amount(typed["amount"], seen["currency"])
    if wrong is None:
        given = typed["command_id"] if is_id(typed["command_id"]) else new_id()
        asked = Opening(order, typed["scenario"], typed["demand"], typed["words"], "" if typed["subject"] == order else typed["subject"], amount)
        opened = open_dispute(request.house.pool, merchant, asked, request.person.actor(), request.now, given)
        if not isinstance(opened, list):
            opening_draft.forget(request.house.pool, merchant, request.person.id, typed["subject"])
            return HttpResponseRedirect(f"{reverse('dispute-desk', args=[merchant, opened.case_id])}?done=opened.{opened.number}", status=303)
        return _form(request, merchant, seen, found, typed, opened)
    return _form(request, merchant, seen, found, typed, [wrong])


@platform("dispute.step_in")
@require_POST
def draft(request: Any, merchant_id: Any, order_id: Any) -> HttpResponse:
    """Keep what is typed, for this person and what it is about."""
    subject = request.POST.get("subject", "")
    if subject in {w.id for w in ways(request.house.pool, str(merchant_id), str(order_id), request.now) or ()}:
        opening_draft.keep(request.house.pool, str(merchant_id), request.person.id, subject, request.POST, request.now)
    return HttpResponse(status=204)


def _amount(text: str, currency: str) -> tuple[int | None, Refusal | None]:
    if not text.strip():
        return None, None
    read = Money.parse(text.strip().replace(",", "").lstrip("¥$€£"), currency)
    return (read.amount, None) if read else (None, Refusal("wrong_kind", {"zh": "金额", "en": "Amount"}, "amount"))


def _form(request: Any, merchant: str, seen: dict[str, Any], found: list[Way], typed: Filled, wrong: list[Refusal], *, drafted: bool = False) -> HttpResponse:
    lang = request.lang
    if wrong:
        opening_draft.keep(request.house.pool, merchant, request.person.id, typed["subject"], typed, request.now)
    at = 0 if lang == "zh" else 1
    tell = {r.field or "": wording.refusal(r, lang, request.zone, request.now, seen["currency"], "dispute") for r in wrong}
    context = {
        "order": seen, "merchant_id": merchant, "typed": typed, "wrong": Filled(tell), "command_id": typed["command_id"] or new_id(), "drafted": drafted,
        "ways": [(w, wording.state(w.state, lang, w.kind) if w.kind != "order" else "", _off(request, w, seen["currency"])) for w in found],
        "scenarios": [(code, words[at]) for code, words in SCENARIOS.items()], "demands": [(code, wording.choice("outcome", code, lang)) for code in OUTCOMES if code != "nothing"],
    }
    return page.render(request, "adjudication/open.html", context, wrong[0].status if wrong else 200)


def _off(request: Any, way: Way, currency: str) -> str:
    """Why the platform cannot dispute this; times that bind only buyers do not count."""
    if way.refusal is None or way.refusal.code in BOUND_FOR_BUYERS:
        return ""
    return wording.refusal(way.refusal, request.lang, request.zone, request.now, currency, "dispute")
