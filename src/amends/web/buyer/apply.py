"""Applying in three short steps: what, why, how (SO-1 … SO-4). A plain form each; what was typed is kept on the server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.fast_review import member
from amends.core.orders import side
from amends.core.refusal import Refusal
from amends.engine import intake
from amends.engine.application import Applied, Item
from amends.engine.intake import OrderOptions
from amends.store import merchants
from amends.store.connect import scope
from amends.web import gate, page
from amends.web.buyer import applicant as applicants
from amends.web.buyer import visit as visits
from amends.web.buyer import wish as wishes
from amends.web.buyer.applicant import Applicant
from amends.web.buyer.cancel import wrong_side
from amends.web.buyer.summary import freight_said, summary
from amends.web.buyer.uploads import Taken, take
from amends.web.buyer.ways import special_of, ways_back
from amends.web.buyer.wish import Wish, Wrong

STEPS = ("what", "why", "how")


@gate.buyer
@require_http_methods(["GET", "HEAD", "POST"])
def apply_buyer(request: Any, number: str, step: str) -> HttpResponse:
    """A step of the buyer's application."""
    return _step(request, applicants.buyer(request, number), step)


@gate.staff("speak_for_buyer")
@require_http_methods(["GET", "HEAD", "POST"])
def apply_staff(request: Any, number: str, step: str = "what") -> HttpResponse:
    """The same for staff on the buyer's behalf (SO-4)."""
    return _step(request, applicants.staff(request, number), step)


def _step(request: Any, who: Applicant | None, step: str) -> HttpResponse:
    if who is None or step not in STEPS:
        return visits.missing(request)
    options = intake.open_options(request.house.pool, who.merchant_id, who.order.id, request.now)
    if options is None:
        return visits.missing(request)
    if not who.override and who.order.receipt_confirmed_at is None and side(who.order.state, None) == "cancellation":
        refusal = Refusal("after_sales_before_receipt", {"instead": "cancellation", "order": who.order.id})
        return wrong_side(request, who, refusal, str(reverse("merchant-cancel" if who.staff else "buyer-cancel", args=[who.order.number])))
    wish = wishes.load(request.house.pool, who.merchant_id, who.key, who.order.id)
    if request.method == "POST":
        return POSTS[step](request, who, options, wish)
    if step == "what":
        if wish.sent:
            wish = Wish()
        _preselect(request, options, wish)
    elif wish.sent:
        return _to_cases(who, wish)
    elif STEPS.index(first := wishes.ready(options, wish, who.override)) < STEPS.index(step):
        return HttpResponseRedirect(who.url(first))
    return _show(request, who, options, wish, step, {})


def _preselect(request: Any, options: OrderOptions, wish: Wish) -> None:
    """A type chosen on the order's page stands chosen in the form."""
    line_id, type_ = request.GET.get("line", ""), request.GET.get("type", "")
    line = next((x for x in options.lines if x.line.id == line_id), None)
    if line is None or type_ not in line.types:
        return
    item = wish.item(line_id)
    if item is None:
        wish.items.append(Item(line_id, min(1, line.left), type_, ""))
    elif item.type != type_:
        item.type, item.reason = type_, ""


def _what(request: Any, who: Applicant, options: OrderOptions, wish: Wish) -> HttpResponse:
    if wish.sent:
        wish = Wish()
    wrong = wishes.read_what(request.POST, options, wish, who.override)
    return _keep(request, who, options, wish, "what", wrong)


def _why(request: Any, who: Applicant, options: OrderOptions, wish: Wish) -> HttpResponse:
    if wish.sent:
        return _to_cases(who, wish)
    photos: dict[str, Taken] = {}
    for item, _ in wishes.chosen(options, wish):
        photos[item.line_id] = taken = take(request, who.merchant_id, who.actor.id, f"photos-{item.line_id}", item.photos, options.photos_at_most)
        item.photos = taken.ids
    wrong = wishes.read_why(request.POST, options, wish, who.override)
    for line_id, taken in photos.items():
        if taken.wrong:
            wrong[f"{line_id}.photos"] = taken.wrong[0].refusal
    return _keep(request, who, options, wish, "why", wrong, photos)


def _how(request: Any, who: Applicant, options: OrderOptions, wish: Wish) -> HttpResponse:
    if wish.sent:
        return _to_cases(who, wish)
    wishes.read_how(request.POST, wish)
    if not who.override:
        wish.override_reason = ""
    wishes.save(request.house.pool, who.merchant_id, who.key, who.order.id, wish, request.now)
    first = wishes.ready(options, wish, who.override)
    if request.POST.get("command_id") != wish.id or first != "how":
        return HttpResponseRedirect(who.url(first))
    answer = intake.apply_for(request.house.pool, who.merchant_id, wish.application(who.order.id, who.order.address), who.actor, request.now, wish.id)
    if isinstance(answer, Applied):
        wish.sent, wish.sent_ids = [c.number for c in answer.cases], [c.case_id for c in answer.cases]
        wishes.save(request.house.pool, who.merchant_id, who.key, who.order.id, wish, request.now)
        return _to_cases(who, wish, before=all(c.existing for c in answer.cases))
    return _show(request, who, options, wish, _step_of(answer), wishes.by_line(answer, wish))


POSTS = {"what": _what, "why": _why, "how": _how}


def _step_of(refusals: list[Refusal]) -> str:
    """The step in which the first refusal can be mended."""
    fields = " ".join(r.field or "" for r in refusals)
    if any(name in fields for name in ("quantity", "line_id", ".type")):
        return "what"
    return "why" if any(name in fields for name in ("reason", "description", "photos", "goods_state")) and "items[" in fields else "how"


def _keep(request: Any, who: Applicant, options: OrderOptions, wish: Wish, step: str, wrong: Wrong, photos: dict[str, Taken] | None = None) -> HttpResponse:
    """Keep what was typed, refused or not; then the next step, or this one with what is wrong."""
    wishes.save(request.house.pool, who.merchant_id, who.key, who.order.id, wish, request.now)
    if wrong:
        return _show(request, who, options, wish, step, wrong, photos)
    return HttpResponseRedirect(who.url(STEPS[STEPS.index(step) + 1]))


def _to_cases(who: Applicant, wish: Wish, *, before: bool = False) -> HttpResponse:
    """The first case of the application; its page names the others."""
    if who.staff:
        return HttpResponseRedirect(reverse("case", args=[wish.sent_ids[0]]))
    return HttpResponseRedirect(f"{reverse('buyer-case', args=[wish.sent[0]])}?{urlencode({'done': 'asked_before' if before else 'applied'})}")


def _show(
    request: Any, who: Applicant, options: OrderOptions, wish: Wish, step: str, wrong: Wrong, photos: dict[str, Taken] | None = None
) -> HttpResponse:
    at = STEPS.index(step)
    context = {
        "who": who, "order": who.order, "options": options, "wish": wish, "step": at + 1, "wrong": wrong, "chosen": list(wishes.chosen(options, wish)),
        "back_to": who.url(STEPS[at - 1]) if at else who.back, "here": who.url(step), "photo_limit": options.photo_bytes_below,
        "photos_wrong": {line: taken.wrong for line, taken in (photos or {}).items()}, "latest": lambda instant: visits.latest(instant, request),
        "freight_said": lambda v: freight_said(v, request.lang, who.staff),
        "leaf_of": lambda item: wishes.leaf_of(options, item), "sealed": wishes.MAY_BE_SEALED, "special_of": lambda line, type_: special_of(options, line, type_),
    }
    if step == "how":
        context["summary"] = summary(request, who, options, wish)
        with scope(request.house.pool, UUID(who.merchant_id)) as conn:
            row = merchants.one(conn, who.merchant_id)
        context["back"] = ways_back(who, options, wish, row is not None and member(row["settings"], request.now))
    return page.render(request, f"buyer/apply_{step}.html", context, 422 if wrong else 200)
