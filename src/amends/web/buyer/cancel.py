"""Asking to cancel: one short page for the buyer, or for staff on the buyer's behalf; the wrong side of receipt leads to the right one (CA-1, CA-7 … CA-9, OR-5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.refusal import Refusal
from amends.engine.cancellation import Cancelled, Pieces
from amends.engine.cancelling import Cancel, CancelOptions, cancel, cancel_options, cash_on_delivery, shipped
from amends.engine.expected import expected_back
from amends.engine.ids import is_id, new_id
from amends.web import gate, page
from amends.web.buyer import applicant as applicants
from amends.web.buyer import visit as visits
from amends.web.buyer.applicant import Applicant
from amends.web.buyer.summary import part_rows, parts_of
from amends.web.buyer.visit import Visit
from amends.web.show import money

WHAT = ("whole", "part", "deletion")


@dataclass(slots=True)
class Typed:
    """The form as it stands: whole, part or deletion; pieces by line as typed; reason and words; the id under which it acts once."""

    what: str = "whole"
    pieces: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    words: str = ""
    command_id: str = ""

    def chosen(self, options: CancelOptions) -> dict[str, int]:
        """Pieces by line that would be cancelled; what is no number counts as none."""
        if self.what != "part":
            return {line: n for line, n in options.left.items() if n}
        return {line: int(text) for line, text in self.pieces.items() if text.isdecimal() and len(text) < 6 and int(text) > 0}


@gate.buyer
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_buyer(request: Any, number: str) -> HttpResponse:
    """The buyer's page."""
    return _answer(request, applicants.buyer(request, number, "buyer-cancel"))


@gate.staff("speak_for_buyer")
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_staff(request: Any, number: str) -> HttpResponse:
    """The same for staff, with the deletion of cash-on-delivery orders (SO-4, CA-9)."""
    return _answer(request, applicants.staff(request, number, "merchant-cancel"))


def _answer(request: Any, who: Applicant | None) -> HttpResponse:
    options = cancel_options(request.house.pool, who.merchant_id, who.order.id) if who else None
    if who is None or options is None:
        return visits.missing(request)
    if options.refusal is not None and options.open_case is None:
        return _wrong_side(request, who, options.refusal)
    if request.method != "POST":
        if options.refusal is not None and options.open_case is not None:
            return HttpResponseRedirect(_case(request, who, options.open_case, "asked_before"))
        return _show(request, who, options, Typed(command_id=new_id()))
    typed = _typed(request, options)
    if request.POST.get("do") == "look":
        return _show(request, who, options, typed)
    return _send(request, who, options, typed)


def _send(request: Any, who: Applicant, options: CancelOptions, typed: Typed) -> HttpResponse:
    lines = [Pieces(line, n) for line, n in typed.chosen(options).items()] if typed.what == "part" else []
    if typed.what == "part" and not lines:
        return _show(request, who, options, typed, [Refusal("nothing_asked", {"most": len(options.lines)}, "lines")])
    asked = Cancel(who.order.id, typed.reason, lines, typed.words, "staff" if who.staff else "buyer", typed.what == "deletion")
    answer = cancel(request.house.pool, who.merchant_id, asked, who.actor, request.now, typed.command_id)
    if isinstance(answer, Cancelled):
        return HttpResponseRedirect(_case(request, who, answer.case_id, "asked_before" if answer.existing else "asked", answer.number))
    if any(r.facts.get("instead") for r in answer):
        return _wrong_side(request, who, answer[0])
    if any(r.code == "command_id_reused" for r in answer):
        typed.command_id = new_id()
    return _show(request, who, options, typed, answer)


def _typed(request: Any, options: CancelOptions) -> Typed:
    given = request.POST
    what, command_id = given.get("what", "whole"), given.get("command_id", "")
    pieces = {line.id: given.get(f"n-{line.id}", "").strip() for line in options.lines if given.get(f"on-{line.id}")}
    return Typed(
        what if what in WHAT else "whole", pieces, given.get("deletion_reason" if what == "deletion" else "reason", ""), given.get("words", "").replace("\r\n", "\n").strip(),
        command_id if is_id(command_id) else new_id(),
    )


def _case(request: Any, who: Applicant, case_id: str, done: str, number: str = "") -> str:
    """The page of the cancellation for whoever asked."""
    if who.staff:
        return str(reverse("case", args=[case_id]))
    known = number or applicants.number_of(request, who.merchant_id, case_id)
    return f"{reverse('buyer-case', args=[known])}?{urlencode({'done': done})}"


def _show(request: Any, who: Applicant, options: CancelOptions, typed: Typed, wrong: list[Refusal] | None = None) -> HttpResponse:
    found = expected_back(request.house.pool, who.merchant_id, who.order.id, typed.chosen(options), request.now) if typed.what != "deletion" else None
    errors: dict[str, str] = {}
    for refusal in wrong or ():
        errors.setdefault((refusal.field or "").partition(".")[0].partition("[")[0], refusal.say(request.lang))
    left = [(line, options.left[line.id]) for line in options.lines if options.left[line.id]]
    context = {
        "who": who, "order": who.order, "options": options, "typed": typed, "left": left, "errors": errors, "shipped": shipped(options.order),
        "may_part": options.part and sum(n for _, n in left) > 1, "may_delete": who.staff and not shipped(options.order) and cash_on_delivery(options.order),
        "rows": part_rows(parts_of(found.parts), found.currency, request.lang) if found else [], "total": money(max(0, found.total), found.currency) if found else "",
    }
    return page.render(request, "buyer/cancel.html", context, wrong[0].status if wrong else 200)


def _wrong_side(request: Any, who: Applicant, refusal: Refusal) -> HttpResponse:
    return wrong_side(request, who, refusal, who.back)


def wrong_side(request: Any, who: Applicant, refusal: Refusal, right: str) -> HttpResponse:
    """Why this is not the way, and a button that leads to the one that is (OR-5)."""
    instead = refusal.facts.get("instead") or "none"
    return page.render(request, "buyer/wrong_side.html", {"who": who, "order": who.order, "refusal": refusal, "right": right, "instead": instead}, refusal.status)


def card(request: Any, visit: Visit, order_id: str) -> dict[str, Any]:
    """What the order's page says about cancelling: whether it is open, and what happens then."""
    options = cancel_options(request.house.pool, visit.merchant_id, order_id, visit.buyer_id)
    if options is None or (options.refusal is not None and options.refusal.facts.get("instead")):
        return {"cancelling": None}
    return {"cancelling": options, "cancel_shipped": shipped(options.order)}
