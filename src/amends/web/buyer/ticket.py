"""A buyer's tickets on the phone: opened from the order's page, read, answered, solved (05-tickets, UI-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from amends.core.commands import Command, build
from amends.core.money import Money, exponent
from amends.core.pack_tickets import ORIGINS
from amends.core.refusal import Refusal
from amends.core.verbs.ticket import ASKS, FILES_AT_MOST, FollowUp, ResolveTicket
from amends.engine import notices, reading, sight
from amends.engine.handle import Asked, handle
from amends.engine.ids import is_id, new_id
from amends.engine.ticket import NewTicket
from amends.engine.tickets import open_ticket
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.store.screens import buyer_tickets as rows
from amends.store.screens.buyer_tickets import OwnTicket
from amends.web import page, wording
from amends.web.buyer import uploads
from amends.web.buyer import visit as visits
from amends.web.catalogue import say
from amends.web.gate import buyer
from amends.web.settings_pages.ground import Filled

FROM_HERE = ("complaint", "enquiry")
NAMES = ("origin", "subject", "asks", "amount", "words")
DOES: dict[str, type[Command]] = {"follow_up": FollowUp, "resolve_ticket": ResolveTicket}


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Any, number: str) -> HttpResponse:
    """From the order's page: complain or ask. Sent twice, it is one ticket."""
    visit = visits.enter(request)
    if visit is None:
        return visits.missing(request)
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        order = screen.order(conn, visit.merchant_id, visit.buyer_id, number)
    if order is None:
        return visits.missing(request)
    if request.method != "POST":
        return _form(request, visit, order, dict.fromkeys(NAMES, ""), {}, [], new_id())
    typed, given = {n: request.POST.get(n, "").replace("\r\n", "\n").strip() for n in NAMES}, request.POST.get("command_id", "")
    command = given if is_id(given) else new_id()
    photos = uploads.take(request, visit.merchant_id, visit.buyer_id, "photos", uploads.own(request, visit.merchant_id, visit.buyer_id, request.POST.getlist("photos_keep")), FILES_AT_MOST, command, evidence=True)
    amount = Money.parse(typed["amount"].replace(",", "").lstrip("¥"), order.currency) if typed["amount"] else None
    wrong = [Refusal("money_unreadable", {"text": typed["amount"], "currency": order.currency, "digits": exponent(order.currency)}, "amount")] if typed["amount"] and amount is None else []
    if photos.wrong or wrong:
        return _form(request, visit, order, typed, _errors(wrong, request.lang), photos.ids, command, photos.wrong)
    wish = NewTicket(typed["origin"] or "complaint", typed["subject"], typed["words"], "", typed["asks"] or "explain", amount.amount if amount else None, order.number, photos=tuple(photos.ids))
    answer = open_ticket(request.house.pool, visit.merchant_id, wish, request.buyer.actor(), request.now, command)
    if isinstance(answer, list):
        again = new_id() if any(r.code == "command_id_reused" for r in answer) else command
        return _form(request, visit, order, typed, _errors(answer, request.lang), photos.ids, again)
    return HttpResponseRedirect(f"{reverse('buyer-ticket', args=[answer.number])}?done=opened", status=303)


def _errors(wrong: list[Refusal], lang: str) -> dict[str, str]:
    return {r.field or "": r.say(lang) for r in reversed(wrong)}


def _form(request: Any, visit: visits.Visit, order: screen.Order, typed: dict[str, str], errors: dict[str, str], photos: list[str], command: str, wrong: Any = ()) -> HttpResponse:
    at, chosen = wording.at(request.lang), typed["origin"] or "complaint"
    context = {
        "shop": visit.shop, "order": order, "typed": Filled(typed), "errors": errors, "photos": photos, "photos_wrong": list(wrong), "most": FILES_AT_MOST, "command_id": command, "origins": [(o, ORIGINS[o][at]) for o in FROM_HERE], "origin": chosen if chosen in FROM_HERE else "complaint", "asks": ASKS,
        "subjects": [(s.code, (s.zh, s.en)[at]) for s in visit.pack.tickets.subjects if {*FROM_HERE} & {*s.origins}], "word": lambda name, code: wording.choice(name, code, request.lang),
    }
    return page.render(request, "buyer/ticket_new.html", context, 422 if errors or wrong else 200)


@buyer
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: Any, number: str) -> HttpResponse:
    """The conversation, and what the buyer may say now; looking marks the other side's words as read."""
    visit, pool = visits.enter(request), request.house.pool
    found = _own(request, visit, number) if visit else None
    if visit is None or found is None:
        return visits.missing(request)
    typed, photos, status = {"words": ""}, uploads.Taken(), 200
    errors: dict[str, str] = {}
    wrong: list[Refusal] = []
    if request.method == "POST":
        verb = request.POST.get("do", "follow_up")
        command = DOES.get(verb, FollowUp)
        typed["words"], given = request.POST.get("words", "").replace("\r\n", "\n").strip(), request.POST.get("command_id", "")
        once = given if is_id(given) else new_id()
        photos = uploads.take(request, visit.merchant_id, visit.buyer_id, "photos", uploads.own(request, visit.merchant_id, visit.buyer_id, request.POST.getlist("photos_keep")), FILES_AT_MOST, once, evidence=True)
        made, wrong = build(command, {"words": typed["words"], "photos": photos.ids})
        if made is not None and not photos.wrong:
            refusal = handle(pool, [Asked(once, visit.merchant_id, found.id, made, request.buyer.actor(), kind="ticket")], request.now)[0].refusal
            if refusal is None:
                return HttpResponseRedirect(f"{reverse('buyer-ticket', args=[number])}?done={verb if verb in DOES else 'follow_up'}#last", status=303)
            wrong = [refusal]
        errors = {r.field or "": wording.refusal(r, request.lang, request.zone, request.now, found.currency, "ticket") for r in reversed(wrong)}
        status = wrong[0].status if wrong else 422
    elif found.unread:
        reading.read_by_buyer(pool, visit.merchant_id, found.id, request.now)
    notices.read_case(pool, visit.merchant_id, found.id, "buyer", request.now)
    return page.render(request, "buyer/ticket.html", _context(request, visit, found) | {"typed": typed, "errors": errors, "photos": photos.ids, "photos_wrong": photos.wrong}, status)


def _own(request: Any, visit: visits.Visit, number: str) -> OwnTicket | None:
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        return rows.one(conn, visit.merchant_id, visit.buyer_id, number)


def _context(request: Any, visit: visits.Visit, found: OwnTicket) -> dict[str, Any]:
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        messages = screen.messages(conn, visit.merchant_id, found.id)
        pictures = rows.pictures(conn, visit.merchant_id, [i for m in messages for i in m.file_ids])
    seen = sight.see(request.house.pool, visit.merchant_id, found.id, request.buyer.actor(), request.now)
    open_to = {m.verb for m in seen.moves if m.blocked is None} if seen else set()
    done, lang = request.GET.get("done", ""), request.lang
    decision = found.facts.get("decision") or {}
    then = "decided" if decision and found.state == "transferred" else "with_platform" if found.state == "transferred" and found.facts.get("silent") is False else found.state
    return {
        "shop": visit.shop, "case": found, "messages": messages, "command_id": new_id(), "may_write": "follow_up" in open_to, "may_resolve": "resolve_ticket" in open_to, "most": FILES_AT_MOST,
        "pictures": pictures, "title": say(lang, f"tickets.buyer_now_{found.state}"), "decision": decision,
        "sentence": say(lang, f"tickets.buyer_then_{then}", at=visits.latest(found.due_at, request) if found.due_at else "—"),
        "done": say(lang, f"tickets.buyer_done_{done}") if done in ("opened", *DOES) else "", "word": lambda name, code: wording.choice(name, code, lang),
    }


def card(request: Any, visit: visits.Visit, order_id: str = "") -> dict[str, Any]:
    """Own tickets for the home page, or those of one order; whether one may be opened."""
    with scope(request.house.pool, UUID(visit.merchant_id)) as conn:
        found = rows.own(conn, visit.merchant_id, visit.buyer_id, order_id)
    shown = found if order_id else [t for t in found if t.closed_at is None]
    return {"tickets": shown, "may_open_ticket": bool(visit.pack.tickets.subjects)}
