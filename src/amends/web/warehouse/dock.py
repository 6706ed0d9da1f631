"""The warehouse: scan, register, next (UI-3, SO-13 … SO-15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.cases import TABLES
from amends.store.screens import receipt
from amends.web import catalogue, page, wording
from amends.web.case.acting import act
from amends.web.case.offers import attributes
from amends.web.case.page import Doing, Read, form_of_command, read_or_404, unlike
from amends.web.gate import staff
from amends.web.merchant import labels

PERMISSION = "service_order.register_receipt"


@staff(PERMISSION)
@require_safe
def dock(request: Any) -> HttpResponse:
    """What is awaited, signed parcels first. With `s`, what was scanned: one open match opens at once, several are listed, none can be kept as unclaimed."""
    scanned = request.GET.get("s", "").strip()[:64]
    merchant, pool = request.person.merchant_id, request.house.pool
    found = receipt.found_by(pool, merchant, scanned) if scanned else []
    ready = [row for row in found if row.open]
    if len(ready) == 1 and len(found) == 1:
        return HttpResponseRedirect(reverse("receipt", args=[ready[0].id]) + "?" + urlencode({"s": scanned}))
    seen = receipt.dock(pool, merchant, request.now, _morning(request))
    return page.render(request, "warehouse/dock.html", {
        "scanned": scanned, "found": found, "dock": seen, "attributes": attributes, "said": said(request), "state_word": wording.state,
        "word": lambda name, code: wording.choice(name, code, request.lang), "many": number,
        "then": lambda row: labels.then(row.due_at <= request.now, row.due_at, row.clock, "merchant", request.lang),
    })


@staff(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: Any, case_id: Any) -> HttpResponse:
    """Register the receipt of one service order in one screen; then the next of the same parcel, or the next scan."""
    return _form(request, case_id, "register_receipt", "receipt")


@staff("service_order.raise_discrepancy")
@require_http_methods(["GET", "HEAD", "POST"])
def differs(request: Any, case_id: Any) -> HttpResponse:
    """Tell the buyer what differs from what was applied for (SO-15)."""
    return _form(request, case_id, "raise_discrepancy", "receipt-differs")


def _form(request: Any, case_id: Any, verb: str, name: str) -> HttpResponse:
    command, given = TABLES["service_order"].commands[verb], read_or_404(request, case_id, "service_order")
    if request.method != "POST":
        return _show(request, given, Doing(command), name)
    doing, answer = act(request, given, command)
    if answer is None or answer.refusal is not None:
        return _show(request, read_or_404(request, case_id), doing, name, answer.refusal.status if answer and answer.refusal else 422)
    return HttpResponseRedirect(_next(request, given, doing, verb, answer.number), status=303)


def _show(request: Any, given: Read, doing: Doing, name: str, status: int = 200) -> HttpResponse:
    case = given.seen.case
    context = {
        "seen": given.seen, "case": case, "form": form_of_command(request, given, doing), "attributes": attributes, "name": name, "scanned": scanned(request),
        "siblings": receipt.siblings(request.house.pool, request.person.merchant_id, case.id), "said": said(request), "state_word": wording.state,
        "word": lambda field, code: wording.choice(field, code, request.lang), "open": any(m.verb == doing.verb for m in given.sight.moves), "link": to,
        "command_word": wording.command,
        "parcel": next((p for p in given.seen.parcels if p.direction == "back"), None),
    }
    return page.render(request, "warehouse/receipt.html", context, status)


def _next(request: Any, given: Read, doing: Doing, verb: str, case_number: str) -> str:
    """A difference is told first; then the rest of the parcel; then the scanner."""
    case, told = given.seen.case, {"done": f"{verb}.{case_number}"}
    if verb == "register_receipt":
        got = str(doing.typed.get("received", ""))
        if unlike(case.quantity, int(got) if got.isdecimal() else case.quantity, doing.typed.get("condition"), case.fault):
            return to("receipt-differs", case.id, scanned(request), **told)
    rest = receipt.siblings(request.house.pool, request.person.merchant_id, case.id)
    if rest:
        return to("receipt", rest[0].id, scanned(request), **told)
    return str(reverse("warehouse")) + "?" + urlencode(told)


def to(name: str, case_id: str, text: str = "", **more: str) -> str:
    """An address of the warehouse that remembers what was scanned."""
    query = urlencode({**({"s": text} if text else {}), **more})
    return str(reverse(name, args=[case_id])) + (f"?{query}" if query else "")


def scanned(request: Any) -> str:
    """What was scanned to come here."""
    return str(request.POST.get("s") or request.GET.get("s") or "")[:64]


def said(request: Any) -> str:
    """What was done last: `?done=<verb>.<number>`."""
    verb, _, number_ = request.GET.get("done", "").partition(".")
    key = {"register_receipt": "receipt.done_registered", "raise_discrepancy": "receipt.done_differs", "unclaimed": "receipt.done_unclaimed", "matched": "receipt.done_matched"}.get(verb)
    return catalogue.say(request.lang, key, number=number_[:40]) if key else ""


def number(n: int) -> str:
    """A count that stops at a thousand."""
    return str(n) if n < receipt.CAP else "999+"


def _morning(request: Any) -> datetime:
    here: datetime = request.now.astimezone(request.zone)
    return here - timedelta(hours=here.hour, minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
